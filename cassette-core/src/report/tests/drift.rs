use super::*;
use crate::diff::Difference;
use crate::report::{Drifted, drift};

const DAY: Duration = Duration::from_secs(86_400);

fn verifying(facts: Facts) -> Facts {
    let mode = "verify".into();
    Facts { mode, ..facts }
}

fn differ(place: &str, recorded: &str, live: &str) -> Difference {
    Difference::new(place, Some(recorded), Some(live))
}

fn drifted(number: usize, request: &RecordedRequest, differences: Vec<Difference>) -> Drifted<'_> {
    Drifted {
        number,
        request,
        differences,
    }
}

#[test]
fn a_drifted_answer_shows_what_has_changed() {
    let (one, other) = (
        request("GET https://api.example.com/v1/users/1", ""),
        request("POST https://api.example.com/v1/users?api_key=s3cret", ""),
    );
    let drifted = [
        drifted(
            1,
            &one,
            vec![
                differ("status", "200", "503"),
                differ("body /items/0/name", "\"ada\"", "\"grace\""),
            ],
        ),
        drifted(
            3,
            &other,
            vec![Difference::new("header etag", Some("1"), None)],
        ),
    ];
    let report = |facts| drift(&verifying(facts), DAY * 12, 3, &drifted);
    assert_snapshot!(report(facts()), @r#"
    2 of 3 answers are no longer what was recorded

        cassette: tests/cassettes/users/creates_user.json (recorded 12 days ago)
        mode: verify

        interaction 1: GET https://api.example.com/v1/users/1
            status                recorded: 200      actual: 503
            body /items/0/name    recorded: "ada"    actual: "grace"
        interaction 3: POST https://api.example.com/v1/users?api_key=[REDACTED]
            header etag    recorded: 1    actual: (absent)

    help: to record again, run `CASSETTE_MODE=record cargo test creates_user`
    help: to let a place change, write `#[cassette(verify_ignore = ["/items/*/name"])]`
    help: to be told and not to fail, write `#[cassette(on_drift = "warn")]`
    "#);
    let report = report(scoped());
    assert!(
        report.contains("run it with `CASSETTE_MODE=record`"),
        "{report}"
    );
}

/// The line about a setting for the first of these places that has one.
fn advice(places: &[&str]) -> Option<String> {
    let request = request("GET https://e.com/", "");
    let differences = places.iter().map(|place| differ(place, "1", "2")).collect();
    let report = drift(&facts(), DAY, 1, &[drifted(1, &request, differences)]);
    let mut lines = report.lines().filter(|line| line.contains("help: to let "));
    lines.next().map(str::to_owned)
}

#[test]
fn the_advice_fits_the_first_place_that_can_be_let_change() {
    let ignore = |pointer: &str| {
        Some(format!(
            "help: to let a place change, write `#[cassette(verify_ignore = [{pointer}])]`"
        ))
    };
    assert_eq!(advice(&["status", "body /name"]), ignore(r#""/name""#));
    assert_eq!(
        advice(&["event 3 data /choices/0/text"]),
        ignore(r#""/choices/*/text""#)
    );
    assert_eq!(advice(&["line 3 /a b"]), ignore(r#""/a b""#));
    assert_eq!(advice(&["body /items/3"]), ignore(r#""/items/3""#));
    assert_eq!(advice(&["body /a\"b (again)"]), ignore(r#""/a\"b""#));
    assert_eq!(advice(&["header etag", "body /"]), ignore(r#""/""#));
    assert_eq!(
        advice(&["body line 1", "header etag"]).unwrap(),
        "help: to let `etag` change, take it out of `verify_headers`"
    );
    for place in [
        "status",
        "outcome",
        "events",
        "body",
        "body line 1",
        "event 3 name",
        "body /a\nb",
        "body /aaaa…",
        "part \"x\" body /y",
    ] {
        assert_eq!(advice(&[place]), None, "{place}");
    }
    assert_eq!(advice(&[&format!("body /{}", "k".repeat(81))]), None);
}

#[test]
fn one_answer_is_and_several_are() {
    let request = request("GET https://e.com/", "");
    let headline = |checked, number: usize| {
        let all: Vec<_> = (0..number)
            .map(|n| drifted(n, &request, vec![differ("status", "200", "500")]))
            .collect();
        let report = drift(&facts(), DAY, checked, &all);
        report.lines().next().unwrap().to_owned()
    };
    assert_eq!(
        headline(1, 1),
        "1 of 1 answer is no longer what was recorded"
    );
    assert_eq!(
        headline(3, 1),
        "1 of 3 answers is no longer what was recorded"
    );
    assert_eq!(
        headline(3, 3),
        "3 of 3 answers are no longer what was recorded"
    );
}

#[test]
fn whatever_has_drifted_the_report_is_short() {
    let url = format!("GET https://api.example.com/{}", "long/".repeat(100));
    let request = request(&url, "");
    for answers in [0, 1, 2, 3, 7, 10, 11, 50] {
        for places in [0, 1, 2, 10, 11, 50] {
            let place = |n| {
                let place = format!("body /{n}\n{}", "key\r\n".repeat(100));
                let value = |letter: &str| format!("{}\n{n}", letter.repeat(200));
                differ(&place, &value("a"), &value("b"))
            };
            let all: Vec<_> = (0..answers)
                .map(|n| drifted(n, &request, (0..places).map(place).collect()))
                .collect();
            let report = drift(&facts(), DAY, answers, &all);
            let lines = report.lines().count();
            assert!(lines <= 40, "{answers} {places} {lines}");
            let is_short = |line: &str| line.chars().count() < 300;
            assert!(report.lines().all(is_short), "{report}");
        }
    }
}
