use crate::import::tests::shown;

fn archive(entries: &str) -> String {
    shown(
        "a.har",
        format!(
            r#"{{"log":{{"version":"1.2","creator":{{"name":"made-up","version":"0"}},"entries":[{entries}]}}}}"#
        ),
    )
}

fn answered(response: &str) -> String {
    archive(&format!(
        r#"{{"request":{{"method":"GET","url":"http://a/"}},"response":{{"status":200,{response}}}}}"#
    ))
}

fn sent(request: &str) -> String {
    archive(&format!(
        r#"{{"request":{{"method":"POST","url":"http://a/",{request}}},"response":{{"status":200}}}}"#
    ))
}

#[test]
fn an_entry_is_read() {
    let entry = r##"{"startedDateTime":"2026-11-21T10:00:00.500Z","time":4,"pageref":"p","serverIPAddress":"127.0.0.1",
        "request":{"method":"POST","url":"http://127.0.0.1:9/x?a=1#top","httpVersion":"HTTP/2","cookies":[],"headers":[{"name":":authority","value":"127.0.0.1:9"},{"name":"content-type","value":"application/json"},{"name":"x","value":"1"},{"name":"x","value":"2"}],
            "queryString":[{"name":"a","value":"1"}],"postData":{"mimeType":"application/json","text":"{\"a\":1}"},"headersSize":-1,"bodySize":7},
        "response":{"status":201,"statusText":"Made","httpVersion":"h2","cookies":[],"headers":[{"name":"content-encoding","value":"br"},{"name":"content-length","value":"99"},{"name":"bad name","value":"1"}],"content":{"size":2,"mimeType":"application/json","text":"{}"},"redirectURL":"","headersSize":-1,"bodySize":2,"_transferSize":9},
        "cache":{},"timings":{"send":0,"wait":12.5,"receive":1},"_webSocketMessages":[{"data":"hi"}]}"##;
    insta::assert_snapshot!(archive(entry), @r#"
    Har
    POST http://127.0.0.1:9/x?a=1
       content-type: application/json
       x: 1
       x: 2
       "{\"a\":1}"
    -> HTTP/2.0 201 Some("Made")
       "{}"
       at 2026-11-21T10:00:00.500000000Z
       took 12.5ms
    note: log.entries[0].response.headers: `bad name` is no name of a header, and is left out
    note: log.entries[0]: `pageref` is not carried over
    note: log.entries[0]: `serverIPAddress` is not carried over
    note: log.entries[0]: `_webSocketMessages` is not carried over
    note: log.entries[0]: the body stands in the file decoded, so `content-encoding` and `content-length` are left out
    "#);
}

#[test]
fn bodies_that_came_are_decoded_and_may_be_missing() {
    insta::assert_snapshot!(answered(r#""content":{"size":2,"text":"AP8=","encoding":"base64"}"#), @r#"
    Har
    GET http://a/
    -> HTTP/1.1 200 None
       b"\x00\xff"
    "#);
    insta::assert_snapshot!(answered(r#""content":{"size":2,"text":"\u0000\u00ff"}"#), @r#"
    Har
    GET http://a/
    -> HTTP/1.1 200 None
       b"\x00\xff"
    "#);
    insta::assert_snapshot!(answered(r#""content":{"size":3,"text":"\u0000\u00ff"}"#), @r#"
    Har
    GET http://a/
    -> HTTP/1.1 200 None
       "\0ÿ"
    "#);
    let coded = r#""headers":[{"name":"content-encoding","value":"br"}],"content":{"size":2,"text":"AP8=","encoding":"base64"}"#;
    insta::assert_snapshot!(answered(coded), @r#"
    Har
    GET http://a/
    -> HTTP/1.1 200 None
       b"\x00\xff"
    note: log.entries[0]: the body stands in the file decoded, so `content-encoding` and `content-length` are left out
    "#);
    insta::assert_snapshot!(answered(r#""content":{"size":500}"#), @r"
    Har
    GET http://a/
    -> HTTP/1.1 200 None
    note: log.entries[0].response.content: the body is not in the file, and is empty now
    ");
    insta::assert_snapshot!(answered(r#""content":{"size":0}"#), @r"
    Har
    GET http://a/
    -> HTTP/1.1 200 None
    ");
    insta::assert_snapshot!(answered(r#""content":{"size":2,"text":"a","encoding":"rot13"}"#), @r#"
    Har
    GET http://a/
    -> HTTP/1.1 200 None
       "a"
    note: log.entries[0].response.content: the body's encoding is not known; it is taken for text
    "#);
    insta::assert_snapshot!(answered(r#""content":{"text":"!","encoding":"base64"}"#), @"log.entries[0].response.content.text: it is no base64");
}

#[test]
fn bodies_that_were_sent_may_be_forms_or_missing() {
    insta::assert_snapshot!(sent(r#""postData":{"mimeType":"application/x-www-form-urlencoded","params":[{"name":"a b","value":"1&2"},{"name":"c"}]}"#), @r#"
    Har
    POST http://a/
       "a+b=1%262&c="
    -> HTTP/1.1 200 None
    "#);
    insta::assert_snapshot!(sent(r#""bodySize":7"#), @r"
    Har
    POST http://a/
    -> HTTP/1.1 200 None
    note: log.entries[0].request: the request's body is not in the file: match without it, `match_body = false`
    ");
    insta::assert_snapshot!(sent(r#""bodySize":7,"postData":{"mimeType":"multipart/form-data","params":[{"name":"a"}]}"#), @r"
    Har
    POST http://a/
    -> HTTP/1.1 200 None
    note: log.entries[0].request: the request's body is not in the file: match without it, `match_body = false`
    ");
    insta::assert_snapshot!(sent(r#""bodySize":0"#), @r"
    Har
    POST http://a/
    -> HTTP/1.1 200 None
    ");
}

#[test]
fn status_0_is_a_failure() {
    for (error, expect) in [
        (
            r#","_error":"net::ERR_NAME_NOT_RESOLVED""#,
            "-> Dns: net::ERR_NAME_NOT_RESOLVED",
        ),
        (
            r#","_error":"connect-timeout: it took too long""#,
            "-> ConnectTimeout: it took too long",
        ),
        (
            r#","_error":"no kind: of ours""#,
            "-> Request: no kind: of ours",
        ),
        ("", "-> Request: the request failed"),
    ] {
        let entry = format!(
            r#"{{"request":{{"method":"GET","url":"http://a/"}},"response":{{"status":0{error}}}}}"#
        );
        assert_eq!(archive(&entry), format!("Har\nGET http://a/\n{expect}\n"));
    }
}

#[test]
fn what_is_not_http_is_left_out() {
    let entry = |url: &str| {
        format!(r#"{{"request":{{"method":"GET","url":"{url}"}},"response":{{"status":200}}}}"#)
    };
    let entries = ["data:text/plain,a", "http://a/", "ws://a/"]
        .map(entry)
        .join(",");
    insta::assert_snapshot!(archive(&entries), @r"
    Har
    GET http://a/
    -> HTTP/1.1 200 None
    note: log.entries[0]: a request that is not of http or https is left out, and in 1 more place
    ");
}

#[test]
fn polly_says_the_order() {
    let entry = |path: &str, order: u32| {
        format!(
            r#"{{"_id":"x","_order":{order},"request":{{"method":"GET","url":"http://a/{path}","headers":[{{"name":"a","value":"b","_fromType":"array"}}]}},"response":{{"status":200}}}}"#
        )
    };
    let entries = [entry("second", 1), entry("first", 0), entry("third", 1)].join(",");
    insta::assert_snapshot!(archive(&entries), @r"
    Har
    GET http://a/first
       a: b
    -> HTTP/1.1 200 None
    GET http://a/second
       a: b
    -> HTTP/1.1 200 None
    GET http://a/third
       a: b
    -> HTTP/1.1 200 None
    ");
}

#[test]
fn times_that_are_none_are_refused() {
    let entry = r#"{"request":{"method":"GET","url":"http://a/"},"response":{"status":200},"timings":{"wait":1e300}}"#;
    assert_eq!(archive(entry), "log.entries[0].timings.wait is no time");
}
