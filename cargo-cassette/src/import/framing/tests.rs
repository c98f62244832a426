use crate::import::tests::shown;

/// What is read of an answer with these headers and this body.
fn answer(method: &str, status: u16, headers: &str, body: &str) -> String {
    let file = format!(
        "interactions:\n- request: {{method: {method}, uri: 'http://a/'}}\n  response: {{status: {{code: {status}}}, headers: {{{headers}}}, body: {{string: {body}}}}}\nversion: 1\n"
    );
    let text = shown("a.yaml", file);
    let (_, answer) = text.split_once("-> ").expect("it is answered");
    answer.to_owned()
}

#[test]
fn a_body_that_is_packed_keeps_its_headers() {
    for (coding, body) in [
        ("gzip", "H4sIAAAAAAAAAwMAAAAAAAAAAAA="),
        ("zstd", "KLUv/SQAAQAAmenYUQ=="),
        ("br", "DwKA/w=="),
        ("deflate", "eJwDAAAAAAE="),
    ] {
        let answer = answer(
            "GET",
            200,
            &format!("content-encoding: {coding}"),
            &format!("!!binary {body}"),
        );
        assert!(
            answer.contains(&format!("content-encoding: {coding}")),
            "{answer}"
        );
        assert!(!answer.contains("note"), "{answer}");
    }
}

#[test]
fn a_body_that_is_unpacked_loses_them() {
    for coding in ["gzip", "br", "zstd", "deflate"] {
        let answer = answer(
            "GET",
            200,
            &format!("content-encoding: {coding}, content-length: 99"),
            "text",
        );
        insta::allow_duplicates! {
            insta::assert_snapshot!(answer, @r#"
            HTTP/1.1 200 None
               "text"
            note: interactions[0]: the body stands in the file decoded, so `content-encoding` and `content-length` are left out
            "#);
        }
    }
}

#[test]
fn a_length_is_that_of_the_body() {
    insta::assert_snapshot!(answer("GET", 200, "content-length: 9", "text"), @r#"
    HTTP/1.1 200 None
       content-length: 4
       "text"
    note: interactions[0]: `content-length` is that of the body as it stands in the file
    "#);
    insta::assert_snapshot!(answer("GET", 200, "content-length: 4", "text"), @r#"
    HTTP/1.1 200 None
       content-length: 4
       "text"
    "#);
    insta::assert_snapshot!(answer("GET", 200, "content-length: 4, transfer-encoding: chunked", "text"), @r#"
    HTTP/1.1 200 None
       transfer-encoding: chunked
       "text"
    "#);
}

#[test]
fn where_nothing_comes_a_length_says_what_would() {
    for (method, status) in [("HEAD", 200), ("GET", 304)] {
        let answer = answer(
            method,
            status,
            "content-length: 9, content-type: application/json",
            "''",
        );
        assert!(
            answer.contains("content-length: 9") && !answer.contains("note"),
            "{answer}"
        );
    }
}

#[test]
fn an_empty_body_that_should_be_json_is_told() {
    insta::assert_snapshot!(answer("GET", 200, "content-type: application/problem+json", "''"), @r"
    HTTP/1.1 200 None
       content-type: application/problem+json
    note: interactions[0]: the body is empty, although its `content-type` promises JSON
    ");
}
