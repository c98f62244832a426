use crate::import::tests::shown;

#[test]
fn a_file_is_read() {
    let file = r#"version: 1
interactions:
- request:
    method: POST
    uri: http://127.0.0.1:9/a
    headers: {content-type: [application/json]}
    body: {type: json, content: {b: 1.50, a: "5"}}
  response:
    status: 200
    headers: {content-encoding: [gzip], content-length: ["99"]}
    body: {type: text, content: "caf\u00e9"}
  recorded_at: 2026-11-21T10:00:00.5+00:00
- request: {method: GET, uri: "http://127.0.0.1:9/b", headers: {}, body: {type: none}}
  response: {status: 200, headers: {}, body: {type: binary, content: 00ff}}
grpc_interactions: [{method: /a.B/C}]
"#;
    insta::assert_snapshot!(shown("a.yaml", file), @r#"
    Cassetter
    POST http://127.0.0.1:9/a
       content-type: application/json
       "{\"b\":1.50,\"a\":\"5\"}"
    -> HTTP/1.1 200 None
       "café"
       at 2026-11-21T10:00:00.500000000Z
    GET http://127.0.0.1:9/b
    -> HTTP/1.1 200 None
       b"\x00\xff"
    note: `grpc_interactions` is not carried over
    note: interactions[0].request.body.content: of a JSON body cassetter keeps the values only, not the bytes; it is written compact
    note: interactions[0]: the body stands in the file decoded, so `content-encoding` and `content-length` are left out
    "#);
}

#[test]
fn toml_is_read() {
    let file = r#"
version = 1

[[interactions]]
recorded_at = "2026-11-21T10:00:00Z"

[interactions.request]
method = "POST"
uri = "http://127.0.0.1:9/a"
body_type = "json"
body_content = '{"b":1.50,"a":null}'

[interactions.request.headers]
accept = ["*/*"]

[interactions.response]
status = 200
body_type = "binary"
body_content = "00ff"
"#;
    insta::assert_snapshot!(shown("a.toml", file), @r#"
    Cassetter
    POST http://127.0.0.1:9/a
       accept: */*
       "{\"b\":1.50,\"a\":null}"
    -> HTTP/1.1 200 None
       b"\x00\xff"
       at 2026-11-21T10:00:00Z
    note: interactions[0].request.body_content: of a JSON body cassetter keeps the values only, not the bytes; it is written compact
    "#);
}

#[test]
fn what_is_no_body_is_refused() {
    let body = |body: &str| {
        shown(
            "a.yaml",
            format!(
                "version: 1\ninteractions:\n- request: {{method: GET, uri: 'http://a/'}}\n  response: {{status: 200, body: {body}}}\n"
            ),
        )
    };
    insta::assert_snapshot!(body("{type: binary, content: 0g}"), @"interactions[0].response.body.content is no hexadecimal text");
    insta::assert_snapshot!(body("{type: binary, content: '0'}"), @"interactions[0].response.body.content is no hexadecimal text");
    insta::assert_snapshot!(body("{type: xml, content: a}"), @"interactions[0].response.body.content is of a type that is not known; known are json, text, binary, none");
    insta::assert_snapshot!(body("{type: text, content: []}"), @"interactions[0].response.body.content is a list, not a text");
    insta::assert_snapshot!(body("{content: a}"), @"interactions[0].response.body.type is missing");
    insta::assert_snapshot!(body("text"), @"interactions[0].response.body is a text, not a map");
}

#[test]
fn a_file_without_requests_of_http_is_told() {
    insta::assert_snapshot!(shown("a.yaml", "version: 1\ninteractions: []\nws_interactions: [{uri: 'ws://a/'}]\n"), @r"
    Cassetter
    note: `ws_interactions` is not carried over
    ");
}
