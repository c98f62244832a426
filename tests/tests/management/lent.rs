//! What other cassettes lend, where a secret is masked in it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use cassette_core::{Config, Mode};
use cassette_reqwest::{client, scope};
use cassette_tests::{Sandbox, Server};
use http::{Request, Response};

/// Gives a new token to each who logs in, and only the newest opens the door.
fn doorkeeper() -> Server {
    let logins = AtomicUsize::new(0);
    let token = |number| format!("the-token-of-login-{number}");
    Server::start(move |request: Request<Bytes>| {
        if request.uri().path() == "/login" {
            let token = token(logins.fetch_add(1, Ordering::SeqCst) + 1);
            let text = format!(r#"{{"access_token":"{token}"}}"#);
            let response = Response::builder().header("content-type", "application/json");
            return response.body(text.into()).unwrap();
        }
        let newest = format!("Bearer {}", token(logins.load(Ordering::SeqCst)));
        let is_open = request
            .headers()
            .get("authorization")
            .is_some_and(|sent| *sent == newest);
        let status = if is_open { 200 } else { 401 };
        let echo = request.headers().get("x-echo").cloned();
        let response = Response::builder().status(status);
        response
            .body(Bytes::from(
                echo.map_or_else(Vec::new, |echo| echo.as_bytes().to_vec()),
            ))
            .unwrap()
    })
}

async fn log_in(server: &str) -> String {
    let answer = client()
        .post(format!("{server}/login"))
        .send()
        .await
        .unwrap();
    let answer: serde_json::Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    answer["access_token"].as_str().unwrap().to_owned()
}

async fn enter(server: String, config: Config, name: &str) -> cassette_core::Result<u16> {
    scope(name, config, async {
        let token = log_in(&server).await;
        let door = client().get(format!("{server}/door")).bearer_auth(&token);
        let answer = door.header("x-echo", &token).send().await.unwrap();
        let status = answer.status().as_u16();
        answer.bytes().await.unwrap();
        status
    })
    .await
}

#[tokio::test]
async fn a_token_that_is_masked_is_asked_for_again_while_the_rest_is_recorded() {
    let (sandbox, server) = (Sandbox::new(), doorkeeper());
    let login = async { log_in(&server.url("")).await };
    scope("login", sandbox.config(Mode::Record), login)
        .await
        .unwrap();
    let extending = |mode| sandbox.config(mode).extends(["login"]);
    let lent = sandbox.read("login.json");
    for (mode, hits) in [(Mode::Record, 3), (Mode::Auto, 3), (Mode::Update, 4)] {
        let entered = enter(server.url(""), extending(mode), "orders").await;
        assert_eq!(entered.unwrap(), 200, "{mode}");
        assert_eq!(server.hits(), hits, "{mode}");
        assert_eq!(sandbox.requested("orders.json"), ["/door"], "{mode}");
        assert!(!sandbox.read("orders.json").contains("the-token"), "{mode}");
    }
    assert_eq!(sandbox.read("login.json"), lent);
    assert_eq!(sandbox.files(), ["login.json", "orders.json"]);

    let url = server.url("");
    server.stop();
    assert_eq!(
        enter(url, extending(Mode::Replay), "orders").await.unwrap(),
        200
    );
}

#[tokio::test]
async fn what_is_only_lent_is_nothing_that_is_recorded() {
    let (sandbox, server) = (Sandbox::new(), doorkeeper());
    let login = async { log_in(&server.url("")).await };
    scope("login", sandbox.config(Mode::Record), login)
        .await
        .unwrap();
    let seen = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&seen);
    let config = sandbox.config(Mode::Record).extends(["login"]);
    let config = config.on_capture(move |interaction| {
        assert!(interaction.request().url().ends_with("/door"));
        counted.fetch_add(1, Ordering::SeqCst);
    });
    assert_eq!(enter(server.url(""), config, "orders").await.unwrap(), 200);
    assert_eq!(seen.load(Ordering::SeqCst), 1);
}
