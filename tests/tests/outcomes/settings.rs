//! The places where `latency` is asked for: the attribute, its `config` function, `cassette.toml`.

use std::time::Duration;

use cassette_core::{Config, Latency, Mode};
use cassette_reqwest::{cassette, client, scope};
use cassette_tests::{
    Child, Sandbox, Server, Stage, echo, masked, one_thread, parent_variable, run_on, staged, url,
    url_of_parent,
};
use serde_json::json;
use tokio::time::Instant;

use crate::{FILE, ms, paused, text, write};

/// Records a test, and returns how long its replay takes.
#[track_caller]
fn took<F: Future<Output = ()>>(test: impl Fn() -> F) -> Duration {
    let stage = Stage::new(Server::start(echo));
    run_on(&one_thread(), test()).unwrap();
    let timed = async {
        let start = Instant::now();
        test().await;
        start.elapsed()
    };
    let took = run_on(&paused(), timed).unwrap();
    assert_eq!(stage.server.hits(), 1, "the second run is a replay");
    took
}

#[test]
fn the_attribute_asks_for_it() {
    #[cassette(latency = "200ms", config = staged)]
    async fn waits() {
        text(client().get(url("/"))).await;
    }
    assert_eq!(took(waits), ms(200));
}

#[test]
fn the_config_function_asks_for_it() {
    fn slowly(config: Config) -> Config {
        staged(config).latency(Latency::Fixed(ms(300)))
    }

    #[cassette(config = slowly)]
    async fn waits() {
        text(client().get(url("/"))).await;
    }
    assert_eq!(took(waits), ms(300));
}

#[test]
fn the_attribute_goes_before_the_config_function() {
    fn slowly(config: Config) -> Config {
        staged(config).latency(Latency::Fixed(ms(300)))
    }

    #[cassette(latency = "0s", config = slowly)]
    async fn waits() {
        text(client().get(url("/"))).await;
    }
    assert_eq!(took(waits), ms(0));
}

#[tokio::test(start_paused = true)]
#[ignore = "run by its parent"]
async fn takes_as_long_as_the_file_says() {
    let start = Instant::now();
    let config = Config::new().mode(Mode::Replay);
    let session = scope("c", config, text(client().get("http://nobody.invalid/")));
    session.await.unwrap();
    let took = start.elapsed().as_millis();
    assert_eq!(took.to_string(), parent_variable("TEST_TAKES"));
}

/// Replays an answer of a second in a package whose `cassette.toml` is this.
fn check(toml: &str, milliseconds: &str) {
    let (sandbox, package) = (Sandbox::new(), Sandbox::new());
    let answer = json!({
        "request": { "method": "GET", "url": "http://nobody.invalid/" },
        "response": { "status": 200, "timing": "1000ms" },
    });
    write(&sandbox, &json!([answer]));
    package.write("cassette.toml", toml);
    let test = "settings::takes_as_long_as_the_file_says";
    let ran = Child::exactly(test, &sandbox, "")
        .variable("CARGO_MANIFEST_DIR", package.path())
        .variable("TEST_TAKES", milliseconds)
        .run();
    ran.expect_passed(1);
    assert_eq!(
        (ran.stderr.as_str(), sandbox.files()),
        ("", vec![FILE.to_owned()])
    );
}

#[test]
fn the_file_of_the_package_asks_for_it() {
    check("latency = \"recorded\"", "1000");
    check("latency = \"x0.25\"", "250");
    check("latency = \"150ms\"", "150");
    check("", "0");
}

#[tokio::test]
#[ignore = "run by its parent"]
async fn asks_for_times() {
    let latency = parent_variable("TEST_LATENCY").parse().unwrap();
    let config = Config::new().latency(latency);
    let session = scope("c", config, text(client().get(url_of_parent("/"))));
    session.await.unwrap();
}

#[test]
fn a_cassette_without_times_is_said_to_have_none() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let origin = server.url("");
    let run = |latency: &str| {
        let child = Child::exactly("settings::asks_for_times", &sandbox, &origin);
        let ran = child.variable("TEST_LATENCY", latency).run();
        ran.expect_passed(1);
        masked(&ran.stderr, &sandbox, &origin)
    };
    run("1ms");
    insta::assert_snapshot!(run("recorded"), @"cassette: [sandbox]/c.json holds no times for `latency`: record it again to have them");
    assert_eq!(run("x0.5"), run("recorded"));
    assert_eq!(run("1ms"), "", "it needs none");
    assert_eq!(server.hits(), 1);
}
