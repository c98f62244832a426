use cassette_core::{Config, Mode, OnDrift};
use cassette_reqwest::{client, current, scope};
use cassette_tests::{Refusing, Sandbox, Server, echo};

use super::{Scene, json, of_type};

const PRICE: &str = r#"{"id":"a1","price":10.5,"items":[{"id":1,"name":"anvil"}],"at":"09:00"}"#;

#[tokio::test]
async fn a_server_that_answers_as_recorded_passes_and_nothing_is_written() {
    let scene = Scene::new(|_| json(200, PRICE));
    let [recorded, seen] = scene
        .drift(&["/a", "/b"], |config| config, |_| json(200, PRICE))
        .await
        .unwrap();
    assert_eq!(seen, recorded, "the test sees what is recorded");
}

#[tokio::test]
async fn a_drift_fails_with_what_differs_by_path() {
    let scene = Scene::new(|_| json(200, PRICE));
    let now = |request: &http::Request<_>| match request.uri().path() {
        "/a" => json(
            200,
            r#"{"id":"a1","price":12,"items":[{"id":1,"name":"bell"}],"at":"09:00"}"#,
        ),
        _ => json(503, "{}"),
    };
    let error = scene
        .drift(&["/a", "/b", "/c"], |config| config, now)
        .await
        .unwrap_err();
    assert!(error.is_drifted());
    insta::assert_snapshot!(scene.masked(&error), @r#"
    3 of 3 answers are no longer what was recorded

        cassette: [sandbox]/c.json (recorded … ago)
        mode: verify

        interaction 1: GET http://server/a
            body /items/0/name    recorded: "anvil"    actual: "bell"
            body /price           recorded: 10.5       actual: 12
        interaction 2: GET http://server/b
            status      recorded: 200        actual: 503
            body /at    recorded: "09:00"    actual: (absent)
            body /id    recorded: "a1"       actual: (absent)
            … and 2 more
        interaction 3: GET http://server/c
            status      recorded: 200        actual: 503
            body /at    recorded: "09:00"    actual: (absent)
            body /id    recorded: "a1"       actual: (absent)
            … and 2 more

    help: to record again, run it with `CASSETTE_MODE=record`
    help: to let a place change, write `#[cassette(verify_ignore = ["/items/*/name"])]`
    help: to be told and not to fail, write `#[cassette(on_drift = "warn")]`
    "#);
}

#[tokio::test]
async fn what_may_differ_is_let_pass() {
    let now = |_: &http::Request<_>| {
        json(
            200,
            r#"{"at":"10:00","id":"b2","price":10.9,"items":[{"id":7,"name":"anvil"}]}"#,
        )
    };
    let passes = async |config: fn(Config) -> Config| {
        let scene = Scene::new(|_| json(200, PRICE));
        scene.drift(&["/"], config, now).await.is_ok()
    };
    let all = |config: Config| {
        config
            .verify_ignore(["/id", "/items/*/id"])
            .verify_tolerance(["/price 5%", "/at type"])
    };
    assert!(passes(all).await);
    assert!(!passes(|config| config).await);
    assert!(!passes(|config| config.verify_ignore(["/id", "/items/*/id", "/at"])).await);
    assert!(passes(|config| config.verify_ignore(["/id", "/items", "/at", "/price"])).await);
    let tight = |config: Config| {
        config
            .verify_ignore(["/id", "/items/*/id"])
            .verify_tolerance(["/price 0.3", "/at type"])
    };
    assert!(!passes(tight).await);
}

#[tokio::test]
async fn headers_count_where_they_are_named() {
    let page = |kind: &'static str| {
        move |_: &http::Request<_>| {
            let mut response = of_type(200, "text/plain", ["hello"]);
            response
                .headers_mut()
                .insert("x-kind", kind.parse().unwrap());
            response
        }
    };
    let scene = Scene::new(page("one"));
    scene
        .drift(&["/"], |config| config, page("two"))
        .await
        .unwrap();
    let scene = Scene::new(page("one"));
    let named = |config: Config| config.verify_headers(["x-kind"]);
    let error = scene.drift(&["/"], named, page("two")).await.unwrap_err();
    assert!(error.to_string().contains("header x-kind"), "{error}");
}

#[tokio::test]
async fn a_server_that_is_down_has_drifted_and_the_test_sees_the_recorded_answer() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let ask = |mode, url: String| {
        let answer = async {
            client()
                .get(url)
                .send()
                .await
                .unwrap()
                .text()
                .await
                .unwrap()
        };
        scope("c", sandbox.config(mode), answer)
    };
    let url = server.url("/");
    let recorded = ask(Mode::Record, url.clone()).await.unwrap();
    server.stop();
    let error = ask(Mode::Verify, url.clone()).await.unwrap_err();
    assert!(error.is_drifted(), "{error}");
    assert!(error.to_string().contains("error connect"), "{error}");
    let warned = sandbox.config(Mode::Verify).on_drift(OnDrift::Warn);
    let answer = async {
        client()
            .get(url)
            .send()
            .await
            .unwrap()
            .text()
            .await
            .unwrap()
    };
    assert_eq!(scope("c", warned, answer).await.unwrap(), recorded);
}

#[tokio::test]
async fn a_recorded_failure_is_compared_by_its_kind() {
    let (sandbox, refusing) = (Sandbox::new(), Refusing::new());
    let ask = |mode| {
        let ask = async {
            client()
                .get(refusing.url("/"))
                .send()
                .await
                .unwrap_err()
                .is_connect()
        };
        scope("c", sandbox.config(mode), ask)
    };
    assert!(ask(Mode::Record).await.unwrap());
    assert!(ask(Mode::Verify).await.unwrap());
}

#[tokio::test]
async fn a_request_that_was_not_recorded_is_a_miss_and_is_not_sent() {
    let scene = Scene::new(|_| json(200, "1"));
    scene
        .run(scene.sandbox.config(Mode::Record), &["/a"])
        .await
        .unwrap();
    let error = scene
        .run(scene.verify(), &["/a", "/new"])
        .await
        .unwrap_err();
    assert!(error.is_unmatched(), "{error}");
    assert_eq!(scene.server.hits(), 2);
}

#[tokio::test]
async fn without_a_cassette_there_is_nothing_to_verify() {
    let scene = Scene::new(|_| json(200, "1"));
    let error = scene.run(scene.verify(), &["/a"]).await.unwrap_err();
    assert!(error.is_missing_cassette(), "{error}");
    assert_eq!(scene.server.hits(), 0);
}

#[tokio::test]
async fn what_other_cassettes_lend_is_sent_and_not_compared() {
    let scene = Scene::new(|_| json(200, "1"));
    let login = async {
        let answer = client().get(scene.server.url("/login")).send().await;
        answer.unwrap().text().await.unwrap()
    };
    let login = scope("login", scene.sandbox.config(Mode::Record), login).await;
    assert_eq!(login.unwrap(), "1");
    let extended = |mode| scene.sandbox.config(mode).extends(["login"]);
    scene
        .run(extended(Mode::Record), &["/login", "/a"])
        .await
        .unwrap();
    assert_eq!(scene.sandbox.requested("c.json"), ["/a"]);
    scene.change(|request| {
        json(
            200,
            if request.uri().path() == "/login" {
                "2"
            } else {
                "1"
            },
        )
    });
    let hits = scene.server.hits();
    let seen = scene
        .run(extended(Mode::Verify), &["/login", "/a"])
        .await
        .unwrap();
    assert!(seen.contains('2'), "the login is the server's own: {seen}");
    assert_eq!(scene.server.hits(), hits + 2);
}

#[tokio::test]
async fn what_is_learned_to_be_a_secret_later_is_in_no_report() {
    let value = "toldLater4711secret";
    let scene = Scene::new(|_| json(200, r#"{"note":"harmless"}"#));
    let error = scene
        .drift(
            &["/first", "/login"],
            |config| config,
            |request| match request.uri().path() {
                "/first" => json(200, r#"{"note":"toldLater4711secret"}"#),
                _ => json(200, r#"{"access_token":"toldLater4711secret"}"#),
            },
        )
        .await
        .unwrap_err();
    let said = error.to_string();
    assert!(!said.contains(value), "{said}");
    // A placeholder stands for any value, so the first answer is the same.
    assert!(said.starts_with("1 of 2 answers"), "{said}");
    assert!(said.contains("interaction 2"), "{said}");
}

#[tokio::test]
async fn a_drift_is_told_also_where_the_test_has_replaced_what_is_played() {
    let scene = Scene::new(|_| json(200, "1"));
    let path = "/";
    scene
        .run(scene.sandbox.config(Mode::Record), &[path])
        .await
        .unwrap();
    scene.change(|_| json(200, "2"));
    let verified = scope("c", scene.verify(), async {
        client().get(scene.server.url(path)).send().await.unwrap();
        current().unwrap().replace([]).unwrap();
    });
    let error = verified.await.unwrap_err();
    assert!(error.is_drifted(), "{error}");
    assert!(error.to_string().contains("interaction 1: GET"), "{error}");
}
