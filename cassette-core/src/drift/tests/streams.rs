use super::*;

fn check_events(rules: &DriftRules, recorded: &str, live: &str, expect: &[&str]) {
    let [recorded, live] = [recorded, live].map(|body| response(EVENTS, body));
    check(rules, recorded, live, expect);
}

#[test]
fn events_are_compared_one_by_one() {
    check_events(
        &DriftRules::default(),
        "event: delta\ndata: {\"text\":\"a\",\"n\":1}\n\nevent: delta\ndata: plain\n\ndata: [DONE]\n\n",
        "event: stop\ndata: {\"n\":1,\"text\":\"b\"}\n\nevent: delta\ndata: other\n\nretry: 5\ndata: [DONE]\n\n",
        &[
            "event 1 name: delta -> stop",
            "event 1 data /text: \"a\" -> \"b\"",
            "event 2 data: plain -> other",
            "event 3 retry: (absent) -> 5",
        ],
    );
    check_events(
        &DriftRules::default(),
        "data: 1\n\n",
        "retry: 5\n\ndata: 1\n\nretry: 6\n\n",
        &["event 1 retry: (absent) -> 5"],
    );
    check_events(
        &DriftRules::default(),
        "data: 1\n\n",
        "event: x\n\n",
        &["event 1 name: message -> x", "event 1 data: 1 -> (absent)"],
    );
}

#[test]
fn what_a_client_does_not_see_of_events_is_not_compared() {
    let rules = DriftRules::default();
    let recorded = "event: a\ndata: 1\ndata: 2\n\n";
    for live in [
        "event: a\r\ndata: 1\r\ndata: 2\r\n\r\n",
        "event: a\rdata: 1\rdata: 2\r\r",
        "\u{feff}event:a\ndata:1\ndata:2\n\n",
        ": hello\n\n\n\nid: 7\ndata: 1\nevent: x\n: keep\nevent: a\ndata: 2\nother: 1\n\nid: 8\n\n",
        "event: a\ndata: 1\ndata: 2",
    ] {
        check_events(&rules, recorded, live, &[]);
    }
    check_events(&rules, "data: 1\n\n", "event: message\ndata: 1\n\n", &[]);
    check_events(
        &rules,
        recorded,
        "event: a\ndata:  1\ndata: 2\n\n",
        &["event 1 data: 1\\n2 ->  1\\n2"],
    );
}

#[test]
fn how_many_events_there_are_is_one_difference() {
    let rules = DriftRules::default();
    let one = "data: x\n\n";
    check_events(&rules, &one.repeat(5), &one.repeat(3), &["events: 5 -> 3"]);
    check_events(
        &rules,
        one,
        "data: y\n\ndata: x\n\n",
        &["events: 1 -> 2", "event 1 data: x -> y"],
    );
    check_events(&rules, one, "", &["events: 1 -> 0"]);
}

#[test]
fn what_is_ignored_and_tolerated_is_so_in_each_event() {
    let rules = rules(
        &[],
        &["/id"],
        &["/usage/* 10%", "/choices/*/delta/content type"],
    );
    let event = |id: u8, tokens: u8, text: &str| {
        format!(
            "data: {{\"id\":{id},\"usage\":{{\"n\":{tokens}}},\
             \"choices\":[{{\"delta\":{{\"content\":\"{text}\"}}}}]}}\n\n"
        )
    };
    let recorded = [event(1, 100, "a"), event(1, 100, "b")].concat();
    check_events(
        &rules,
        &recorded,
        &[event(2, 109, "c"), event(2, 91, "")].concat(),
        &[],
    );
    check_events(
        &rules,
        &recorded,
        &[event(2, 109, "c"), event(2, 89, "")].concat(),
        &["event 2 data /usage/n: 100 -> 89"],
    );
}

#[test]
fn lines_and_records_of_json_are_compared_one_by_one() {
    let rules = rules(&[], &["/id"], &[]);
    for name in [LINES, "application/jsonl; charset=utf-8"] {
        check(
            &rules,
            response(name, "{\"id\":1,\"a\":1}\n{\"a\":2}\nx\n"),
            response(LINES, "{\"a\":1,\"id\":2}\r\n\r\n{\"a\":3}\ny"),
            &["line 2 /a: 2 -> 3", "line 3: x -> y"],
        );
    }
    let records = |body| response("application/json-seq", body);
    check(
        &rules,
        records("\x1e{\"a\":\n1}\n\x1e[1]\n"),
        records("\x1e{\"a\":2}\n"),
        &["records: 2 -> 1", "record 1 /a: 1 -> 2"],
    );
}

#[test]
fn of_a_stream_that_was_left_only_whole_events_are_compared() {
    let rules = DriftRules::default();
    for end in [End::Stopped, End::Waiting, broken(ErrorKind::Reset)] {
        let part = |body: &str| ended(response(EVENTS, body), end.clone());
        let live = |body: &str| ended(response(EVENTS, body), end.clone());
        check(
            &rules,
            part("data: 1\n\ndata: {\"a\":"),
            live("data: 1\n\ndata: {\"b\":1}\n\ndata: 3\n\n"),
            &[],
        );
        check(
            &rules,
            part("data: 1\n\nda"),
            live("data: 2\n\ndata: 2\n\n"),
            &["event 1 data: 1 -> 2"],
        );
    }
    let lines = ended(response(LINES, "{\"a\":1}\n{\"a\""), End::Stopped);
    check(
        &rules,
        lines,
        response(LINES, "{\"a\":1}\n{\"a\":2}\n"),
        &[],
    );
}

#[test]
fn a_live_stream_that_ends_before_the_recorded_one_has_drifted() {
    let rules = DriftRules::default();
    let part = |body: &str, end| ended(response(EVENTS, body), end);
    let three = "data: 1\n\n".repeat(3);
    check(
        &rules,
        part(&three, End::Waiting),
        response(EVENTS, "data: 1\n\n"),
        &["events: 3 -> 1"],
    );
    check(
        &rules,
        response(EVENTS, &three),
        part("data: 1\n\nda", End::Stopped),
        &["body end: whole -> not read beyond 11 bytes"],
    );
    // It has been read as far as the recorded one, and there is less in it.
    check(
        &rules,
        response(EVENTS, &three),
        part("id: 1234567890\n\ndata: 1\n\n: 1\n\n", End::Stopped),
        &["events: 3 -> 1"],
    );
    // The recorded one was left as well: what would have come is not known.
    check(
        &rules,
        part(&three, End::Stopped),
        part("id: 1234567890\n\ndata: 1\n\n: 1\n\n", End::Stopped),
        &[],
    );
}

#[test]
fn a_stream_in_other_chunks_is_the_same() {
    let rules = DriftRules::default();
    let body = "event: a\ndata: {\"a\":\"é\"}\n\ndata: [DONE]\n\n";
    for size in 1..body.len() {
        check(
            &rules,
            in_chunks(response(EVENTS, body), size),
            in_chunks(response(EVENTS, body.replace("\n", "\r\n")), 7),
            &[],
        );
    }
}

#[test]
fn a_placeholder_in_an_event_stands_for_any_value() {
    let rules = DriftRules::default();
    check_events(
        &rules,
        "data: {\"token\":\"[REDACTED]\"}\n\ndata: key [REDACTED]\n\n",
        "data: {\"token\":\"abc\"}\n\ndata: key 1\n\n",
        &[],
    );
}

#[test]
fn another_media_type_is_compared_as_text() {
    check(
        &DriftRules::default(),
        response(EVENTS, "data: 1\n\n"),
        response(JSON, "{\"error\":1}"),
        &["body line 1: data: 1 -> {\"error\":1}"],
    );
}
