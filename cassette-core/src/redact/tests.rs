mod property;

use super::spot::{mask, merge};
use super::*;
use crate::interaction::{Interaction, Recorded};
use crate::redaction::Redactions;
use std::sync::Arc;

/// Returns what is left of a text when these are masked.
pub(super) fn masked(text: &str, spots: Vec<Spot>) -> String {
    let masked = mask(text.as_bytes(), &merge(spots));
    String::from_utf8(masked).expect("characters stay whole")
}

fn request(url: &str, headers: &[(&str, &str)], body: &str) -> RecordedRequest {
    let mut live = http::Request::post(url);
    for (name, value) in headers {
        live = live.header(*name, *value);
    }
    let live = live.body(Bytes::copy_from_slice(body.as_bytes())).unwrap();
    Redactor::default().request(&live).value
}

/// Returns a header as it is stored.
fn header(name: &str, value: &str) -> String {
    let stored = request("http://e.com/", &[(name, value)], "");
    stored.headers()[name].to_str().unwrap().to_owned()
}

/// Returns a body as it is stored.
fn body(content_type: &str, live: &[u8]) -> Bytes {
    let request = http::Request::post("http://e.com/").header("content-type", content_type);
    let request = request.body(Bytes::copy_from_slice(live)).unwrap();
    Redactor::default()
        .request(&request)
        .value
        .body()
        .bytes()
        .clone()
}

#[test]
fn secret_headers_lose_their_value() {
    let headers = [
        ("authorization", "Bearer x"),
        ("Proxy-Authorization", "Basic x"),
        ("cookie", "a=1"),
        ("X-API-Key", "k"),
        ("accept", "a/b"),
    ];
    let stored = request("http://e.com/", &headers, "");
    for name in [
        "authorization",
        "proxy-authorization",
        "cookie",
        "x-api-key",
    ] {
        assert_eq!(stored.headers()[name], REDACTED, "{name}");
    }
    assert_eq!(stored.headers()["accept"], "a/b");
}

#[test]
fn cookies_keep_name_and_attributes() {
    for (live, stored) in [
        (
            "id=s3cret; Path=/; HttpOnly",
            "id=[REDACTED]; Path=/; HttpOnly",
        ),
        ("s3cret", "[REDACTED]"),
        ("id=; Max-Age=0", "id=; Max-Age=0"),
    ] {
        assert_eq!(header("set-cookie", live), stored);
    }
}

#[test]
fn urls_lose_user_information_and_secret_parameters_only() {
    for (live, stored) in [
        (
            "http://ada:s3cret@e.com/a@b?x=1",
            "http://[REDACTED]@e.com/a@b?x=1",
        ),
        (
            "http://e.com/?api_key=k&page=2&API-KEY=k#f",
            "http://e.com/?api_key=[REDACTED]&page=2&API-KEY=[REDACTED]#f",
        ),
        (
            "/next?api%5Fkey=k&x=%20+",
            "/next?api%5Fkey=[REDACTED]&x=%20+",
        ),
        (
            "http://e.com/?api_key=&key=1",
            "http://e.com/?api_key=&key=1",
        ),
    ] {
        assert_eq!(Redactor::default().url(live), stored);
    }
}

#[test]
fn json_secrets_are_masked_at_any_depth_and_nothing_else_moves() {
    let live = r#"{"price": 1.10, "a":[{"Api-Key":"s\"3cret"}], "api_key": 42, "password":"", "total_tokens":1}"#;
    let stored = request("http://e.com/", &[("content-length", "98")], live);
    let expected = live.replace(r#""s\"3cret""#, "\"[REDACTED]\"");
    assert_eq!(stored.body().bytes(), expected.as_bytes());
    assert_eq!(
        stored.headers()["content-length"],
        expected.len().to_string()
    );
}

#[test]
fn json_secrets_are_masked_in_whatever_is_around_them() {
    let masked = |live: &str| {
        let stored = request(
            "http://e.com/",
            &[("content-type", "text/event-stream")],
            live,
        );
        stored.body().text().unwrap().to_owned()
    };
    let secret = r#"{"api_key":"s3cret"}"#;
    let expect = r#"{"api_key":"[REDACTED]"}"#;
    let deep = "[".repeat(10_000);
    for around in [
        "X\nX\n",
        "data: X\n\ndata: X\n\n",
        "\u{feff}X",
        "he said \"hi\nX",
        "12\" wide X",
        "\"\" \" X",
        &format!("{deep}X"),
    ] {
        assert_eq!(
            masked(&around.replace('X', secret)),
            around.replace('X', expect)
        );
    }
    for plain in [
        r#"{"api_key"}"#,
        r#""api_key":"", "api_key":1"#,
        "\"",
        r#"{"x":"api_key","y":"z"}"#,
    ] {
        assert_eq!(masked(plain), plain);
    }
}

#[test]
fn json_secrets_without_an_end_are_masked_to_the_end_of_their_line() {
    for (live, stored) in [
        (
            &br#"{"api_key":"s3cr"#[..],
            &br#"{"api_key":"[REDACTED]"#[..],
        ),
        (br#"{"api_key":"s3cret\"#, br#"{"api_key":"[REDACTED]"#),
        (
            b"\"api_key\":\"s3c\nret\"",
            b"\"api_key\":\"[REDACTED]\nret\"",
        ),
        (br#"{"api_key":""#, br#"{"api_key":""#),
        (br#"{"api_key":"#, br#"{"api_key":"#),
    ] {
        assert_eq!(body("", live), stored, "{}", live.escape_ascii());
    }
}

#[test]
fn json_secrets_are_masked_beside_bytes_that_are_no_text() {
    let live = b"\xff{\"api_key\":\"s3\xffcret\",\"k\xff\":\"v\"}\xf0\x9f";
    let stored = b"\xff{\"api_key\":\"[REDACTED]\",\"k\xff\":\"v\"}\xf0\x9f";
    assert_eq!(body("application/x-ndjson", live), &stored[..]);
    let cut = b"{\"api_key\":\"s3cret\"}\xf0\x9f";
    let stored = b"{\"api_key\":\"[REDACTED]\"}\xf0\x9f";
    assert_eq!(body("", cut), &stored[..], "cut off inside a character");
}

#[test]
fn texts_of_failures_lose_what_looks_like_a_secret() {
    for (live, stored) in [
        (
            "no redirect to \"/cb?access_token=s3cret&page=2\"",
            "no redirect to \"/cb?access_token=[REDACTED]&page=2\"",
        ),
        (
            "(password=s3cret) api-key=k",
            "(password=[REDACTED]) api-key=[REDACTED]",
        ),
        (
            r#"bad {"api_key":"s3cret"}"#,
            r#"bad {"api_key":"[REDACTED]"}"#,
        ),
        ("a=b, password= and =c", "a=b, password= and =c"),
    ] {
        assert_eq!(Redactor::default().text(live), stored);
    }
}

/// Four times the body takes about four times as long, not sixteen.
#[test]
fn masking_is_linear_in_the_size_of_the_body() {
    let token = ["gh", "p_16C7e42F292c6912E7710c838347Ae178B4a\n"].concat();
    let json = r#"{"a":"b","api_key":"s3cret"},"#;
    let pieces = [
        json,
        "\"",
        "\\",
        "\\\"",
        "a=",
        "?a=",
        "a=\"",
        "password=",
        "@",
        "//a@",
        "<",
        "<a ",
        "<a>",
        "<a b=\"c\">",
        "a=\"b\" ",
        "<![CDATA[",
        "%25",
        "&amp;",
        "\\u0026",
        "eyJ",
        "eyJ.",
        "sk-",
        "sk-A1b2",
        "AKIA",
        "Bearer ",
        "-----BEGIN PRIVATE KEY-----",
        "{",
        "[",
        &token,
        "YWFhYWFhYWFhYWFh",
        "aaaaaaaaaaaaaaaaaaaaaaaa",
    ];
    let redactor = Redactor::default();
    redactor.learn(["aaaaaaaaaaaaaaaaaaaaaaaa".to_owned()]);
    for piece in pieces {
        let time = |size: usize| {
            let text = piece.repeat(size / piece.len());
            let once = || {
                let begin = std::time::Instant::now();
                redactor.text(&text);
                begin.elapsed()
            };
            // The best of some: a busy machine makes any one of them slow.
            (0..3).map(|_| once()).min().unwrap()
        };
        let (small, large) = (time(4 * 1024), time(16 * 1024));
        // What is quadratic takes a second; what is quick may be a little more than linear, or be disturbed.
        let is_quick = large < std::time::Duration::from_millis(150);
        assert!(
            is_quick || large < small * 10,
            "{piece}: {small:?} {large:?}"
        );
    }
}

#[test]
fn header_values_without_secrets_keep_their_bytes() {
    let location = HeaderValue::from_bytes(b"/a\xe9b?page=1").unwrap();
    let live = http::Request::get("http://e.com/").header("location", &location);
    let stored = Redactor::default()
        .request(&live.body(Bytes::new()).unwrap())
        .value;
    assert_eq!(stored.headers()["location"], location);
}

#[test]
fn a_header_that_is_not_stored_still_says_what_the_body_is() {
    let form = "application/x-www-form-urlencoded";
    let live = http::Request::post("http://e.com/").header("content-type", form);
    let live = live.body(Bytes::from("password=s3cret")).unwrap();
    let stored = Redactor::new(Rules::default(), vec![CONTENT_TYPE], u64::MAX)
        .request(&live)
        .value;
    assert_eq!(stored.body().bytes(), "password=[REDACTED]");
}

#[test]
fn form_fields_are_masked() {
    let form = [(
        "content-type",
        "application/x-www-form-urlencoded; charset=utf-8",
    )];
    let stored = request("http://e.com/", &form, "user=ada&client_secret=x%20y");
    assert_eq!(stored.body().bytes(), "user=ada&client_secret=[REDACTED]");
}

/// In a form that logs somebody in, `code` and `state` are secrets.
#[test]
fn codes_are_masked_in_forms_of_oauth_only() {
    let form = "application/x-www-form-urlencoded";
    for (live, stored) in [
        (
            "grant_type=x&code=s3cret&state=s3cret",
            "grant_type=x&code=[REDACTED]&state=[REDACTED]",
        ),
        ("code=s3cret&client%5Fid=x", "code=[REDACTED]&client%5Fid=x"),
        ("code=s3cret&state=s3cret", "code=s3cret&state=s3cret"),
    ] {
        assert_eq!(body(form, live.as_bytes()), stored);
    }
    let part = |name: &str| {
        format!("--b\r\nContent-Disposition: form-data; name={name}\r\n\r\ns3cret\r\n")
    };
    let kind = "multipart/form-data; boundary=b";
    let live = part("client_id") + &part("code") + "--b--\r\n";
    let stored = part("client_id") + &part("code").replace("s3cret", REDACTED) + "--b--\r\n";
    assert_eq!(body(kind, live.as_bytes()), stored);
    let live = part("code") + "--b--\r\n";
    assert_eq!(body(kind, live.as_bytes()), live);
}

/// As the parts of a batch are.
#[test]
fn requests_within_bodies_lose_the_secrets_of_their_headers() {
    let live = "POST /a?api_key=s3cret HTTP/1.1\r\nHost: e.com\r\nX-Api-Key: s3cret\r\n\
        Cookie: a=s3cret\r\nnothing\r\n\r\n{\"password\":\"s3cret\",\"a\":\"b\"}";
    let stored = "POST /a?api_key=[REDACTED] HTTP/1.1\r\nHost: e.com\r\nX-Api-Key: [REDACTED]\r\n\
        Cookie: [REDACTED]\r\nnothing\r\n\r\n{\"password\":\"[REDACTED]\",\"a\":\"b\"}";
    assert_eq!(body("application/http", live.as_bytes()), stored);
    assert_eq!(body("message/http; version=1.1", live.as_bytes()), stored);
}

/// Expects that each `s3cret` in a body is masked, whatever stands beside it.
fn check_masked(content_type: &str, body: &[u8]) {
    let live = http::Request::post("http://e.com/").header("content-type", content_type);
    let live = live.body(Bytes::copy_from_slice(body)).unwrap();
    let pieces: Vec<&[u8]> = body.split(|&byte| byte == b'$').collect();
    let live = live.map(|_| Bytes::from(pieces.join(&b"s3cret"[..])));
    let stored = Redactor::default().request(&live).value;
    let expected = pieces.join(REDACTED.as_bytes());
    assert_eq!(stored.body().bytes(), &expected, "{}", body.escape_ascii());
}

#[test]
fn each_part_is_masked_by_itself_also_beside_one_that_is_no_text() {
    let form = b"--b\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\n$\r\n\
        --b\r\nContent-Disposition: form-data; name=\"image\"\r\n\r\n\xff\xfe\r\n\
        --b\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\na=1&api_key=$\r\n\
        --b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n\
        --c\r\n\r\n{\"api_key\":\"$\",\"n\":1}\r\n--c--\r\n\r\n\
        --b\r\nContent-Disposition: form-data; name=\"api_key\"\r\n\r\n\r\n--b--\r\n";
    check_masked("multipart/form-data; boundary=b", form);
}

#[test]
fn text_in_another_encoding_is_masked() {
    check_masked(
        "application/json",
        b"{\"name\":\"Andr\xe9\",\"api_key\":\"$\"}",
    );
    check_masked("text/plain; charset=latin1", b"\xe9 \"password\": \"$\"");
    check_masked("application/x-www-form-urlencoded", b"name=\xe9&password=$");
    check_masked("application/octet-stream", b"\xe9\"password\":\"kept\"");
}

/// A stream that is not read to its end may end in the middle of a character.
#[test]
fn all_rules_hold_before_half_a_character() {
    let line = |text: &str| vec![text.to_owned()];
    for (redact, live, stored) in [
        ("text:[0-9]{4}", "pin 4711 \u{fc}", "pin [REDACTED] "),
        (
            "json:/pin",
            "data: {\"pin\":\"4711\"}\n\u{fc}",
            "data: {\"pin\":\"[REDACTED]\"}\n",
        ),
        (
            "json:/pin",
            "data: {\"pin\":4711}\n\u{fc}",
            "data: {\"pin\":\"[REDACTED]\"}\n",
        ),
    ] {
        let rules = Rules::new(&line(redact), &[], Redactions::default()).unwrap();
        let cut = Bytes::copy_from_slice(&live.as_bytes()[..live.len() - 1]);
        let request = http::Request::post("http://e.com/").body(cut).unwrap();
        let redactor = Redactor::new(rules, Vec::new(), u64::MAX);
        let masked = redactor.request(&request).value;
        let expected = [stored.as_bytes(), b"\xc3"].concat();
        assert_eq!(masked.body().bytes(), &expected, "{redact}");
    }
}

#[test]
fn the_length_of_an_answer_to_head_is_left_alone() {
    let live = http::Response::builder()
        .header("content-length", "1234")
        .body(Bytes::new())
        .unwrap();
    let stored = Redactor::default().response(&Received::whole(live)).value;
    assert_eq!(stored.headers()["content-length"], "1234");
}

/// It says how much was to come, which nobody saw.
#[test]
fn the_length_of_a_broken_body_is_left_alone() {
    let live = http::Response::builder()
        .header("content-length", "1234")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Bytes::from_static(b"api_key=s3cret&more"))
        .unwrap();
    let mut live = Received::whole(live);
    live.end = End::Stopped;
    let stored = Redactor::default().response(&live).value;
    assert_eq!(stored.headers()["content-length"], "1234");
    assert_eq!(stored.body().bytes(), "api_key=[REDACTED]&more");
}

#[test]
fn parts_within_parts_are_masked() {
    let within = |boundary: &str, content_type: &str, body: &str| {
        format!("--{boundary}\r\nContent-Type: {content_type}\r\n\r\n{body}\r\n--{boundary}--\r\n")
    };
    let mut body = within("a", "application/json", r#"{"api_key":"$"}"#);
    for (outer, inner) in [("b", "a"), ("c", "b"), ("d", "c")] {
        body = within(outer, &format!("multipart/mixed; boundary={inner}"), &body);
    }
    check_masked("multipart/mixed; boundary=d", body.as_bytes());
}

#[test]
fn excluded_headers_are_not_stored() {
    let live = http::Request::get("http://e.com/")
        .header("x-trace", "1")
        .body(Bytes::new())
        .unwrap();
    let stored = Redactor::new(
        Rules::default(),
        vec![HeaderName::from_static("x-trace")],
        u64::MAX,
    )
    .request(&live)
    .value;
    assert!(stored.headers().is_empty());
}

const VALUE: &str = "Zx8Kq2LmN4pR7tVw";

fn answered(response: &Received) -> Interaction {
    let request = http::Request::get("http://e.com/")
        .body(Bytes::new())
        .unwrap();
    let redactor = Redactor::default();
    Interaction {
        request: Arc::new(redactor.request(&request).value),
        recorded: Recorded::Response(Arc::new(redactor.response(response).value)),
    }
}

#[test]
fn trailers_are_masked_late_as_well() {
    let mut live = Received::whole(http::Response::new(Bytes::new()));
    live.trailers.insert("x-sum", VALUE.parse().unwrap());
    let stored = answered(&live);
    let redactor = Redactor::default();
    redactor.learn([VALUE.to_owned()]);
    let Recorded::Response(masked) = redactor.again(&stored).value.recorded else {
        panic!("it was an answer");
    };
    assert_eq!(masked.trailers["x-sum"], REDACTED);
}

/// The beginning of a compressed body shows what is in it; masked it could not be played.
#[cfg(feature = "compression")]
#[test]
fn a_known_value_in_a_compressed_body_that_broke_off_is_blocked() {
    use std::io::Write as _;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
    encoder
        .write_all(format!("{{\"echo\":\"{VALUE}\"}}").as_bytes())
        .unwrap();
    let mut body = encoder.finish().unwrap();
    body.truncate(body.len() - 8);
    let live = || {
        let response = http::Response::builder().header("content-encoding", "gzip");
        let mut live = Received::whole(response.body(Bytes::from(body.clone())).unwrap());
        live.end = End::Stopped;
        live
    };
    let redactor = Redactor::default();
    assert!(redactor.response(&live()).blocked.is_empty());
    redactor.learn([VALUE.to_owned()]);
    let masked = redactor.response(&live());
    assert_eq!(masked.value.body().bytes(), BLOCKED);
    assert_eq!(masked.blocked[0].shape, "compressed");
    let again = redactor.again(&answered(&live()));
    assert_eq!(again.blocked[0].shape, "compressed");
}
