//! Keys of requests that go to the network although the cassette is played.

use cassette_core::{Config, Mode};
use cassette_reqwest::{current, scope, secret};

use crate::bench::{Bench, FILE};
use crate::notices::asking;

const ON: (&str, &str) = ("CASSETTE_ALLOW_FALLBACK", "1");
const KEY: (&str, &str) = ("A_KEY", "hunter2-hunter2");

async fn asks(bench: &Bench, config: Config, path: &str) {
    let request = bench.request(path);
    let test = async {
        let key = secret("A_KEY").unwrap();
        let request = request.query(&[("q", &key)]).bearer_auth(&key);
        request.send().await.unwrap();
    };
    scope("c", config, test).await.unwrap();
}

#[tokio::test]
async fn a_replay_that_may_ask_the_network_has_the_real_key_where_there_is_one() {
    let bench = Bench::new();
    let config = |mode, variables: &[(&str, &str)]| {
        bench.config(mode).environment(variables.iter().copied())
    };
    asks(&bench, config(Mode::Record, &[KEY]), "/a").await;
    let file = bench.sandbox.read(FILE);
    assert!(!file.contains("hunter2"), "{file}");
    // It fits what is recorded, with the real key, and with none.
    for variables in [&[ON, KEY][..], &[ON], &[]] {
        asks(&bench, config(Mode::Replay, variables), "/a").await;
    }
    assert_eq!(bench.server.hits(), 1);

    asks(&bench, config(Mode::Record, &[KEY]), "/b").await;
    let request = bench.request("/new");
    let test = async {
        let key = secret("A_KEY").unwrap();
        request.bearer_auth(key).send().await.unwrap();
    };
    let replay = config(Mode::Replay, &[ON, KEY]).unused(cassette_core::Unused::Allow);
    scope("c", replay, test).await.unwrap();
    let last = bench.server.requests().pop().unwrap();
    assert_eq!(last.header("authorization"), Some("Bearer hunter2-hunter2"));
}

#[tokio::test]
async fn the_notice_holds_no_secret_of_the_environment() {
    let bench = Bench::recorded(&["/a"]).await;
    let child = asking(&bench, "replay", "/a /bot/hunter2-hunter2/send");
    let ran = child.variable(ON.0, ON.1).variable(KEY.0, KEY.1).run();
    insta::assert_snapshot!(bench.notices(&ran), @"cassette: GET http://server/bot/[REDACTED]/send had no answer in [sandbox]/c.json and went to the network, unrecorded (CASSETTE_ALLOW_FALLBACK)");
    assert_eq!(bench.server.paths()[1], "/bot/hunter2-hunter2/send");
}

/// What a replay plays must not depend on where it runs.
#[tokio::test]
async fn a_request_behind_it_is_looked_up_as_ever() {
    let bench = Bench::recorded(&["/a", "/b?q=plain-plain-plain"]).await;
    let variables = [ON, ("B_KEY", "plain-plain-plain")];
    let config = bench.config(Mode::Replay).environment(variables);
    let asks = ["/new", "/a", "/b?q=plain-plain-plain"];
    let said = bench.run(config, &asks).await;
    assert_eq!(said, "ok [/new] [/a /b?q=plain-plain-plain]");
}

/// Without one a test that makes ids could not fall back at all.
#[tokio::test]
async fn a_variable_that_is_missing_is_made_and_not_stored() {
    let bench = Bench::recorded(&["/a"]).await;
    let file = bench.sandbox.read(FILE);
    let a = bench.request("/a");
    let test = async {
        a.send().await.unwrap();
        let session = current().unwrap();
        let id = |id: &str| session.variable("id", || id.to_owned()).unwrap();
        assert_eq!((id("1"), id("2")), ("1".to_owned(), "1".to_owned()));
    };
    let config = bench.config(Mode::Replay).environment([ON]);
    assert_eq!(bench.told(config, test).await, "ok [] [/a]");
    assert_eq!(bench.sandbox.read(FILE), file);
}
