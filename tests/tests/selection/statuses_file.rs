//! What is said of dubious answers, and `reject_status` in `cassette.toml`.

use cassette_tests::{Sandbox, Server, echo};
use http::{Response, StatusCode};

use crate::bench::{Bench, FILE};
use crate::notices::asking;

/// Answers with the status that the path names.
fn by_path() -> Bench {
    Bench::of(Server::start(|request| {
        let status: StatusCode = request.uri().path()[1..4].parse().unwrap();
        let body = echo(request).into_body();
        Response::builder().status(status).body(body).unwrap()
    }))
}

#[test]
fn answers_that_may_be_a_bad_day_of_the_server_are_told() {
    let bench = by_path();
    let ran = asking(&bench, "record", "/200 /401 /404 /429?b=1 /503 /429").run();
    insta::assert_snapshot!(bench.notices(&ran), @"
    cassette: [sandbox]/c.json holds 401 to GET http://server/401, 429 to GET http://server/429?b=1, 503 to GET http://server/503, 429 to GET http://server/429; to refuse such a recording write `reject_status = [401, 429, 503]`, to be told no more `reject_status = []`
    cassette: recorded 6 interactions into [sandbox]/c.json
    ");
    let quiet = asking(&bench, "record", "/200 /302 /400 /404 /410").run();
    insta::assert_snapshot!(bench.notices(&quiet), @"cassette: recorded 5 interactions into [sandbox]/c.json");
}

#[test]
fn an_update_tells_only_of_what_is_new_and_a_replay_of_nothing() {
    let bench = by_path();
    asking(&bench, "record", "/200 /401").run().expect_passed(1);
    let replayed = asking(&bench, "replay", "/200 /401").run();
    assert_eq!(bench.notices(&replayed), "");
    let updated = asking(&bench, "update", "/200 /401 /500").run();
    insta::assert_snapshot!(bench.notices(&updated), @"
    cassette: [sandbox]/c.json holds 500 to GET http://server/500; to refuse such a recording write `reject_status = [500]`, to be told no more `reject_status = []`
    cassette: recorded 1 interaction more into [sandbox]/c.json
    ");
}

/// Records `/200 /429 /503` with this `cassette.toml`; returns what is said.
#[track_caller]
fn with(toml: &str) -> String {
    let (bench, package) = (by_path(), Sandbox::new());
    package.write("cassette.toml", toml);
    let child = asking(&bench, "record", "/200 /429 /503");
    let ran = child.variable("CARGO_MANIFEST_DIR", package.path()).run();
    let said = match ran.passed {
        true => bench.notices(&ran),
        false => {
            assert!(!bench.sandbox.exists(FILE));
            bench.masked(ran.panic())
        }
    };
    said.lines().next().unwrap_or_default().to_owned()
}

#[test]
fn the_file_of_the_package_names_numbers_and_classes() {
    let recorded = "cassette: recorded 3 interactions into [sandbox]/c.json";
    for quiet in ["[]", "[401]", "['404', '1xx']"] {
        let toml = format!("reject_status = {quiet}");
        assert_eq!(with(&toml), recorded, "{toml}");
    }
    let refused = "called `Result::unwrap()` on an `Err` value: the recording holds answers that `reject_status` refuses, and is not saved";
    for refusing in [
        "[429]",
        "['429']",
        "[401, '5xx']",
        "['5xx']",
        "[503, '1xx']",
    ] {
        let toml = format!("reject_status = {refusing}");
        assert_eq!(with(&toml), refused, "{toml}");
    }
}
