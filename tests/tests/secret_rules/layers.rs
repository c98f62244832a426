//! The places where `redact` and `keep` stand add up: the attribute, its `config` function,
//! `cassette.toml`.

use cassette_core::Config;
use cassette_reqwest::{cassette, client};
use cassette_tests::{Child, Sandbox, Server, Stage, json, run, staged, url, url_of_parent};
use serde_json::{Value, json as value};

const BODY: &str =
    r#"{"a":"one","b":"two","c":"three","api_key":"four","password":"five","secret":"six","n":7}"#;

/// Asks for [`BODY`].
async fn ask(url: String) {
    let answer = client().get(url).send().await.unwrap();
    answer.text().await.unwrap();
}

/// Records a test, replays it, and returns the body that is stored.
#[track_caller]
fn recorded<F: Future<Output = ()>>(test: impl Fn() -> F) -> Value {
    let stage = Stage::new(Server::start(json(200, BODY)));
    run(test()).unwrap();
    run(test()).unwrap();
    assert_eq!(stage.server.hits(), 1, "the second run is a replay");
    let files = stage.sandbox.files();
    let stored = &stage.sandbox.cassette(&files[0])["interactions"][0];
    stored["response"]["body"]["json"].clone()
}

/// Returns [`BODY`] with the values of these keys masked.
fn masked(keys: &[&str]) -> Value {
    let mut body: Value = serde_json::from_str(BODY).unwrap();
    for key in keys {
        body[*key] = value!("[REDACTED]");
    }
    body
}

#[test]
fn the_attribute_adds_to_what_the_config_function_says() {
    fn also(config: Config) -> Config {
        staged(config).redact(["b"]).keep(["password"])
    }

    #[cassette(redact = ["a", "json:/n"], keep = ["api_key"], config = also)]
    async fn asks() {
        ask(url("/")).await;
    }

    assert_eq!(recorded(asks), masked(&["a", "b", "n", "secret"]));
}

#[test]
fn without_a_word_the_defaults_hold() {
    #[cassette(config = staged)]
    async fn asks() {
        ask(url("/")).await;
    }

    assert_eq!(recorded(asks), masked(&["api_key", "password", "secret"]));
}

#[test]
fn what_a_config_function_says_twice_adds_up() {
    fn twice(config: Config) -> Config {
        staged(config)
            .redact(["a"])
            .redact(["b"])
            .keep(["password"])
            .keep(["secret"])
    }

    #[cassette(config = twice)]
    async fn asks() {
        ask(url("/")).await;
    }

    assert_eq!(recorded(asks), masked(&["a", "b", "api_key"]));
}

/// The attribute has no word for it, and takes nothing away.
#[test]
fn a_rule_of_the_config_function_holds_beside_the_attribute() {
    fn own(config: Config) -> Config {
        staged(config).redaction(|text: &str| {
            let found = text.match_indices("three");
            found.map(|(at, word)| at..at + word.len()).collect()
        })
    }

    #[cassette(redact = ["a"], keep = ["password", "secret"], config = own)]
    async fn asks() {
        ask(url("/")).await;
    }

    assert_eq!(recorded(asks), masked(&["a", "c", "api_key"]));
}

fn with_b(config: Config) -> Config {
    config.redact(["b"]).keep(["password"])
}

#[cassette(redact = ["a"], keep = ["api_key"], config = with_b)]
#[tokio::test]
#[ignore = "run by its parent"]
async fn asks_its_parent() {
    ask(url_of_parent("/")).await;
}

#[test]
fn the_file_of_the_package_adds_to_both() {
    let (sandbox, package) = (Sandbox::new(), Sandbox::new());
    package.write("cassette.toml", "redact = [\"c\"]\nkeep = [\"secret\"]\n");
    let server = Server::start(json(200, BODY));
    for _ in 0..2 {
        let child = Child::exactly("layers::asks_its_parent", &sandbox, &server.url(""));
        let child = child.variable("CARGO_MANIFEST_DIR", package.path());
        child.run().expect_passed(1);
    }
    assert_eq!(server.hits(), 1);
    let stored = sandbox.cassette("secret_rules/layers/asks_its_parent.json");
    let body = &stored["interactions"][0]["response"]["body"]["json"];
    assert_eq!(*body, masked(&["a", "b", "c"]));
}
