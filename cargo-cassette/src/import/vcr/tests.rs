use crate::import::tests::shown;

#[test]
fn a_file_of_ruby_is_read() {
    let file = r#"---
http_interactions:
- request:
    method: get
    uri: http://127.0.0.1:9/pets?id=7&key=<API_KEY>#top
    body: {encoding: US-ASCII, string: ''}
    headers:
      Accept: ["*/*"]
      X-Key: ["<API_KEY>"]
  response:
    status: {code: 200, message: Fine}
    headers:
      Content-Type: [application/json]
      Set-Cookie: [a=1, b=2]
      Content-Length: ['14']
    body: {encoding: UTF-8, string: '{"name":"Rex"}'}
    http_version:
  recorded_at: Sat, 21 Nov 2026 10:00:00 GMT
- request:
    method: post
    uri: http://127.0.0.1:9/blob
    body: {encoding: ASCII-8BIT, base64_string: "AAEC\n/w==\n"}
    headers: {}
  response:
    status: {code: 204, message: No Content}
    headers: {}
    body: {encoding: ASCII-8BIT, string: !binary "AP8="}
    http_version: '1.0'
    adapter_metadata: {vcr_decompressed: gzip, effective_url: 'http://b/'}
  recorded_at: Sat, 21 Nov 2026 10:00:01 GMT
  tags: [mine]
recorded_with: VCR 6.4.0
metadata: {by: hand}
"#;
    insta::assert_snapshot!(shown("a.yml", file), @r#"
    Vcr
    GET http://127.0.0.1:9/pets?id=7&key=[REDACTED]
       accept: */*
       x-key: [REDACTED]
    -> HTTP/1.1 200 Some("Fine")
       content-type: application/json
       set-cookie: a=1
       set-cookie: b=2
       content-length: 14
       "{\"name\":\"Rex\"}"
       at 2026-11-21T10:00:00Z
    POST http://127.0.0.1:9/blob
       b"\x00\x01\x02\xff"
    -> HTTP/1.0 204 Some("No Content")
       b"\x00\xff"
       at 2026-11-21T10:00:01Z
    note: `metadata` is not carried over
    note: http_interactions[0].request: what looks like a placeholder of `filter_sensitive_data` is `[REDACTED]` now, and in 1 more place
    note: http_interactions[1].response.adapter_metadata: `effective_url` is not carried over
    note: http_interactions[1]: `tags` is not carried over
    "#);
}

#[test]
fn a_file_of_rvcr_is_read() {
    let file = r#"{"http_interactions":[{"response":{"body":{"encoding":"base64","string":"AAH/"},"http_version":"2","status":{"code":200,"message":"OK"},"headers":{"content-type":["application/octet-stream"]}},
        "request":{"uri":"http://127.0.0.1:9/blob","body":"plain","method":{"other":"PURGE"},"headers":{"x":["<NAME>"]}},"recorded_at":"Sat, 21 Nov 2026 12:00:00 +0200"}],"recorded_with":"rVCR 0.2.1"}"#;
    insta::assert_snapshot!(shown("a.vcr.json", file), @r#"
    Vcr
    PURGE http://127.0.0.1:9/blob
       x: <NAME>
       "plain"
    -> HTTP/2.0 200 Some("OK")
       content-type: application/octet-stream
       b"\x00\x01\xff"
       at 2026-11-21T10:00:00Z
    "#);
}

fn body(body: &str) -> String {
    let file = format!(
        "http_interactions:\n- request: {{method: get, uri: 'http://a/'}}\n  response: {{status: {{code: 200}}, body: {body}}}\n"
    );
    shown("a.yml", file)
}

#[test]
fn bodies_are_the_bytes_that_the_encoding_makes_of_the_text() {
    insta::assert_snapshot!(body("{encoding: ISO-8859-1, string: 'é'}"), @r#"
    Vcr
    GET http://a/
    -> HTTP/1.1 200 None
       b"\xe9"
    "#);
    insta::assert_snapshot!(body("{encoding: UTF-8, string: 'é'}"), @r#"
    Vcr
    GET http://a/
    -> HTTP/1.1 200 None
       "é"
    "#);
    insta::assert_snapshot!(body("{encoding: Shift_JIS, string: 'é'}"), @r#"
    Vcr
    GET http://a/
    -> HTTP/1.1 200 None
       "é"
    note: http_interactions[0].response.body: the body is UTF-8 now, and was in another encoding
    "#);
    insta::assert_snapshot!(body("{encoding: Shift_JIS, string: 'e'}"), @r#"
    Vcr
    GET http://a/
    -> HTTP/1.1 200 None
       "e"
    "#);
    insta::assert_snapshot!(body("'old'"), @r#"
    Vcr
    GET http://a/
    -> HTTP/1.1 200 None
       "old"
    "#);
    insta::assert_snapshot!(body("5"), @r#"
    Vcr
    GET http://a/
    -> HTTP/1.1 200 None
       "5"
    "#);
    insta::assert_snapshot!(body("{encoding: base64, string: '/+8'}"), @r#"
    Vcr
    GET http://a/
    -> HTTP/1.1 200 None
       b"\xff\xef"
    "#);
    insta::assert_snapshot!(body("{encoding: base64, string: '/+8='}"), @r#"
    Vcr
    GET http://a/
    -> HTTP/1.1 200 None
       b"\xff\xef"
    "#);
}

#[test]
fn what_is_no_body_is_refused() {
    insta::assert_snapshot!(body("{encoding: base64, string: '!'}"), @"http_interactions[0].response.body.string: it is no base64");
    insta::assert_snapshot!(body("{base64_string: '!'}"), @"http_interactions[0].response.body.base64_string: it is no base64");
    insta::assert_snapshot!(body("[]"), @"http_interactions[0].response.body is a list, not a text or a map");
    insta::assert_snapshot!(body("{string: []}"), @"http_interactions[0].response.body.string is a list, not a text");
}

/// Markup has names in such brackets.
#[test]
fn placeholders_in_markup_stay() {
    let file = |kind: &str| {
        format!(
            "http_interactions:\n- request: {{method: get, uri: 'http://a/'}}\n  response: {{status: {{code: 200}}, headers: {{Content-Type: {kind}}}, body: '<NAME>'}}\nrecorded_with: VCR 6\n"
        )
    };
    assert!(shown("a.yml", file("text/xml")).contains("<NAME>"));
    assert!(shown("a.yml", file("text/plain")).contains("[REDACTED]"));
}

#[test]
fn erb_is_text_and_told() {
    let file = "http_interactions:\n- request: {method: get, uri: 'http://a/<%= id %>'}\n  response: {status: {code: 200}}\nrecorded_with: VCR 6\n";
    insta::assert_snapshot!(shown("a.yml", file), @r"
    Vcr
    GET http://a/%3C%=%20id%20%%3E
    -> HTTP/1.1 200 None
    note: http_interactions[0].request: what looks like ERB is taken as text
    ");
}
