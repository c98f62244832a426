mod drift;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use insta::assert_snapshot;

use super::*;
use crate::failure::{ErrorKind, RecordedError};
use crate::interaction::Recorded;
use crate::matcher::RequestMatcher;
use crate::plan::{Change, Part};
use crate::redact::Redactor;

fn facts() -> Facts {
    Facts {
        test: "users::creates_user".into(),
        function: Some("creates_user".into()),
        cassette: "tests/cassettes/users/creates_user.json".into(),
        mode: "replay".into(),
        matching: "method, url, body".into(),
        rechecks: false,
    }
}

fn scoped() -> Facts {
    Facts {
        test: "users".into(),
        function: None,
        ..facts()
    }
}

fn request(line: &str, body: &str) -> RecordedRequest {
    let (method, url) = line.split_once(' ').unwrap();
    let live = http::Request::builder().method(method).uri(url);
    let live = live.body(Bytes::copy_from_slice(body.as_bytes())).unwrap();
    Redactor::default().request(&live).value
}

fn interaction(line: &str) -> Interaction {
    let recorded = Recorded::Error(Arc::new(RecordedError::new(ErrorKind::Timeout, "")));
    Interaction {
        request: Arc::new(request(line, "")),
        recorded,
    }
}

fn closest(recorded: &RecordedRequest, actual: &RecordedRequest) -> String {
    let mismatch = RequestMatcher::default()
        .check(recorded, actual)
        .unwrap_err();
    let why = Why::Closest {
        number: 1,
        mismatch,
    };
    miss(
        &facts(),
        &Miss {
            request: actual,
            interactions: 3,
            played: 1,
            why,
        },
    )
}

#[test]
fn a_similar_request_shows_the_difference() {
    let recorded = request(
        "POST https://api.example.com/v1/users?page=1",
        r#"{"name":"ada","age":36}"#,
    );
    let actual = request(
        "POST https://api.example.com/v1/users?page=2&api_key=s3cret",
        r#"{"name":"grace","age":36}"#,
    );
    assert_snapshot!(closest(&recorded, &actual), @r#"
    no recorded interaction matches this request

        POST https://api.example.com/v1/users?page=2&api_key=[REDACTED]
        cassette: tests/cassettes/users/creates_user.json (3 interactions, 1 already played)
        mode: replay   matching on: method, url, body

    closest is interaction 2; it differs in 3 places

        query api_key    recorded: (absent)    actual: [REDACTED]
        query page       recorded: 1           actual: 2
        body /name       recorded: "ada"       actual: "grace"

    help: to record again, run `CASSETTE_MODE=record cargo test creates_user`
    help: to add it to the recording, run `CASSETTE_MODE=update cargo test creates_user`
    "#);
}

#[test]
fn the_advice_fits_the_part_that_differs() {
    let recorded = request(
        "POST https://api.example.com/v1/users?t=1",
        r#"{"created":1}"#,
    );
    let actual = request(
        "POST https://api.example.com/v1/users?t=1",
        r#"{"created":2}"#,
    );
    assert_snapshot!(closest(&recorded, &actual).lines().last().unwrap(), @r#"help: to ignore the body, write `#[cassette(match_body = false)]` or leave a field out, `ignore_json = ["/created"]`"#);
    let actual = request(
        "POST https://api.example.com/v1/users?t=2",
        r#"{"created":1}"#,
    );
    assert_snapshot!(closest(&recorded, &actual).lines().last().unwrap(), @r#"help: to ignore it, write `#[cassette(ignore_query = ["t"])]`"#);
    let actual = request("POST https://api.example.com/v1/users?t=1", "text");
    assert_snapshot!(closest(&recorded, &actual).lines().last().unwrap(), @"help: to ignore the body, write `#[cassette(match_body = false)]`");
    let actual = request(
        "PUT https://api.example.com/v1/users?t=1",
        r#"{"created":1}"#,
    );
    assert_snapshot!(closest(&recorded, &actual).lines().last().unwrap(), @"help: to add it to the recording, run `CASSETTE_MODE=update cargo test creates_user`");
}

#[test]
fn long_requests_make_short_reports() {
    let many = |value: &str| {
        (0..100)
            .map(|n| format!("\"field{n}\":\"{}\"", value.repeat(200)))
            .collect::<Vec<_>>()
            .join(",")
    };
    let url = format!(
        "POST https://api.example.com/{}?{}",
        "long/".repeat(100),
        "x=1&".repeat(100)
    );
    let report = closest(
        &request(&url, &format!("{{{}}}", many("a"))),
        &request(&url, &format!("{{{}}}", many("b"))),
    );
    assert!(report.lines().count() < 40, "{report}");
    assert!(
        report.lines().all(|line| line.chars().count() < 250),
        "{report}"
    );
    assert!(report.contains("… and 90 more"), "{report}");
}

#[test]
fn nothing_similar_lists_what_there_is() {
    let interactions = [
        interaction("GET https://other.example.com/a"),
        interaction("GET https://other.example.com/b"),
    ];
    let actual = request("GET https://api.example.com/v1/users", "");
    let report = |interactions| {
        miss(
            &scoped(),
            &Miss {
                request: &actual,
                interactions: 2,
                played: 0,
                why: Why::NothingSimilar(interactions),
            },
        )
    };
    assert_snapshot!(report(&interactions), @"
    no recorded interaction matches this request

        GET https://api.example.com/v1/users
        cassette: tests/cassettes/users/creates_user.json (2 interactions, 0 already played)
        mode: replay   matching on: method, url, body

    nothing like it was recorded; the cassette holds

        GET https://other.example.com/a
        GET https://other.example.com/b

    help: to record again, run it with `CASSETTE_MODE=record`
    help: to add it to the recording, run it with `CASSETTE_MODE=update`
    ");
    assert_snapshot!(report(&[]).lines().nth(6).unwrap(), @"the cassette holds no interactions");
}

#[test]
fn answers_that_are_used_up_are_not_called_unmatched() {
    let actual = request("GET https://api.example.com/v1/jobs/1", "");
    assert_snapshot!(miss(&facts(), &Miss { request: &actual, interactions: 3, played: 2, why: Why::Exhausted(2) }), @r#"
    every recorded answer to this request has been given

        GET https://api.example.com/v1/jobs/1
        cassette: tests/cassettes/users/creates_user.json (3 interactions, 2 already played)
        mode: replay   matching on: method, url, body

    it was recorded 2 times, and asked for once more

    help: to record again, run `CASSETTE_MODE=record cargo test creates_user`
    help: to give the last answer again, write `#[cassette(repeat = "last")]`
    "#);
}

#[test]
fn a_request_that_was_given_up_has_no_answer() {
    let actual = request("GET https://api.example.com/slow", "");
    let report = miss(
        &facts(),
        &Miss {
            request: &actual,
            interactions: 1,
            played: 0,
            why: Why::NeverAnswered,
        },
    );
    assert_snapshot!(report, @"
    this request was recorded without an answer

        GET https://api.example.com/slow
        cassette: tests/cassettes/users/creates_user.json (1 interaction, 0 already played)
        mode: replay   matching on: method, url, body

    the test that recorded it dropped it before its answer came

    help: to record again, run `CASSETTE_MODE=record cargo test creates_user`
    help: to add it to the recording, run `CASSETTE_MODE=update cargo test creates_user`
    ");
}

#[test]
fn a_request_out_of_order_shows_what_is_due() {
    let (actual, due) = (
        request("GET https://api.example.com/b", ""),
        request("GET https://api.example.com/a", ""),
    );
    let why = Why::OutOfOrder {
        due: 0,
        request: &due,
    };
    assert_snapshot!(miss(&facts(), &Miss { request: &actual, interactions: 2, played: 0, why }), @r#"
    this request comes out of the recorded order

        GET https://api.example.com/b
        cassette: tests/cassettes/users/creates_user.json (2 interactions, 0 already played)
        mode: replay   matching on: method, url, body

    interaction 1 is due before it

        GET https://api.example.com/a

    help: to record again, run `CASSETTE_MODE=record cargo test creates_user`
    help: to accept any order, write `#[cassette(order = "any")]`
    "#);
}

#[test]
fn a_cassette_that_cannot_be_played_says_what_to_run() {
    assert_snapshot!(missing(&facts()), @"
    no cassette for users::creates_user

        cassette: tests/cassettes/users/creates_user.json (does not exist)
        mode: replay

    help: to record it, run `CASSETTE_MODE=record cargo test creates_user`, and commit the file
    ");
    assert_snapshot!(missing(&scoped()).lines().last().unwrap(), @"help: to record it, run it with `CASSETTE_MODE=record`, and commit the file");
    let change = Change {
        of: Part::Body,
        recorded: "v1:5f0c2a9e77b14c10".into(),
        actual: "v1:9ac1d3be02f6417a".into(),
    };
    assert_snapshot!(stale(&facts(), &[change]), @r#"
    the recording is stale: function creates_user has changed

        cassette: tests/cassettes/users/creates_user.json
        body    recorded: v1:5f0c2a9e77b14c10    actual: v1:9ac1d3be02f6417a
        mode: replay

    help: to record again, run `CASSETTE_MODE=record cargo test creates_user`
    help: to keep it where it still fits, write `#[cassette(on_change = "recheck")]`
    help: to play it all the same, write `#[cassette(on_change = "warn")]`
    "#);
    let tracked = |name: &str| Change {
        of: Part::Tracked(name.to_owned()),
        recorded: "v1:77aa01c3d4e5f607".into(),
        actual: "v1:03ab1c3d4e5f6071".into(),
    };
    let changes = [
        tracked("src/personas.rs::Personas::from_prompt"),
        tracked("prompts/system.txt"),
    ];
    assert_snapshot!(stale(&facts(), &changes), @r#"
    the recording is stale: function Personas::from_prompt and file prompts/system.txt have changed

        cassette: tests/cassettes/users/creates_user.json
        src/personas.rs::Personas::from_prompt    recorded: v1:77aa01c3d4e5f607    actual: v1:03ab1c3d4e5f6071
        prompts/system.txt    recorded: v1:77aa01c3d4e5f607    actual: v1:03ab1c3d4e5f6071
        mode: replay

    help: to record again, run `CASSETTE_MODE=record cargo test creates_user`
    help: to keep it where it still fits, write `#[cassette(on_change = "recheck")]`
    help: to play it all the same, write `#[cassette(on_change = "warn")]`
    "#);
    assert_snapshot!(facts().changed(&[tracked("src/a.rs::Personas")]), @"item Personas has changed");
    let days = |days: u64| Duration::from_secs(days * 86_400 + 3_601);
    assert_snapshot!(expired(&facts(), days(45), days(30)), @"
    the recording has expired: it is 45 days old, and `max_age` is 30 days

        cassette: tests/cassettes/users/creates_user.json
        mode: replay

    help: to record again, run `CASSETTE_MODE=record cargo test creates_user`
    ");
    assert_snapshot!(too_old(Duration::from_secs(7_203), Duration::from_secs(3_600)), @"it is 2 hours old, and `max_age` is 1 hour");
    assert_snapshot!(foreign(&facts(), "orders::creates_user", Some("tests/orders.rs")), @r#"
    the cassette tests/cassettes/users/creates_user.json belongs to orders::creates_user in tests/orders.rs, not to users::creates_user

    help: give each its own, `#[cassette(name = "…")]`; for cases of one function put its arguments in: `name = "gamer-{age}"`
    help: if that test is gone, take the file over: run `CASSETTE_MODE=record cargo test creates_user`
    "#);
}

#[test]
fn what_was_left_and_what_was_late_is_listed() {
    let interactions = [
        interaction("GET https://api.example.com/a"),
        interaction("GET https://api.example.com/b"),
    ];
    assert_snapshot!(unused(&facts(), &interactions, &[1]), @r#"
    1 of 2 recorded interactions was not asked for

        cassette: tests/cassettes/users/creates_user.json

        2: GET https://api.example.com/b

    help: to record again, run `CASSETTE_MODE=record cargo test creates_user`
    help: to let them be, write `#[cassette(unused = "allow")]`
    "#);
    let requests = [request("GET https://api.example.com/a?api_key=s3cret", "")];
    assert_snapshot!(in_flight(&facts(), requests.iter()), @"
    the test ended while 1 request had no answer, so the recording is not saved

        GET https://api.example.com/a?api_key=[REDACTED]

    help: await what the test spawns, then run `CASSETTE_MODE=record cargo test creates_user`
    ");
}
