use super::*;
use crate::body::End;
use crate::failure::{ErrorKind, RecordedError};
use crate::interaction::RecordedResponse;

pub(super) fn volatile(headers: &[&str], json: &[&str]) -> Volatile {
    let owned = |texts: &[&str]| {
        texts
            .iter()
            .map(|&text| text.to_owned())
            .collect::<Vec<_>>()
    };
    Volatile::new(&owned(headers), &owned(json)).unwrap()
}

/// The answer to a request of this path, with these headers.
pub(super) fn answer(path: &str, headers: &[(&'static str, &str)], chunks: &[&str]) -> Interaction {
    let request = http::Request::get(format!("http://e.com/{path}"))
        .body(Bytes::new())
        .unwrap();
    let mut response = http::Response::new(Bytes::new());
    for (name, value) in headers {
        let value = HeaderValue::from_str(value).unwrap();
        response.headers_mut().append(*name, value);
    }
    let mut received = Received::whole(response);
    let bytes = |chunk: &&str| Bytes::copy_from_slice(chunk.as_bytes());
    received.chunks = chunks.iter().map(bytes).collect();
    received.is_stream = headers.contains(&("content-type", EVENTS));
    let redactor = Redactor::default();
    Interaction {
        request: Arc::new(redactor.request(&request).value),
        recorded: Recorded::Response(Arc::new(redactor.response(&received).value)),
    }
}

const EVENTS: &str = "text/event-stream";

fn response(interaction: &Interaction) -> &RecordedResponse {
    match &interaction.recorded {
        Recorded::Response(response) => response,
        Recorded::Error(error) => panic!("{error}"),
    }
}

pub(super) fn settled(
    volatile: &Volatile,
    old: &[Interaction],
    new: Vec<Interaction>,
) -> Vec<Interaction> {
    settle(new, old, &RequestMatcher::default(), Order::Any, volatile)
}

/// One answer recorded again: its new body beside the old one.
pub(super) fn body(paths: &[&str], old: &str, new: &str) -> String {
    let [old, new] = [old, new].map(|body| answer("a", &[], &[body]));
    let kept = settled(&volatile(&[], paths), &[old], vec![new]);
    response(&kept[0]).body.text().unwrap().to_owned()
}

#[test]
fn an_old_value_stays_in_the_new_text() {
    for (paths, old, new, expect) in [
        (
            &["/id"][..],
            r#"{"id":"a","n":1}"#,
            "{ \"n\": 2,\n  \"id\" :  \"bcd\" }\n",
            "{ \"n\": 2,\n  \"id\" :  \"a\" }\n",
        ),
        (
            &["/items/*/id", "/meta"],
            r#"{"items":[{"id":1},{"id":2}],"meta":{"a":[1]}}"#,
            r#"{"meta":{"b":"é"},"items":[{"id":10,"x":1.50},{"id":20},{"id":30}]}"#,
            r#"{"meta":{"a":[1]},"items":[{"id":1,"x":1.50},{"id":2},{"id":30}]}"#,
        ),
        (&["/*"], "[1,2]", "[3,4,5]", "[1,2,5]"),
        (
            &["/a~1b"],
            r#"{"a/b":1}"#,
            r#"{"\u0061/b":2}"#,
            r#"{"\u0061/b":1}"#,
        ),
        (&["/f"], r#"{"f":true}"#, r#"{"f":false}"#, r#"{"f":true}"#),
        // Of a masked value nobody knows whether it has changed.
        (
            &["/id"],
            r#"{"id":"[REDACTED]"}"#,
            r#"{"id":"x"}"#,
            r#"{"id":"[REDACTED]"}"#,
        ),
        // Lines of JSON, the n-th beside the n-th.
        (
            &["/id"],
            "{\"id\":1}\n{\"id\":2}\n",
            "x\n{\"id\":3}\r\n{\"id\":4,\"a\":1}",
            "x\n{\"id\":1}\r\n{\"id\":2,\"a\":1}",
        ),
    ] {
        assert_eq!(body(paths, old, new), expect);
    }
}

#[test]
fn a_new_value_is_written_where_an_old_one_would_mislead() {
    for (paths, old, new) in [
        // A change of what is there.
        (&["/id"][..], r#"{"id":1}"#, r#"{"id":"1"}"#),
        (&["/id"], r#"{"id":1}"#, r#"{"id":null}"#),
        (&["/id"], r#"{"id":{}}"#, r#"{"id":[]}"#),
        (&["/id"], r#"{"id":1}"#, r#"{"n":1}"#),
        (&["/id"], r#"{"n":1}"#, r#"{"id":1}"#),
        (&["/0"], "[1]", r#"{"0":2}"#),
        // A secret.
        (&["/id"], r#"{"id":"s3cret"}"#, r#"{"id":"[REDACTED]"}"#),
        (
            &["/m"],
            r#"{"m":{"a":"s3cret"}}"#,
            r#"{"m":{"a":"x [BLOCKED]"}}"#,
        ),
        // Nobody knows which.
        (&["/id"], r#"{"id":1}"#, r#"{"id":2,"id":3}"#),
        (&["/id"], r#"{"id":1,"id":2}"#, r#"{"id":3}"#),
        (&["/a/id"], r#"{"a":{"id":1}}"#, r#"{"a":{"id":2},"a":{}}"#),
        // No JSON.
        (&["/id"], r#"{"id":1}"#, r#"{"id":2"#),
        (&["/id"], "id: 1", "id: 2"),
        (&[], r#"{"id":1}"#, r#"{"id":2}"#),
    ] {
        assert_eq!(body(paths, old, new), new);
    }
}

#[test]
fn where_nothing_else_differs_the_old_body_stays_as_it_stands() {
    let volatile = volatile(&[], &["/id"]);
    let length = ("content-length", "12");
    let old = answer("a", &[length], &["{\"id\":", "\"abc\"}"]);
    let new = answer("a", &[length], &["{\"id\":\"d", "ef\"}", ""]);
    assert_eq!(
        settled(&volatile, std::slice::from_ref(&old), vec![new]),
        [old]
    );
}

#[test]
fn the_length_fits_the_body_where_it_did() {
    let volatile = volatile(&[], &["/id"]);
    let check = |announced: &str, expect: &str| {
        let old = answer("a", &[("content-length", "14")], &[r#"{"id":1,"n":1}"#]);
        let new = answer(
            "a",
            &[("content-length", announced)],
            &[r#"{"id":1234,"n":2}"#],
        );
        let kept = settled(&volatile, &[old], vec![new]);
        let kept = response(&kept[0]);
        assert_eq!(kept.body.text(), Some(r#"{"id":1,"n":2}"#));
        assert_eq!(kept.headers["content-length"], expect);
    };
    check("17", "14");
    // It has spoken of something else.
    check("20", "20");
}

#[test]
#[cfg(feature = "compression")]
fn of_a_compressed_body_the_old_length_stays_where_nothing_else_differs() {
    use std::io::Write;

    let answer = |id: &str| {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        write!(gzip, "{{\"id\":\"{id}\",\"n\":1}}").unwrap();
        let bytes = gzip.finish().unwrap();
        let response = http::Response::builder()
            .header("content-encoding", "gzip")
            .header("content-length", bytes.len())
            .body(Bytes::from(bytes));
        let mut interaction = answer("a", &[], &[]);
        let received = Received::whole(response.unwrap());
        let response = Redactor::default().response(&received).value;
        interaction.recorded = Recorded::Response(Arc::new(response));
        interaction
    };
    let (old, new) = (answer("aaaaaaaaaaaaaaaa"), answer("0f3b7c28e91d54a6"));
    let lengths = [&old, &new].map(|one| response(one).headers["content-length"].clone());
    assert_ne!(lengths[0], lengths[1]);
    let volatile = volatile(&[], &["/id"]);
    assert_eq!(
        settled(&volatile, std::slice::from_ref(&old), vec![new]),
        [old]
    );
}

#[test]
fn events_keep_their_old_values_and_their_new_chunks() {
    let events = |chunks: &[&str]| answer("a", &[("content-type", EVENTS)], chunks);
    let old = events(&[
        "data: {\"id\":\"abc\",\"t\":1}\n\n",
        ": ping\n\ndata: [DONE]\n\n",
    ]);
    let same = events(&[
        "data: {\"id\":\"d\",\"t\":1}",
        "\n\n: ping\n\ndata: [DONE]\n\n",
    ]);
    let volatile = volatile(&[], &["/id"]);
    let again = settled(&volatile, std::slice::from_ref(&old), vec![same]);
    assert_eq!(again[0], old, "nothing else differs");

    let chunks = [
        "event: x\ndata: {\"id\"",
        ":\"d",
        "ef",
        "\",\"t\"",
        ":2}\n\n",
    ];
    let kept = settled(&volatile, &[old], vec![events(&chunks)]);
    let body = &response(&kept[0]).body;
    let expect = [
        "event: x\ndata: {\"id\"",
        ":\"abc\"",
        "",
        ",\"t\"",
        ":2}\n\n",
    ];
    assert_eq!(body.chunks().collect::<Vec<_>>(), expect);
    assert!(body.is_stream());
}

#[test]
fn what_a_request_asks_for_has_been_told_by_the_new_answer() {
    let volatile = volatile(&["x-job"], &["/id", "/at"]);
    let recording = |id: &str, at: u16, job: &str| {
        let told = format!("{{\"id\":{id},\"at\":{at}}}");
        let path = format!("users/{}?job={job}", id.trim_matches('"'));
        vec![
            answer("users", &[("x-job", job)], &[&told]),
            answer(&path, &[], &["{}"]),
        ]
    };
    for (old, new) in [("42", "43"), ("\"user_1\"", "\"user_2\"")] {
        let old = recording(old, 1000, "11111111-aaaa");
        let again = recording(new, 2000, "22222222-bbbb");
        let kept = settled(&volatile, &old, again);
        assert_eq!(kept, recording(new, 1000, "22222222-bbbb"));
    }
    // A short value of a header is no name of anything.
    let old = recording("1", 1, "7");
    assert_eq!(
        response(&settled(&volatile, &old, recording("1", 1, "8"))[0]).headers["x-job"],
        "7"
    );
}

#[test]
fn a_body_with_a_digest_stays_as_it_came() {
    let digest = ("content-digest", "sha-256=:X48E9q:");
    let [old, new] =
        [r#"{"id":1,"n":1}"#, r#"{"id":2,"n":1}"#].map(|one| answer("a", &[digest], &[one]));
    let kept = settled(&volatile(&[], &["/id"]), &[old], vec![new.clone()]);
    assert_eq!(kept, [new]);
}

#[test]
fn known_and_named_headers_stay_also_as_trailers() {
    let answer = |value: &str| {
        let names = ["x-trace", "X-B3-TraceId", "via", "etag"];
        let lower: Vec<_> = names.iter().map(|name| name.to_ascii_lowercase()).collect();
        let mut one = answer("a", &[], &["x"]);
        if let Recorded::Response(response) = &mut one.recorded {
            let response = Arc::make_mut(response);
            for name in lower {
                let name: http::HeaderName = name.parse().unwrap();
                let value = HeaderValue::from_str(value).unwrap();
                response.headers.insert(name.clone(), value.clone());
                response.trailers.insert(name, value);
            }
        }
        one
    };
    let kept = settled(
        &volatile(&["x-trace"], &[]),
        &[answer("1")],
        vec![answer("2")],
    );
    let kept = response(&kept[0]);
    for headers in [&kept.headers, &kept.trailers] {
        for (name, value) in headers {
            let expect = if name == "etag" { "2" } else { "1" };
            assert_eq!(value, expect, "{name}");
        }
        assert_eq!(headers.len(), 4);
    }
}

#[test]
fn a_date_stays_only_beside_the_end_that_it_belongs_to() {
    let dated =
        |date: &str, expires: &str| answer("a", &[("date", date), ("expires", expires)], &["x"]);
    let check = |new: (&str, &str), expect: (&str, &str)| {
        let old = dated("1", "9");
        let kept = settled(&Volatile::default(), &[old], vec![dated(new.0, new.1)]);
        assert_eq!(kept, [dated(expect.0, expect.1)]);
    };
    check(("2", "9"), ("1", "9"));
    check(("2", "10"), ("2", "10"));
}

#[test]
fn how_a_body_ended_is_what_the_new_one_says() {
    let mut new = answer("a", &[], &[r#"{"id":2}"#]);
    if let Recorded::Response(response) = &mut new.recorded {
        let response = Arc::make_mut(response);
        let end = End::Broken(RecordedError::new(ErrorKind::Reset, "reset"));
        response.body = std::mem::take(&mut response.body).ended(end);
    }
    let old = answer("a", &[], &[r#"{"id":1}"#]);
    let kept = settled(&volatile(&[], &["/id"]), &[old], vec![new]);
    let body = &response(&kept[0]).body;
    assert_eq!(body.text(), Some(r#"{"id":1}"#));
    assert!(body.truncated().is_some());
}

#[test]
fn a_body_in_a_file_of_its_own_stays_in_one() {
    let large = |id: u8, rest: &str| {
        let text = format!("{{\"id\":{id},\"rest\":\"{rest}\"}}");
        let rules = crate::redact::Rules::default();
        let redactor = Redactor::new(rules, Vec::new(), 8);
        let response = http::Response::new(Bytes::from(text));
        let response = redactor.response(&Received::whole(response)).value;
        let mut one = answer("a", &[], &[]);
        one.recorded = Recorded::Response(Arc::new(response));
        one
    };
    let kept = settled(
        &volatile(&[], &["/id"]),
        &[large(1, "x")],
        vec![large(2, "y")],
    );
    assert_eq!(kept, [large(1, "y")]);
    assert!(kept[0].needs_files());
}
