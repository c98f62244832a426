use cassette_core::{Config, Mode};
use cassette_reqwest::{client, scope, secret};

use super::{Scene, json};

#[tokio::test]
async fn secrets_are_masked_in_what_is_compared_and_in_the_report() {
    let answer = |token: &'static str, status| {
        move |_: &http::Request<_>| {
            let mut response = json(status, "{}");
            let cookie = format!("session={token}; Path=/");
            response
                .headers_mut()
                .insert("set-cookie", cookie.parse().unwrap());
            response
        }
    };
    let named = |config: Config| config.verify_headers(["set-cookie"]);
    let scene = Scene::new(answer("first-first-first-1", 200));
    scene
        .drift(&["/"], named, answer("second-second-2", 200))
        .await
        .unwrap();
    let scene = Scene::new(answer("first-first-first-1", 200));
    let error = scene
        .drift(&["/"], named, answer("second-second-2", 500))
        .await
        .unwrap_err();
    assert!(!error.to_string().contains("second-second"), "{error}");
}

#[tokio::test]
async fn it_needs_the_key_that_a_recording_needs() {
    let scene = Scene::new(|request| {
        let key = request.headers().get("authorization").unwrap();
        json(
            if key == "Bearer the-real-key-1" {
                200
            } else {
                401
            },
            "{}",
        )
    });
    let ask = |mode, variables: &[(&str, &str)]| {
        let config = scene
            .sandbox
            .config(mode)
            .environment(variables.iter().copied());
        let url = scene.server.url("/");
        let ask = async move {
            let key = secret("API_KEY").unwrap();
            let answer = client().get(url).bearer_auth(key).send().await.unwrap();
            answer.status().as_u16()
        };
        scope("c", config, ask)
    };
    let key = [("API_KEY", "the-real-key-1")];
    assert_eq!(ask(Mode::Record, &key).await.unwrap(), 200);
    assert_eq!(ask(Mode::Verify, &key).await.unwrap(), 200);
    let other = ask(Mode::Verify, &[("API_KEY", "another-key-22")])
        .await
        .unwrap_err();
    assert!(other.is_drifted(), "{other}");
}

/// A replay learns nothing from the environment; what is compared with the server does.
#[tokio::test]
async fn what_the_environment_holds_of_secrets_is_in_no_report() {
    let scene = Scene::new(|_| json(200, r#"{"note":"none"}"#));
    scene
        .run(scene.sandbox.config(Mode::Record), &["/"])
        .await
        .unwrap();
    scene.change(|_| json(200, r#"{"note":"of the-word-in-the-environment"}"#));
    let variables = [("SERVICE_PASSWORD", "the-word-in-the-environment")];
    let config = scene.verify().environment(variables);
    let error = scene.run(config, &["/"]).await.unwrap_err();
    let said = error.to_string();
    assert!(error.is_drifted() && said.contains("[REDACTED]"), "{said}");
    assert!(!said.contains("the-word"), "{said}");
}
