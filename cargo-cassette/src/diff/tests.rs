#![expect(clippy::needless_pass_by_value, reason = "`json!` stands in the calls")]

use std::fmt::Write;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::*;

fn cassette(interactions: &[Value]) -> Cassette {
    with_head(json!({}), interactions)
}

fn with_head(more: Value, interactions: &[Value]) -> Cassette {
    let mut file = json!({
        "format": 1,
        "test": "shop::buys",
        "recorded_at": "2026-11-21T10:30:00Z",
        "interactions": interactions,
    });
    for (key, value) in more.as_object().unwrap() {
        file[key] = value.clone();
    }
    Cassette::from_json(file.to_string().as_bytes()).unwrap()
}

fn get(path: &str, response: Value) -> Value {
    json!({ "request": { "method": "GET", "url": format!("http://shop.test{path}") }, "response": response })
}

fn post(body: Value) -> Value {
    let request = json!({ "method": "POST", "url": "http://shop.test/orders", "body": body });
    json!({ "request": request, "response": { "status": 201 } })
}

fn answered(body: Value) -> Value {
    get("/", json!({ "status": 200, "body": body }))
}

fn stream(content_type: &str, chunks: &[&str]) -> Value {
    let headers = json!({ "content-type": content_type });
    get(
        "/s",
        json!({ "status": 200, "headers": headers, "body": { "chunks": chunks } }),
    )
}

/// What a reader is shown, behind the summary.
fn shown(old: &Cassette, new: &Cassette) -> String {
    console::set_colors_enabled(false);
    let difference = Difference::between(Some(old), Some(new));
    format!("{}\n{}", difference.summary(), difference.shown())
}

fn one(old: Value, new: Value) -> String {
    shown(&cassette(&[old]), &cassette(&[new]))
}

#[test]
fn equal_cassettes_differ_in_nothing() {
    let same = cassette(&[get("/a", json!({ "status": 200 }))]);
    assert_eq!(
        Difference::between(Some(&same), Some(&same)),
        Difference::default()
    );
}

#[test]
fn statuses_headers_and_paths_in_json_are_told_with_both_values() {
    let old = json!({
        "status": 200,
        "headers": { "x-gone": "1", "x-kept": "same", "x-other": "a", "set-cookie": ["a=1", "b=2"] },
        "body": { "json": { "user": { "name": "ada", "a/b": 1 }, "gone": null } }
    });
    let new = json!({
        "status": 404,
        "version": "HTTP/2",
        "headers": { "x-kept": "same", "x-new": "2", "x-other": "b", "set-cookie": ["b=2", "c=3"] },
        "body": { "json": { "user": { "name": "bob", "a/b": 2 }, "added": [1, { "deep": true }] } }
    });
    insta::assert_snapshot!(one(get("/a", old), get("/a", new)), @r#"
    1 changed
      ~ 1  GET http://shop.test/a
           response status: 200 -> 404
           response version: HTTP/1.1 -> HTTP/2.0
           response header set-cookie: a=1 -> c=3
           response header x-gone: removed 1
           response header x-new: added 2
           response header x-other: a -> b
           response body /gone: removed null
           response body /user/a~1b: 1 -> 2
           response body /user/name: "ada" -> "bob"
           response body /added: added [1, {"deep": true}]
    "#);
}

#[test]
fn numbers_order_and_repeated_keys_are_those_of_the_file() {
    let text = |body: &str| answered(json!({ "text": body }));
    insta::assert_snapshot!(one(text(r#"{"a":1.10,"b":1}"#), text(r#"{"a":1.1,"b":1}"#)), @r"
    1 changed
      ~ 1  GET http://shop.test/
           response body /a: 1.10 -> 1.1
    ");
    insta::assert_snapshot!(one(text(r#"{"a":1,"a":2}"#), text(r#"{"a":1,"a":3}"#)), @r"
    1 changed
      ~ 1  GET http://shop.test/
           response body /a: 2 -> 3
    ");
    insta::assert_snapshot!(one(text(r#"{"a":1,"b":2}"#), text(r#"{"b":2,"a":1}"#)), @r"
    1 changed
      ~ 1  GET http://shop.test/
           response body: JSON -> the same, in another order
    ");
    insta::assert_snapshot!(one(text(r#"{"a":1,"b":2}"#), text(r#"{"a": 1, "b": 2}"#)), @r"
    1 changed
      ~ 1  GET http://shop.test/
           response body: JSON -> the same, with other spaces
    ");
}

#[test]
fn an_item_that_was_put_into_an_array_is_all_that_is_told() {
    let list = |items: Value| answered(json!({ "json": { "items": items } }));
    let old = list(json!([{ "id": 1 }, { "id": 2 }, { "id": 3 }]));
    let new = list(json!([{ "id": 0 }, { "id": 1 }, { "id": 2 }, { "id": 3, "new": true }]));
    insta::assert_snapshot!(one(old, new), @r#"
    1 changed
      ~ 1  GET http://shop.test/
           response body /items/0: added {"id": 0}
           response body /items/3/new: added true
    "#);
}

#[test]
fn texts_are_told_by_their_lines() {
    let text = |lines: &[&str]| answered(json!({ "text": lines }));
    let old = text(&["1", "2", "3", "4", "5", "old", "6", "7", ""]);
    let new = text(&["1", "2", "3", "4", "5", "new", "more", "6", "7"]);
    insta::assert_snapshot!(one(old, new), @r"
    1 changed
      ~ 1  GET http://shop.test/
           response body
             @@ line 4
               4
               5
             - old
             + new
             + more
               6
             - 7
             + 7 (without a line break)
    ");
}

#[test]
fn fields_of_a_form_are_told_one_by_one() {
    let form = |body: &str| {
        let mut form = post(json!({ "text": body }));
        form["request"]["headers"] = json!({ "content-type": "application/x-www-form-urlencoded" });
        form
    };
    insta::assert_snapshot!(one(form("a=1&b=2&c=3"), form("a=1&b=9&c=3")), @r"
    1 changed
      ~ 1  POST http://shop.test/orders
           request body
             @@ line 1
               a=1
             - b=2
             + b=9
               c=3
    ");
}

#[test]
fn a_json_body_that_became_a_page_is_told_by_lines() {
    let old = answered(json!({ "json": { "ok": true } }));
    let new = answered(json!({ "text": "<h1>502</h1>" }));
    insta::assert_snapshot!(one(old, new), @r#"
    1 changed
      ~ 1  GET http://shop.test/
           response body
             @@ line 1
             - {
             -   "ok": true
             - }
             + <h1>502</h1>
    "#);
}

#[test]
fn events_of_a_stream_are_told_one_by_one() {
    let old = stream(
        "text/event-stream",
        &[
            "data: {\"delta\":\"Hel\"}\n\n",
            "data: {\"delta\":\"lo\"}\n\n",
            "data: [DONE]\n\n",
        ],
    );
    let new = stream(
        "text/event-stream",
        &[
            "data: {\"delta\":\"Hal\"}\n\n",
            "event: ping\n\n",
            "data: {\"delta\":\"lo\"}\n\n",
            "data: [DONE]\n\n",
        ],
    );
    insta::assert_snapshot!(one(old, new), @r#"
    1 changed
      ~ 1  GET http://shop.test/s
           response body event 1 /delta: "Hel" -> "Hal"
           response body event 2: added event: ping
    "#);
}

#[test]
fn the_same_stream_cut_elsewhere_is_told() {
    let old = stream("text/plain", &["ab", "c"]);
    insta::assert_snapshot!(one(old.clone(), stream("text/plain", &["a", "bc"])), @r"
    1 changed
      ~ 1  GET http://shop.test/s
           response body: 2 chunks -> 2 chunks, cut elsewhere
    ");
    insta::assert_snapshot!(one(old, stream("text/plain", &["a", "b", "c"])), @r"
    1 changed
      ~ 1  GET http://shop.test/s
           response body: 2 chunks -> 3 chunks
    ");
}

#[test]
fn bytes_that_are_no_text_are_told_by_size_and_digest() {
    let bytes = |base64: &str| answered(json!({ "base64": base64 }));
    insta::assert_snapshot!(one(bytes("/wAB"), bytes("/wABAg==")), @r"
    1 changed
      ~ 1  GET http://shop.test/
           response body: 3 B, sha256 942e1e2a66a4… -> 4 B, sha256 0c252d844a81…
    ");
    insta::assert_snapshot!(one(get("/", json!({ "status": 200 })), bytes("/wAB")), @r"
    1 changed
      ~ 1  GET http://shop.test/
           response body: added 3 B, sha256 942e1e2a66a4…
    ");
}

#[test]
fn how_a_body_ended_and_what_came_behind_it_is_told() {
    let with = |body: Value| get("/", json!({ "status": 200, "body": body }));
    let broken =
        json!({ "text": "ab", "truncated": { "kind": "reset", "message": "reset by peer" } });
    let mut trailers = with(broken);
    trailers["response"]["trailers"] = json!({ "x-sum": "1" });
    insta::assert_snapshot!(one(with(json!({ "text": "ab", "partial": true })), trailers), @r#"
    1 changed
      ~ 1  GET http://shop.test/
           response body partial: removed true
           response body truncated: added {"kind":"reset","message":"reset by peer"}
           trailer x-sum: added 1
    "#);
}

#[test]
fn other_failures_and_answers_in_their_place_are_told() {
    let request = json!({ "method": "GET", "url": "http://shop.test/a" });
    let failed = |kind: &str, message: &str| json!({ "request": request, "error": { "kind": kind, "message": message } });
    let answered = get("/a", json!({ "status": 200 }));
    insta::assert_snapshot!(one(failed("timeout", "timed out"), failed("reset", "gone")), @r"
    1 changed
      ~ 1  GET http://shop.test/a
           failure kind: timeout -> reset
           failure message: timed out -> gone
    ");
    insta::assert_snapshot!(one(answered, failed("timeout", "timed out")), @r"
    1 changed
      ~ 1  GET http://shop.test/a
           answer: 200 -> timeout: timed out
    ");
}

#[test]
fn a_change_of_code_only_is_said_to_be_one() {
    let with = |body: &str| {
        let fingerprint = json!({ "signature": "v1:1", "body": body });
        with_head(json!({ "fingerprint": fingerprint }), &[])
    };
    insta::assert_snapshot!(shown(&with("v1:2"), &with("v1:3")), @r"
    only the function changed
        function body: v1:2 -> v1:3
    ");
    let with = |hash: &str, time: &str, id: &str| {
        let head = json!({
            "recorded_at": time, "tracked": { "src/a.rs::f": hash }, "variables": { "id": id }
        });
        with_head(head, &[])
    };
    let old = with("v1:1", "2026-11-21T10:30:00Z", "1");
    insta::assert_snapshot!(shown(&old, &with("v1:2", "2026-11-22T10:30:00Z", "1")), @r"
    only the code changed
        recorded: 2026-11-21T10:30:00Z -> 2026-11-22T10:30:00Z
        tracked src/a.rs::f: v1:1 -> v1:2
    ");
    insta::assert_snapshot!(shown(&old, &with("v1:1", "2026-11-22T10:30:00Z", "1")), @r"
    only its date
        recorded: 2026-11-21T10:30:00Z -> 2026-11-22T10:30:00Z
    ");
    insta::assert_snapshot!(shown(&old, &with("v1:1", "2026-11-21T10:30:00Z", "2")), @r"
    nothing of the traffic
        variable id: 1 -> 2
    ");
}

#[test]
fn requests_that_came_went_or_moved_are_told_as_such() {
    let old = ["/a", "/b", "/c", "/d"].map(|path| get(path, json!({ "status": 200 })));
    let [a, b, c, d] = old.clone();
    let new = [a, d, get("/e", json!({ "status": 500 })), b];
    let _ = c;
    insta::assert_snapshot!(shown(&cassette(&old), &cassette(&new)), @r"
    1 added, 1 removed, 1 moved
        2  GET http://shop.test/d  (was 4)
      + 3  GET http://shop.test/e -> 500
      - 3  GET http://shop.test/c -> 200
    ");
}

#[test]
fn one_poll_more_changes_none_of_the_others() {
    let poll = |state: &str| {
        get(
            "/job",
            json!({ "status": 200, "body": { "json": { "state": state } } }),
        )
    };
    let old = [poll("queued"), poll("running"), poll("done")];
    let new = [
        poll("queued"),
        poll("starting"),
        poll("running"),
        poll("done"),
    ];
    insta::assert_snapshot!(shown(&cassette(&old), &cassette(&new)), @r"
    1 added
      + 2  GET http://shop.test/job -> 200
    ");
}

#[test]
fn a_changed_request_is_paired_with_the_one_most_like_it() {
    let order = |item: &str, count: u32| {
        post(json!({ "json": { "item": item, "count": count, "currency": "EUR", "note": "none" } }))
    };
    let old = [order("apple", 1), order("pear", 1)];
    let new = [order("pear", 2), order("apple", 1)];
    insta::assert_snapshot!(shown(&cassette(&old), &cassette(&new)), @r"
    1 changed
      ~ 1  POST http://shop.test/orders  (was 2)
           request body /count: 1 -> 2
    ");
    // One that goes elsewhere is another.
    let old = [order("apple", 1)];
    let mut other = old.clone();
    other[0]["request"]["url"] = json!("http://shop.test/carts");
    insta::assert_snapshot!(shown(&cassette(&old), &cassette(&other)), @r"
    1 added, 1 removed
      - 1  POST http://shop.test/orders -> 201
      + 1  POST http://shop.test/carts -> 201
    ");
}

#[test]
fn a_request_that_holds_a_placeholder_now_is_the_same_one() {
    let user = |id: &str| get(&format!("/users/{id}?key=1"), json!({ "status": 200 }));
    insta::assert_snapshot!(one(user("7a"), user("[REDACTED]")), @r"
    1 changed
      ~ 1  GET http://shop.test/users/[REDACTED]?key=1
           request URL: http://shop.test/users/7a?key=1 -> http://shop.test/users/[REDACTED]?key=1
    ");
}

#[test]
fn what_was_recorded_cannot_steer_the_terminal() {
    let text = |body: &str| answered(json!({ "text": body }));
    let shown = one(text("a"), text("\u{1b}[2J\u{202e}b\rc"));
    assert!(!shown.contains(['\u{1b}', '\u{202e}', '\r']), "{shown}");
}

#[test]
fn long_values_and_many_changes_are_cut() {
    let long = answered(json!({ "json": { "a": "x".repeat(10_000) } }));
    let other = answered(json!({ "json": { "a": "y".repeat(10_000) } }));
    let shown = one(long, other);
    assert!(shown.len() < 600 && shown.contains("… (10 kB)"), "{shown}");
    let many = |by: usize| {
        let items: BTreeMap<_, _> = (0..500).map(|at| (format!("k{at:03}"), at * by)).collect();
        answered(json!({ "json": items }))
    };
    let shown = one(many(1), many(2));
    assert!(shown.contains("… and 439 more changes"), "{shown}");
}

/// Requests of one kind that have all changed: many to be compared with each other.
fn many(number: usize, salt: &str) -> Cassette {
    let interactions = (0..number).map(|at| {
        let mut body = String::new();
        (0..20).for_each(|line| {
            let salt = if line < 5 { salt } else { "" };
            let _ = writeln!(body, "line {line} of {at}{salt}");
        });
        let mut one = post(json!({ "text": body }));
        one["response"] = json!({ "status": 200, "body": { "json": { "at": at, "salt": salt } } });
        one
    });
    cassette(&interactions.collect::<Vec<_>>())
}

/// The shortest of three times that it takes to compare so many.
fn time_of(number: usize) -> Duration {
    let (old, new) = (many(number, ""), many(number, "x"));
    let time = || {
        let start = Instant::now();
        let difference = Difference::between(Some(&old), Some(&new));
        assert_eq!(difference.interactions.len(), number);
        start.elapsed()
    };
    [time(), time(), time()].into_iter().min().unwrap()
}

#[test]
fn four_times_as_many_interactions_take_not_sixteen_times_as_long() {
    let (few, many) = (time_of(1_000), time_of(4_000));
    assert!(many < few * 10, "{few:?} {many:?}");
}
