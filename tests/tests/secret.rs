//! `secret("NAME")`: the key while a cassette is recorded, a dummy when it is played.

use cassette_core::{Config, Error, Mode};
use cassette_reqwest::{cassette, client, scope, secret};
use cassette_tests::{Sandbox, Server, Stage, count, echo, run, staged, url};

const KEY: (&str, &str) = ("TEST_API_KEY", "s3cret-s3cret-s3cret");

/// Asks the server with the secret, and returns that.
async fn ask(server: &Server) -> Result<String, Error> {
    let key = secret(KEY.0)?;
    let request = client().get(server.url("/")).header("x-api-key", &key);
    request.send().await.unwrap();
    Ok(key)
}

fn without_key(sandbox: &Sandbox, mode: Mode) -> Config {
    sandbox.config(mode)
}

fn with_key(sandbox: &Sandbox, mode: Mode) -> Config {
    sandbox.config(mode).environment([KEY])
}

#[tokio::test]
async fn a_replay_needs_no_secret() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let recorded = scope("c", with_key(&sandbox, Mode::Auto), ask(&server)).await;
    assert_eq!(recorded.unwrap().unwrap(), KEY.1);
    assert_eq!(server.requests()[0].headers["x-api-key"], KEY.1);
    assert!(!sandbox.read("c.json").contains("s3cret"));

    for config in [without_key, with_key] {
        for mode in [Mode::Auto, Mode::Replay] {
            let replayed = scope("c", config(&sandbox, mode), ask(&server)).await;
            assert_eq!(replayed.unwrap().unwrap(), "dummy-TEST_API_KEY");
        }
    }
    assert_eq!(server.hits(), 1);
}

#[tokio::test]
async fn whatever_may_ask_the_network_needs_the_secret() {
    let (sandbox, server) = (Sandbox::new(), Server::start(count()));
    for mode in [Mode::Auto, Mode::Record, Mode::Update, Mode::Live] {
        let asked = scope("c", with_key(&sandbox, mode), ask(&server)).await;
        assert_eq!(asked.unwrap().unwrap(), KEY.1, "{mode}");
    }
}

/// What is said in this mode without the variable, or with an empty one.
async fn missing(mode: Mode) -> String {
    let sandbox = Sandbox::new();
    let session = scope("c", without_key(&sandbox, mode), async { secret(KEY.0) });
    let error = session.await.unwrap().unwrap_err();
    assert!(error.is_config(), "{error}");
    let empty = sandbox.config(mode).environment([(KEY.0, "")]);
    let session = scope("d", empty, async { secret(KEY.0) });
    let same = session.await.unwrap().unwrap_err().to_string();
    assert_eq!(same.replace(" d ", " c "), error.to_string());
    error.to_string()
}

#[tokio::test]
async fn a_secret_that_is_missing_is_named_with_the_way_to_set_it() {
    insta::assert_snapshot!(missing(Mode::Record).await, @"
    the variable TEST_API_KEY is empty or not set, and c is recorded with it (mode: record)

    help: set it, `TEST_API_KEY=… cargo test`; a replay needs none
    ");
    insta::assert_snapshot!(missing(Mode::Live).await, @"
    the variable TEST_API_KEY is empty or not set, and c sends real requests (mode: live)

    help: set it, `TEST_API_KEY=… cargo test`; a replay needs none
    ");
}

#[cassette(config = staged)]
async fn asks_with_a_key() {
    let key = secret(KEY.0).unwrap();
    client()
        .get(url("/"))
        .header("x-api-key", key)
        .send()
        .await
        .unwrap();
}

#[test]
fn a_test_that_lacks_its_secret_fails_with_the_command_to_run() {
    let stage = Stage::new(Server::start(echo));
    let failed = run(asks_with_a_key()).unwrap_err();
    insta::assert_snapshot!(stage.masked(&failed), @"
    called `Result::unwrap()` on an `Err` value: the variable TEST_API_KEY is empty or not set, and secret::asks_with_a_key is recorded with it (mode: auto)

    help: set it, `TEST_API_KEY=… cargo test asks_with_a_key`; a replay needs none
    ");
    assert_eq!((stage.server.hits(), stage.sandbox.files().len()), (0, 0));

    stage.variable(KEY.0, KEY.1);
    run(asks_with_a_key()).unwrap();
    assert_eq!(stage.server.hits(), 1);
}

#[tokio::test]
async fn a_task_of_the_test_gets_the_secret_of_its_cassette() {
    let sandbox = Sandbox::new();
    let session = scope("c", with_key(&sandbox, Mode::Record), async {
        tokio::spawn(async { secret(KEY.0) }).await.unwrap()
    });
    assert_eq!(session.await.unwrap().unwrap(), KEY.1);
}
