//! Functions that fail, by themselves or by a miss.

use bytes::Bytes;
use cassette_reqwest::{cassette, client};
use cassette_tests::{Server, Stage, echo, run, staged, url};
use http::Request;

use crate::get;

/// How a function ends after its request.
#[derive(Clone, Copy)]
enum Ending {
    Well,
    InPanic,
    InError,
}

#[cassette(config = staged)]
async fn asks_with_a_key(ending: Ending) -> Result<(), String> {
    let request = client().get(url("/")).bearer_auth("hunter2-hunter2");
    request.send().await.expect("the server answers");
    match ending {
        Ending::Well => Ok(()),
        Ending::InPanic => panic!("the panic of the test"),
        Ending::InError => Err("the error of the test".into()),
    }
}

/// What `run` makes of a test: what it returned, or the text of its panic.
type Outcome = Result<Result<(), String>, String>;

/// Records well, then once more with this ending: the first recording stays, the second is kept
/// beside it.
fn check_failing(ending: Ending, expect: &Outcome) {
    let stage = Stage::new(Server::start(|request: Request<Bytes>| {
        let mut response = echo(request);
        let cookie = http::HeaderValue::from_static("session=s3cr3t-s3cr3t; Path=/");
        response.headers_mut().insert("set-cookie", cookie);
        response
    }));
    let (file, rejected) = (
        "attribute/failures/asks_with_a_key.json",
        "attribute/failures/asks_with_a_key.rejected.json",
    );
    assert_eq!(run(asks_with_a_key(Ending::Well)), Ok(Ok(())));
    let recorded = stage.sandbox.read(file);
    stage.variable("CASSETTE_MODE", "record");
    assert_eq!(run(asks_with_a_key(ending)), *expect);
    assert_eq!(stage.server.hits(), 2);
    assert_eq!(stage.sandbox.read(file), recorded);
    assert_eq!(stage.sandbox.files(), [file, rejected]);
    let kept = stage.sandbox.cassette(rejected);
    let rejected = stage.sandbox.read(rejected);
    let interaction = &kept["interactions"][0];
    assert_eq!(
        interaction["request"]["headers"]["authorization"],
        "[REDACTED]"
    );
    assert_eq!(interaction["response"]["body"]["json"]["path"], "/");
    for secret in ["hunter2", "s3cr3t"] {
        assert!(!rejected.contains(secret), "{rejected}");
    }
}

#[test]
fn a_panic_leaves_the_old_file_and_keeps_the_new_recording_beside_it() {
    check_failing(Ending::InPanic, &Err("the panic of the test".into()));
}

#[test]
fn an_error_leaves_the_old_file_and_keeps_the_new_recording_beside_it() {
    check_failing(Ending::InError, &Ok(Err("the error of the test".into())));
}

#[cassette(config = staged)]
async fn swallows_its_miss(path: &str) {
    let _ = get(url(path)).await;
}

#[test]
fn a_miss_that_the_test_swallows_fails_it_at_its_end_with_the_report() {
    let stage = Stage::new(Server::start(echo));
    run(swallows_its_miss("/first")).unwrap();
    let recorded = stage
        .sandbox
        .read("attribute/failures/swallows_its_miss.json");
    let report = run(swallows_its_miss("/second")).unwrap_err();
    insta::assert_snapshot!(stage.masked(&report), @"
    no recorded interaction matches this request

        GET http://server/second
        cassette: [sandbox]/attribute/failures/swallows_its_miss.json (1 interaction, 0 already played)
        mode: auto   matching on: method, url, body

    closest is interaction 1; it differs in 1 place

        path    recorded: /first    actual: /second

    help: to record again, run `CASSETTE_MODE=record cargo test swallows_its_miss`
    help: to add it to the recording, run `CASSETTE_MODE=update cargo test swallows_its_miss`
    ");
    assert_eq!(stage.server.hits(), 1);
    assert_eq!(
        stage
            .sandbox
            .read("attribute/failures/swallows_its_miss.json"),
        recorded
    );
}

#[tokio::test]
async fn a_miss_fails_a_test_that_runs_in_a_task() {
    let stage = Stage::new(Server::start(echo));
    swallows_its_miss("/first").await;
    let ended = tokio::spawn(swallows_its_miss("/second")).await;
    let panic = ended.unwrap_err().into_panic();
    let text = panic.downcast_ref::<String>().unwrap();
    assert!(text.contains("no recorded interaction matches"), "{text}");
    assert_eq!(stage.server.hits(), 1);
}

#[test]
fn a_miss_is_an_error_to_the_client_as_well() {
    #[cassette(config = staged)]
    async fn asks(path: &str) {
        get(url(path)).await.unwrap();
    }

    let stage = Stage::new(Server::start(echo));
    run(asks("/first")).unwrap();
    let panic = run(asks("/second")).unwrap_err();
    assert!(
        panic.starts_with("called `Result::unwrap()` on an `Err` value"),
        "{panic}"
    );
    assert!(
        stage
            .masked(&panic)
            .contains("\n    GET http://server/second\n"),
        "{panic}"
    );
}
