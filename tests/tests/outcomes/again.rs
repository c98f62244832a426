//! Failures that are recorded again: one that has not changed stays as it stands.

use cassette_core::{Latency, Mode};
use cassette_reqwest::client;
use cassette_tests::{RawServer, Refusing, Sandbox, Server, echo};
use serde_json::Value;

use crate::{FILE, answering, in_vain, limited, outcomes, record, record_with, text};

async fn fail(url: &str) {
    client().get(url).send().await.unwrap_err();
}

#[test]
fn a_failure_that_comes_again_leaves_the_file_as_it_is() {
    let (sandbox, refusing) = (Sandbox::new(), Refusing::new());
    let url = refusing.url("/");
    record(&sandbox, fail(&url));
    // Even its age, so that there is no difference to review.
    let recorded_at = sandbox.cassette(FILE)["recorded_at"].to_string();
    let aged = sandbox
        .read(FILE)
        .replace(&recorded_at, "\"2001-02-03T04:05:06Z\"");
    sandbox.write(FILE, &aged);
    record(&sandbox, fail(&url));
    assert_eq!(sandbox.read(FILE), aged);
}

#[test]
fn a_failure_keeps_its_time() {
    let (sandbox, refusing) = (Sandbox::new(), Refusing::new());
    let url = refusing.url("/");
    let again = || {
        let config = sandbox.config(Mode::Record).latency(Latency::Recorded);
        record_with(config, fail(&url));
    };
    again();
    let timing = sandbox.cassette(FILE)["interactions"][0]["error"]["timing"].clone();
    let old = sandbox
        .read(FILE)
        .replace(timing.as_str().unwrap(), "70000ms");
    sandbox.write(FILE, &old);
    again();
    assert_eq!(sandbox.read(FILE), old);
}

#[test]
fn another_failure_or_an_answer_takes_its_place() {
    let (sandbox, refusing) = (Sandbox::new(), Refusing::new());
    let (url, port) = (refusing.url("/"), refusing.port());
    record(&sandbox, fail(&url));
    let edited = sandbox.read(FILE).replace("\"connect\"", "\"dns\"");
    sandbox.write(FILE, edited);
    record(&sandbox, fail(&url));
    assert_eq!(outcomes(&sandbox), ["connect"]);
    let edited = {
        let cassette = sandbox.cassette(FILE);
        let message = cassette["interactions"][0]["error"]["message"].to_string();
        sandbox.read(FILE).replace(&message, "\"other words\"")
    };
    sandbox.write(FILE, edited);
    record(&sandbox, fail(&url));
    assert!(!sandbox.read(FILE).contains("other words"));
    drop(refusing);
    let server = Server::start_at(port, echo);
    record(&sandbox, text(client().get(&url)));
    assert_eq!(
        (outcomes(&sandbox), server.hits()),
        (vec!["200".to_owned()], 1)
    );
}

#[test]
fn what_is_given_up_again_stays_in_its_place() {
    let sandbox = Sandbox::new();
    let asks = async |server: &RawServer| {
        let slow = in_vain(client().get(server.url("/slow")));
        limited(server, 1, text(slow)).await.unwrap_err();
        text(client().get(server.url("/fast"))).await;
    };
    let server = answering();
    record(&sandbox, asks(&server));
    let before = sandbox.read(FILE);
    let reversed = async {
        text(client().get(server.url("/fast"))).await;
        let slow = in_vain(client().get(server.url("/slow")));
        limited(&server, 4, text(slow)).await.unwrap_err();
    };
    record(&sandbox, reversed);
    assert_eq!(sandbox.read(FILE), before);
    let cassette = sandbox.cassette(FILE);
    assert_eq!(cassette["interactions"][1]["error"], Value::Null);
}
