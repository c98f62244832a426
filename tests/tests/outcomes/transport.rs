//! Requests that fail before an answer comes: each comes back as the client's own error, without
//! the server and without delay.

use std::future::{pending, ready};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use cassette_reqwest::{client, client_with, current};
use cassette_tests::{RawServer, Refusing, Sandbox, Server};
use http::Response as HttpResponse;
use reqwest::dns::{Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder, Response};
use reqwest_middleware::{Error, Result};
use tokio::time::pause;

use crate::told::{innermost, told};
use crate::{FILE, LIMIT, record, replay, run_ahead};

/// Expects what `asks` for to fail in this way when it is recorded, and in the same way when it is
/// replayed. Returns the failures of both runs.
#[track_caller]
fn check(kind: &str, asks: impl AsyncFn() -> Result<Response>) -> [Error; 2] {
    let sandbox = Sandbox::new();
    let live = record(&sandbox, asks()).unwrap_err();
    let stored = &sandbox.cassette(FILE)["interactions"][0]["error"];
    assert_eq!(stored["kind"], kind, "{live:?}");
    assert!(!sandbox.read(FILE).contains("s3cret"));
    let (again, took) = replay(&sandbox, asks());
    let again = again.unwrap_err();
    assert_eq!(told(&again), told(&live));
    assert_eq!(again.to_string(), live.to_string());
    assert_eq!(took, Duration::ZERO);
    [live, again]
}

/// The same for a failure whose text the client keeps in a replay as well.
#[track_caller]
fn check_with_text(kind: &str, asks: impl AsyncFn() -> Result<Response>) {
    let [live, again] = check(kind, asks);
    assert_eq!(innermost(&again), innermost(&live));
}

/// A builder whose clients do not look at the environment.
fn builder() -> ClientBuilder {
    Client::builder().no_proxy()
}

async fn send(builder: ClientBuilder, url: &str) -> Result<Response> {
    client_with(builder).unwrap().get(url).send().await
}

#[test]
fn a_refused_connection() {
    let refusing = Refusing::new();
    let url = refusing.url("/?api_key=s3cret");
    check_with_text("connect", async || client().get(&url).send().await);
    check_with_text("connect", async || send(builder(), &url).await);
    check("connect", async || {
        client().post(&url).body("1").send().await
    });
    check("connect", async || {
        client().get(format!("{url}#part")).send().await
    });
}

#[test]
fn a_connection_that_is_closed_before_the_answer() {
    let server = RawServer::start(async |mut connection| {
        connection.request().await;
    });
    let url = server.url("/?api_key=s3cret");
    let [live, _] = check("closed", async || client().get(&url).send().await);
    assert!(told(&live).contains("incomplete: true"), "{live:?}");
    check("closed", async || send(builder(), &url).await);
    assert_eq!(server.connections(), 2, "a replay asks nobody");
}

#[test]
fn a_connection_that_is_reset() {
    let server = RawServer::start(async |mut connection| {
        connection.request().await;
        connection.reset();
    });
    let url = server.url("/?api_key=s3cret");
    let [live, _] = check("reset", async || client().get(&url).send().await);
    assert!(told(&live).contains("reset: true"), "{live:?}");
    check("reset", async || send(builder(), &url).await);
    assert_eq!(server.connections(), 2, "a replay asks nobody");
}

struct Resolver(fn() -> Resolving);

impl Resolve for Resolver {
    fn resolve(&self, _: Name) -> Resolving {
        self.0()
    }
}

#[test]
fn a_name_that_is_not_resolved() {
    let failing = || builder().dns_resolver(Arc::new(Resolver(no_such_name)));
    check_with_text("dns", async || {
        send(failing(), "http://name.invalid/?api_key=s3cret").await
    });
    // The system's own resolver, whose text is the system's.
    check_with_text("dns", async || {
        send(builder(), "http://name.invalid/?api_key=s3cret").await
    });
}

fn no_such_name() -> Resolving {
    Box::pin(ready(Err("no such name".into())))
}

#[test]
fn time_that_runs_out_while_connecting() {
    let never = || {
        let resolver = Resolver(|| Box::pin(pending()));
        builder()
            .dns_resolver(Arc::new(resolver))
            .connect_timeout(LIMIT)
    };
    check_with_text("connect-timeout", async || {
        if current().unwrap().is_recording() {
            pause();
        }
        send(never(), "http://name.invalid/?api_key=s3cret").await
    });
}

/// Reads requests and does not answer.
fn silent() -> RawServer {
    RawServer::start(async |mut connection| {
        connection.request().await;
        connection.closed().await;
    })
}

#[test]
fn time_that_runs_out_for_the_request() {
    let ask = async |server: &RawServer,
                     asks: &dyn Fn(&str) -> reqwest_middleware::RequestBuilder| {
        let request = asks(&server.url("/?api_key=s3cret")).send();
        if !current().unwrap().is_recording() {
            return request.await;
        }
        tokio::join!(request, run_ahead(server, 1)).0
    };
    let limited = |builder: ClientBuilder, url: &str| client_with(builder).unwrap().get(url);
    let server = silent();
    check_with_text("timeout", async || {
        ask(&server, &|url| client().get(url).timeout(LIMIT)).await
    });
    let server = silent();
    check_with_text("timeout", async || {
        ask(&server, &|url| limited(builder().timeout(LIMIT), url)).await
    });
    let server = silent();
    check_with_text("timeout", async || {
        ask(&server, &|url| limited(builder().read_timeout(LIMIT), url)).await
    });
    assert_eq!(server.hits(), 1, "a replay asks nobody");
}

#[test]
fn a_request_that_the_client_refuses() {
    check("builder", async || {
        send(
            builder().https_only(true),
            "http://a.invalid/?api_key=s3cret",
        )
        .await
    });
}

#[test]
fn an_answer_that_is_not_http() {
    let server = RawServer::start(async |mut connection| {
        connection.request().await;
        connection.write("220 mail\r\n\r\n").await;
    });
    let url = server.url("/?api_key=s3cret");
    check_with_text("request", async || client().get(&url).send().await);
    assert_eq!(server.connections(), 1, "a replay asks nobody");
}

fn redirect(location: &str) -> HttpResponse<Bytes> {
    let response = HttpResponse::builder().status(302);
    let response = response.header("location", location);
    response.body(Bytes::new()).unwrap()
}

fn leading_to(location: impl Into<String>) -> Server {
    let location = location.into();
    Server::start(move |_| redirect(&location))
}

/// Leads from `/0` to `/1` to `/2`, and so on.
fn leading_on() -> Server {
    Server::start(|request| {
        let number: usize = request.uri().path()[1..].parse().unwrap();
        redirect(&format!("/{}?page=1", number + 1))
    })
}

#[test]
fn redirects_that_lead_on_and_on() {
    let server = leading_on();
    let url = server.url("/0?api_key=s3cret");
    // The client names the URL that led on once too often, not the one that it was asked for.
    let [live, _] = check("redirect", async || client().get(&url).send().await);
    assert_eq!(live.url().unwrap().path(), "/10");
    let policy = || Policy::custom(|attempt| attempt.error("not there"));
    check_with_text("redirect", async || {
        send(builder().redirect(policy()), &url).await
    });
    assert_eq!(server.hits(), 12, "a replay asks nobody");
}

#[test]
fn the_url_that_led_on_too_often_is_stored_without_its_secrets() {
    let (sandbox, server) = (Sandbox::new(), leading_to("/0?api_key=s3cret"));
    let asks = async || client().get(server.url("/")).send().await.unwrap_err();
    let live = record(&sandbox, asks());
    assert_eq!(
        live.url().unwrap().as_str(),
        server.url("/0?api_key=s3cret")
    );
    assert!(!sandbox.read(FILE).contains("s3cret"));
    let again = replay(&sandbox, asks()).0;
    assert_eq!(again.url().unwrap().query(), Some("api_key=[REDACTED]"));
    assert!(again.is_redirect());
}

#[test]
fn a_failure_behind_a_redirect() {
    let refusing = Refusing::new();
    let server = leading_to(refusing.url("/?api_key=s3cret"));
    let url = server.url("/?api_key=s3cret");
    check_with_text("connect", async || client().get(&url).send().await);
    assert_eq!(server.hits(), 1, "a replay asks nobody");
}

#[test]
fn a_secret_in_the_text_of_a_failure_is_masked() {
    let (sandbox, server) = (Sandbox::new(), leading_to("/cb?access_token=s3cret"));
    let refuse = |attempt: reqwest::redirect::Attempt<'_>| {
        attempt.error(r#"no redirect to "/cb?access_token=s3cret&page=2""#)
    };
    let builder = Client::builder().redirect(Policy::custom(refuse));
    let url = server.url("/");
    let error = record(&sandbox, async { send(builder, &url).await.unwrap_err() });
    assert!(error.is_redirect());
    let error = &sandbox.cassette("c.json")["interactions"][0]["error"];
    assert_eq!(
        error["message"],
        r#"no redirect to "/cb?access_token=[REDACTED]&page=2""#
    );
    assert!(!sandbox.read("c.json").contains("s3cret"));
}
