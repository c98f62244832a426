use super::*;

fn request(url: &str, headers: &[(&str, &str)], body: &str) -> RecordedRequest {
    let mut live = http::Request::post(url);
    for (name, value) in headers {
        live = live.header(*name, *value);
    }
    Redactor::default().request(&live.body(Bytes::copy_from_slice(body.as_bytes())).unwrap())
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
        assert_eq!(stored.headers()[name], PLACEHOLDER, "{name}");
    }
    assert_eq!(stored.headers()["accept"], "a/b");
}

#[test]
fn cookies_keep_name_and_attributes() {
    assert_eq!(
        redact_set_cookie("id=s3cret; Path=/; HttpOnly"),
        "id=[REDACTED]; Path=/; HttpOnly"
    );
    assert_eq!(redact_set_cookie("s3cret"), "[REDACTED]");
    assert_eq!(redact_set_cookie("id=; Max-Age=0"), "id=; Max-Age=0");
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
        assert_eq!(redact_url(live), stored);
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
        let secrets = secrets_of(live, "");
        assert_eq!(mask(live, &secrets), stored, "{}", live.escape_ascii());
    }
}

#[test]
fn json_secrets_are_masked_beside_bytes_that_are_no_text() {
    let live = b"\xff{\"api_key\":\"s3\xffcret\",\"k\xff\":\"v\"}\xf0\x9f";
    let stored = b"\xff{\"api_key\":\"[REDACTED]\",\"k\xff\":\"v\"}\xf0\x9f";
    let secrets = secrets_of(live, "application/x-ndjson");
    assert_eq!(mask(live, &secrets), stored);
    let cut = b"{\"api_key\":\"s3cret\"}\xf0\x9f";
    assert_eq!(secrets_of(cut, "").len(), 1, "cut off inside a character");
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
        assert_eq!(redact_message(live), stored);
    }
}

/// Four times the body takes about four times as long, not sixteen.
#[test]
fn masking_is_linear_in_the_size_of_the_body() {
    let once = |count: usize| {
        let line = r#"{"a":"b","api_key":"s3cret"},"#.repeat(count) + &r#"\""#.repeat(count);
        let begin = std::time::Instant::now();
        assert_eq!(secrets_of(line.as_bytes(), "").len(), count);
        begin.elapsed()
    };
    // The best of some: a busy machine makes any one of them slow.
    let time = |count: usize| (0..5).map(|_| once(count)).min().unwrap();
    let (small, large) = (time(5_000), time(20_000));
    assert!(large < small * 10, "{small:?} {large:?}");
}

#[test]
fn header_values_without_secrets_keep_their_bytes() {
    let location = HeaderValue::from_bytes(b"/a\xe9b?page=1").unwrap();
    assert_eq!(redact_header(&LOCATION, &location), location);
}

#[test]
fn a_header_that_is_not_stored_still_says_what_the_body_is() {
    let form = "application/x-www-form-urlencoded";
    let live = http::Request::post("http://e.com/").header("content-type", form);
    let live = live.body(Bytes::from("password=s3cret")).unwrap();
    let stored = Redactor::new(vec![CONTENT_TYPE], u64::MAX).request(&live);
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

/// Expects that each `s3cret` in a body is masked, whatever stands beside it.
fn check_masked(content_type: &str, body: &[u8]) {
    let live = http::Request::post("http://e.com/").header("content-type", content_type);
    let live = live.body(Bytes::copy_from_slice(body)).unwrap();
    let pieces: Vec<&[u8]> = body.split(|&byte| byte == b'$').collect();
    let live = live.map(|_| Bytes::from(pieces.join(&b"s3cret"[..])));
    let stored = Redactor::default().request(&live);
    let expected = pieces.join(PLACEHOLDER.as_bytes());
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

#[test]
fn the_length_of_an_answer_to_head_is_left_alone() {
    let live = http::Response::builder()
        .header("content-length", "1234")
        .body(Bytes::new())
        .unwrap();
    let stored = Redactor::default().response(&Received::whole(live));
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
    let stored = Redactor::default().response(&live);
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
    let stored = Redactor::new(vec![HeaderName::from_static("x-trace")], u64::MAX).request(&live);
    assert!(stored.headers().is_empty());
}
