use crate::import::tests::shown;

#[test]
fn a_file_of_format_2_is_read() {
    let file = r#"---
version: 2
interactions:
    - id: 0
      request:
        proto: HTTP/1.1
        proto_major: 1
        proto_minor: 1
        content_length: 3
        transfer_encoding: []
        trailer: {}
        host: 127.0.0.1:9
        remote_addr: ""
        request_uri: ""
        body: a=1
        form:
            a:
                - "1"
        headers:
            Content-Type:
                - application/x-www-form-urlencoded
        url: http://127.0.0.1:9/f
        method: POST
      response:
        proto: HTTP/1.1
        proto_major: 1
        proto_minor: 1
        transfer_encoding:
            - chunked
        trailer:
            X-Sum:
                - abc
        content_length: -1
        uncompressed: true
        body: !!binary AP8=
        headers:
            X-Two:
                - "1"
                - "2"
        status: 418 Short And Stout
        code: 418
        duration: 1.5s
    - id: 1
      request: {proto: HTTP/2.0, proto_major: 2, host: other, headers: {}, url: "http://127.0.0.1:9/g", method: GET, trailer: {a: [b]}}
      response: {proto: HTTP/2.0, proto_major: 2, body: '', headers: {}, status: 200 OK, code: 200, duration: 0s}
"#;
    insta::assert_snapshot!(shown("a.yaml", file), @r#"
    GoVcr
    POST http://127.0.0.1:9/f
       content-type: application/x-www-form-urlencoded
       "a=1"
    -> HTTP/1.1 418 Some("Short And Stout")
       x-two: 1
       x-two: 2
       transfer-encoding: chunked
       b"\x00\xff"
       x-sum: abc
       took 1.5s
    GET http://127.0.0.1:9/g
    -> HTTP/2.0 200 Some("OK")
    note: interactions[1].request: `host` is another than the URL's, and is not carried over
    note: interactions[1].request: `trailer` is not carried over
    "#);
}

#[test]
fn a_file_of_format_1_is_read() {
    let file = "---\nversion: 1\ninteractions:\n- request: {body: '', form: {}, headers: {}, url: 'http://a/', method: GET}\n  response: {body: ok, headers: {}, status: 200 OK, code: 200, duration: ''}\n";
    insta::assert_snapshot!(shown("a.yaml", file), @r#"
    GoVcr
    GET http://a/
    -> HTTP/1.1 200 Some("OK")
       "ok"
    "#);
}

#[test]
fn a_file_without_interactions_is_told_by_its_version() {
    assert_eq!(
        shown("a.yaml", "---\nversion: 2\ninteractions: []\n"),
        "GoVcr\n"
    );
}
