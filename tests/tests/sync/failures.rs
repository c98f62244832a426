//! Functions that fail, by themselves or by a miss.

use cassette_reqwest::cassette;
use cassette_tests::{Server, Stage, caught, echo, staged, url};

use crate::get;

/// How a function ends after its request.
#[derive(Clone, Copy)]
enum Ending {
    Well,
    InPanic,
    InError,
}

#[cassette(config = staged)]
fn ends(ending: Ending) -> Result<(), String> {
    get(&url("/")).expect("the server answers");
    match ending {
        Ending::Well => Ok(()),
        Ending::InPanic => panic!("the panic of the test"),
        Ending::InError => Err("the error of the test".into()),
    }
}

/// Records well, then once more with this ending: the first recording stays, the second is kept
/// beside it.
fn check_failing(ending: Ending, expect: &Result<Result<(), String>, String>) {
    let stage = Stage::new(Server::start(echo));
    let (file, rejected) = (
        "sync/failures/ends.json",
        "sync/failures/ends.rejected.json",
    );
    assert_eq!(caught(|| ends(Ending::Well)), Ok(Ok(())));
    let recorded = stage.sandbox.read(file);
    stage.variable("CASSETTE_MODE", "record");
    assert_eq!(caught(|| ends(ending)), *expect);
    assert_eq!(stage.server.hits(), 2);
    assert_eq!(stage.sandbox.read(file), recorded);
    assert_eq!(stage.sandbox.files(), [file, rejected]);
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
fn swallows_its_miss(path: &str) {
    drop(get(&url(path)));
}

#[test]
fn a_miss_that_the_test_swallows_fails_it_at_its_end_with_the_report() {
    let stage = Stage::new(Server::start(echo));
    let file = "sync/failures/swallows_its_miss.json";
    swallows_its_miss("/first");
    let recorded = stage.sandbox.read(file);
    let report = caught(|| swallows_its_miss("/second")).unwrap_err();
    insta::assert_snapshot!(stage.masked(&report), @"
    no recorded interaction matches this request

        GET http://server/second
        cassette: [sandbox]/sync/failures/swallows_its_miss.json (1 interaction, 0 already played)
        mode: auto   matching on: method, url, body

    closest is interaction 1; it differs in 1 place

        path    recorded: /first    actual: /second

    help: to record again, run `CASSETTE_MODE=record cargo test swallows_its_miss`
    help: to add it to the recording, run `CASSETTE_MODE=update cargo test swallows_its_miss`
    ");
    assert_eq!(stage.server.hits(), 1);
    assert_eq!(stage.sandbox.read(file), recorded);
}

#[test]
fn a_cassette_that_is_missing_fails_before_the_function_begins() {
    #[cassette(config = staged)]
    fn begins() {
        panic!("it has begun");
    }

    let stage = Stage::new(Server::start(echo));
    stage.variable("CASSETTE_MODE", "replay");
    let refused = caught(begins).unwrap_err();
    assert!(
        refused.starts_with("no cassette for sync::failures::begins"),
        "{refused}"
    );
}

#[cassette(config = staged)]
#[should_panic(expected = "as it should")]
fn should_panic(path: &str, panics: bool) {
    get(&url(path)).expect("the proxy answers");
    assert!(!panics, "as it should");
}

#[test]
fn a_function_that_should_panic_and_does_is_recorded_then_replayed() {
    let stage = Stage::new(Server::start(echo));
    for _ in 0..2 {
        let panic = caught(|| should_panic("/", true));
        assert_eq!(panic, Err("as it should".to_owned()));
    }
    assert_eq!(stage.server.hits(), 1);
    assert_eq!(stage.sandbox.files(), ["sync/failures/should_panic.json"]);
}

#[test]
fn a_function_that_should_panic_returns_where_anything_is_wrong_with_its_cassette() {
    let stage = Stage::new(Server::start(echo));
    assert_eq!(caught(|| should_panic("/", false)), Ok(()));
    assert_eq!(
        stage.sandbox.files(),
        ["sync/failures/should_panic.rejected.json"]
    );
    caught(|| should_panic("/", true)).unwrap_err();
    assert_eq!(caught(|| should_panic("/missed", true)), Ok(()));
    stage.variable("CASSETTE_MODE", "none");
    assert_eq!(
        caught(|| should_panic("/", true)),
        Ok(()),
        "it cannot begin"
    );
}
