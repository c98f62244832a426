use super::cookies;
use crate::import::tests::shown;

#[test]
fn a_file_is_read_and_its_answers_keep_their_order() {
    let file = r#"[{"hash":"q3x","snapshot":{"request":{"method":"GET","url":"http://127.0.0.1:9/n","headers":{"accept":"*/*"},"body":""},
        "responses":[{"statusCode":200,"headers":{"content-type":"text/plain","set-cookie":"a=1; Expires=Wed, 21 Oct 2048 07:28:00 GMT, b=2"},"body":"MQ==","trailers":{"x-sum":"abc"}},
                     {"statusCode":201,"headers":{},"body":"Mg==","trailers":{}}],
        "callCount":7,"timestamp":"2026-11-21T10:00:00.000Z"}},
       {"hash":"r","snapshot":{"request":{"method":"POST","url":"http://127.0.0.1:9/s","headers":{},"body":"[object ReadableStream]"},"responses":[],"timestamp":"soon"}}]"#;
    insta::assert_snapshot!(shown("a.json", file), @r#"
    SnapshotAgent
    GET http://127.0.0.1:9/n
       accept: */*
    -> HTTP/1.1 200 None
       content-type: text/plain
       set-cookie: a=1; Expires=Wed, 21 Oct 2048 07:28:00 GMT
       set-cookie: b=2
       "1"
       x-sum: abc
       at 2026-11-21T10:00:00Z
    GET http://127.0.0.1:9/n
       accept: */*
    -> HTTP/1.1 201 None
       "2"
       at 2026-11-21T10:00:00Z
    note: [0].snapshot.responses[0]: several `set-cookie` were joined; they are split where a cookie seems to begin
    note: [1].snapshot: `timestamp` is no point in time, and is left out
    note: [1].snapshot.request: the request's body was a stream, and is not in the file: match without it, `match_body = false`
    note: [1].snapshot: a request without an answer is left out
    "#);
}

#[test]
fn older_files_are_read_and_their_hashes_not_shown() {
    let file = r#"{"GETsecret": {"request":{"method":"GET","url":"http://a/","headers":{},"body":""},"response":{"statusCode":200,"headers":{},"body":"!"}}}"#;
    assert_eq!(shown("a.json", file), "[0].response.body: it is no base64");
}

#[test]
fn an_empty_list_is_a_file_without_snapshots() {
    assert_eq!(shown("a.json", "[]"), "SnapshotAgent\n");
}

#[test]
fn joined_cookies_are_split_where_one_begins() {
    for (joined, expect) in [
        ("a=1", &["a=1"][..]),
        ("a=1, b=2", &["a=1", "b=2"]),
        (
            "a=1; Expires=Wed, 21 Oct 2048 07:28:00 GMT",
            &["a=1; Expires=Wed, 21 Oct 2048 07:28:00 GMT"],
        ),
        (
            "a=1; Expires=Wed, 21 Oct 2048 07:28:00 GMT, b=2; Path=/, c=3",
            &[
                "a=1; Expires=Wed, 21 Oct 2048 07:28:00 GMT",
                "b=2; Path=/",
                "c=3",
            ],
        ),
        ("a=\"x, y\", b=2", &["a=\"x, y\"", "b=2"]),
        ("", &[""]),
    ] {
        assert_eq!(cookies(joined), expect, "{joined}");
    }
}
