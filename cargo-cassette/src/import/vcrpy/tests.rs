use crate::import::tests::shown;

#[test]
fn a_file_is_read() {
    let file = r#"interactions:
- request:
    body: '{"q":1}'
    headers: {content-type: [application/json]}
    method: POST
    uri: http://127.0.0.1:9/search
  response:
    body: {string: "[\"\xE9\"]"}
    headers: {set-cookie: ["a=1", "b=2"]}
    status: {code: 200, message: OK}
    url: http://127.0.0.1:9/found
- request: {body: null, headers: {}, method: GET, uri: 'http://127.0.0.1:9/blob'}
  response:
    body:
      string: !!binary |
        H4sIAAAAAAAC
        /w==
    headers: {content-encoding: [gzip], content-length: ['10']}
    status: {code: 200, message: null}
    extra: {deep: 1}
version: 1
"#;
    insta::assert_snapshot!(shown("a.yaml", file), @r#"
    Vcrpy
    POST http://127.0.0.1:9/search
       content-type: application/json
       "{\"q\":1}"
    -> HTTP/1.1 200 Some("OK") of http://127.0.0.1:9/found
       set-cookie: a=1
       set-cookie: b=2
       "[\"é\"]"
    GET http://127.0.0.1:9/blob
    -> HTTP/1.1 200 None
       content-encoding: gzip
       content-length: 10
       b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"
    note: interactions[1].response: `extra` is not carried over
    "#);
}

#[test]
fn old_recordings_of_httpx_are_read() {
    let file = "interactions:\n- request: {body: '', headers: {}, method: GET, uri: 'http://a/'}\n  response: {content: ok, headers: {x: ['1']}, http_version: HTTP/2, status_code: 200}\nversion: 1\n";
    insta::assert_snapshot!(shown("a.yaml", file), @r#"
    Vcrpy
    GET http://a/
    -> HTTP/2.0 200 None
       x: 1
       "ok"
    "#);
}

fn sent(body: &str) -> String {
    let file = format!(
        "interactions:\n- request: {{{body}, method: POST, uri: 'http://a/'}}\n  response: {{status: {{code: 200}}, body: {{string: ''}}}}\nversion: 1\n"
    );
    shown("a.yaml", file)
}

#[test]
fn bodies_come_in_many_forms() {
    insta::assert_snapshot!(sent("body: {string: a}"), @r#"
    Vcrpy
    POST http://a/
       "a"
    -> HTTP/1.1 200 None
    "#);
    insta::assert_snapshot!(sent("body: !!python/unicode 'a'"), @r#"
    Vcrpy
    POST http://a/
       "a"
    -> HTTP/1.1 200 None
    "#);
    insta::assert_snapshot!(sent("body: [!!binary YQ==, b]"), @r#"
    Vcrpy
    POST http://a/
       "ab"
    -> HTTP/1.1 200 None
    "#);
    insta::assert_snapshot!(sent("body: {b: 1.50, a: [null, true, 12345678901234567890, x]}"), @r#"
    Vcrpy
    POST http://a/
       content-type: application/json
       "{\"b\":1.50,\"a\":[null,true,12345678901234567890,\"x\"]}"
    -> HTTP/1.1 200 None
    note: interactions[0].request: the body is no text but a value, and is written as JSON
    "#);
    insta::assert_snapshot!(sent("parsed_body: {b: 1, a: '2'}"), @r#"
    Vcrpy
    POST http://a/
       "{\"b\":1,\"a\":\"2\"}"
    -> HTTP/1.1 200 None
    note: interactions[0].request: the body is JSON that was parsed, and is written compact
    "#);
    insta::assert_snapshot!(sent("body: {string: null}, parsed_body: [1]"), @r#"
    Vcrpy
    POST http://a/
       "[1]"
    -> HTTP/1.1 200 None
    note: interactions[0].request: the body is JSON that was parsed, and is written compact
    "#);
    insta::assert_snapshot!(sent("body: {string: first}, parsed_body: [1]"), @r#"
    Vcrpy
    POST http://a/
       "first"
    -> HTTP/1.1 200 None
    "#);
    insta::assert_snapshot!(sent("body: true"), @"interactions[0].request.body is a boolean, not a text");
    insta::assert_snapshot!(sent("body: !!binary '?'"), @"it is no YAML that is read: it is no base64 at line 2 column 19");
}

#[test]
fn json_of_its_serializer_is_read() {
    let file = r#"{"version": 1, "interactions": [{"request": {"method": "GET", "uri": "http://a/", "body": null, "headers": {}},
        "response": {"status": {"code": 200, "message": "OK"}, "headers": {}, "body": {"string": "\ud83d\ude00"}}}]}"#;
    insta::assert_snapshot!(shown("a.json", file), @r#"
    Vcrpy
    GET http://a/
    -> HTTP/1.1 200 Some("OK")
       "😀"
    "#);
}
