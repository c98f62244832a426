//! `ureq`, which knows nothing of this library: it is given the proxy's URL, and the certificate.

use std::sync::Arc;

use bytes::Bytes;
use cassette_core::Mode;
use cassette_reqwest::{Proxy, certificate_pem, current, scope_sync};
use cassette_tests::{Sandbox, Server, TlsServer, echo, json};
use http::header::{CONTENT_ENCODING, COOKIE, LOCATION, SET_COOKIE};
use http::{Request, Response};
use tokio_rustls::rustls::crypto::aws_lc_rs;
use ureq::Agent;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

use crate::FILE;

type Result<T = (), E = Box<dyn std::error::Error>> = std::result::Result<T, E>;

/// An agent of the test that calls this. Its users write the same, without the line of the provider:
/// this build of ureq has none of its own.
fn agent() -> Result<Agent> {
    let proxy = Proxy::start(&current()?)?;
    let certificate = Certificate::from_pem(certificate_pem()?.as_bytes())?;
    let tls = TlsConfig::builder()
        .root_certs(RootCerts::new_with_certs(&[certificate]))
        .unversioned_rustls_crypto_provider(Arc::new(aws_lc_rs::default_provider()));
    let config = Agent::config_builder()
        .proxy(Some(ureq::Proxy::new(proxy.url())?))
        .tls_config(tls.build())
        .http_status_as_error(false);
    Ok(config.build().new_agent())
}

fn get(agent: &Agent, url: &str) -> Result<String> {
    Ok(agent.get(url).call()?.body_mut().read_to_string()?)
}

fn record<T>(sandbox: &Sandbox, test: impl FnOnce() -> Result<T>) -> Result<T> {
    scope_sync("c", sandbox.config(Mode::Record), test)?
}

fn replay<T>(sandbox: &Sandbox, test: impl FnOnce() -> Result<T>) -> Result<T> {
    scope_sync("c", sandbox.config(Mode::Replay), test)?
}

#[test]
fn its_requests_are_recorded_and_replayed_without_the_server() -> Result {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let url = server.url("/items?page=2");
    let ask = || {
        let mut answer = agent()?.post(&url).send("a question")?;
        Ok(answer.body_mut().read_to_string()?)
    };
    let live = record(&sandbox, ask)?;
    assert!(live.contains("a question"), "{live}");
    assert_eq!(server.hits(), 1);
    server.stop();
    assert_eq!(sandbox.requested(FILE), ["/items?page=2"]);
    assert_eq!(
        sandbox.cassette(FILE)["interactions"][0]["request"]["url"],
        url
    );
    assert_eq!(replay(&sandbox, ask)?, live);
    Ok(())
}

#[test]
fn https_is_recorded_and_replayed_without_the_server() -> Result {
    let (sandbox, server) = (Sandbox::new(), TlsServer::start(json(200, "[1]")));
    let url = server.url("/items");
    let recorded = record(&sandbox, || {
        Proxy::start(&current()?)?.trust(server.certificate_pem())?;
        get(&agent()?, &url)
    });
    assert_eq!(recorded?, "[1]");
    assert_eq!(server.hits(), 1);
    server.stop();
    assert_eq!(
        sandbox.cassette(FILE)["interactions"][0]["request"]["url"],
        url
    );
    assert_eq!(replay(&sandbox, || get(&agent()?, &url))?, "[1]");
    Ok(())
}

/// Sets a cookie and sends elsewhere, then shows the cookie that comes.
#[expect(
    clippy::needless_pass_by_value,
    reason = "it is a handler, and handlers own their request"
)]
fn log_in(request: Request<Bytes>) -> Response<Bytes> {
    let cookie = request.headers().get(COOKIE).cloned();
    let response = Response::builder();
    let response = match (request.uri().path(), cookie) {
        ("/login", _) => response
            .status(303)
            .header(LOCATION, "/me")
            .header(SET_COOKIE, "session=s3cr3t-s3cr3t; Path=/")
            .body(Bytes::new()),
        (_, Some(cookie)) if cookie == "session=s3cr3t-s3cr3t" => response.body("known".into()),
        (_, cookie) => response.body(format!("{cookie:?}").into()),
    };
    response.unwrap()
}

#[test]
fn redirects_and_cookies_are_its_own_and_each_hop_is_an_interaction() -> Result {
    let (sandbox, server) = (Sandbox::new(), Server::start(log_in));
    let (login, me) = (server.url("/login"), server.url("/me?again"));
    let ask = || {
        let agent = agent()?;
        let cookies = |agent: &Agent| agent.cookie_jar_lock().iter().count();
        let first = get(&agent, &login)?;
        Ok((first, get(&agent, &me)?, cookies(&agent)))
    };
    let live = record(&sandbox, ask)?;
    assert_eq!(live, ("known".to_owned(), "known".to_owned(), 1));
    assert_eq!(sandbox.requested(FILE), ["/login", "/me", "/me?again"]);
    server.stop();
    assert_eq!(replay(&sandbox, ask)?, live);
    assert!(!sandbox.read(FILE).contains("s3cr3t"), "masked in the file");
    Ok(())
}

fn compressed(_: Request<Bytes>) -> Response<Bytes> {
    use std::io::Write;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(b"{\"name\": \"gamer\"}").unwrap();
    let response = Response::builder().header(CONTENT_ENCODING, "gzip");
    let response = response.header("content-type", "application/json");
    response.body(encoder.finish().unwrap().into()).unwrap()
}

#[test]
fn it_decompresses_by_itself_what_is_stored_readable() -> Result {
    let (sandbox, server) = (Sandbox::new(), Server::start(compressed));
    let url = server.url("/");
    let ask = || get(&agent()?, &url);
    assert_eq!(record(&sandbox, ask)?, "{\"name\": \"gamer\"}");
    server.stop();
    let stored = &sandbox.cassette(FILE)["interactions"][0]["response"]["body"];
    assert_eq!(stored["json"]["name"], "gamer", "{stored}");
    assert_eq!(replay(&sandbox, ask)?, "{\"name\": \"gamer\"}");
    Ok(())
}

#[test]
fn a_miss_is_an_answer_with_the_report_and_fails_the_test() -> Result {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    record(&sandbox, || get(&agent()?, &server.url("/a")))?;
    let mut said = String::new();
    let missed = scope_sync("c", sandbox.config(Mode::Replay), || {
        said = get(&agent()?, &server.url("/b"))?;
        Ok::<_, Box<dyn std::error::Error>>(())
    });
    let error = missed.unwrap_err();
    assert!(error.is_unmatched(), "{error}");
    assert!(error.to_string().starts_with(said.trim_end()), "{said}");
    assert_eq!(server.hits(), 1);
    Ok(())
}

/// Its proxy has gone, and nobody listens at its port.
#[test]
fn an_agent_that_was_built_in_another_test_fails_to_connect() -> Result {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let first = scope_sync("first", sandbox.config(Mode::Record), agent)??;
    let error = record(&sandbox, || get(&first, &server.url("/"))).unwrap_err();
    let error = error.downcast::<ureq::Error>()?;
    assert!(
        matches!(*error, ureq::Error::Io(_) | ureq::Error::ConnectionFailed),
        "{error:?}"
    );
    assert_eq!(server.hits(), 0);
    Ok(())
}

/// As long as the first session lives, its credentials are what lets in: those of another are refused.
#[test]
fn the_credentials_of_one_test_do_not_open_the_proxy_of_another() -> Result {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let credentials_of = |id: &str| -> Result<String> {
        scope_sync(id, sandbox.config(Mode::Record), || {
            let proxy = Proxy::start(&current()?)?;
            let (_, behind) = proxy.url().split_once("//").ok_or("a URL")?;
            let (credentials, _) = behind.split_once('@').ok_or("credentials")?;
            Ok(credentials.to_owned())
        })?
    };
    let others = credentials_of("other")?;
    let refused = record(&sandbox, || {
        let proxy = Proxy::start(&current()?)?;
        let (_, port) = proxy.url().rsplit_once(':').ok_or("a port")?;
        let url = format!("http://{others}@127.0.0.1:{port}");
        let config = Agent::config_builder().proxy(Some(ureq::Proxy::new(&url)?));
        get(&config.build().new_agent(), &server.url("/"))
    });
    let error = refused.unwrap_err().to_string();
    assert_eq!(
        error,
        "CONNECT proxy failed: proxy server responded 407/407"
    );
    assert_eq!(server.hits(), 0);
    Ok(())
}
