use super::*;
use proptest::prelude::*;

/// A part as its header lines, `|` and its content.
fn shown(part: &Part<'_>) -> String {
    let head: Vec<_> = (part.head.iter())
        .map(|line| String::from_utf8_lossy(line))
        .collect();
    format!("{}|{}", head.join("\n"), String::from_utf8_lossy(part.body))
}

fn check(body: &str, parts: &[&str]) {
    let read = parse(body.as_bytes(), "B").expect(body);
    assert_eq!(read.iter().map(shown).collect::<Vec<_>>(), parts, "{body}");
}

#[test]
fn a_boundary_is_read_quoted_or_not() {
    for (content_type, expect) in [
        ("multipart/form-data; boundary=b", Some("b")),
        ("Multipart/Mixed;charset=x ; BOUNDARY = b ;x", Some("b")),
        (
            "multipart/mixed; x; y=\"; boundary=no\"; boundary=\"a;b c\"",
            Some("a;b c"),
        ),
        (r#"multipart/mixed; boundary="a\"\\b""#, Some("a\"\\b")),
        ("multipart/mixed; boundary=\"open", Some("open")),
        ("multipart/mixed;\r\n boundary=b", Some("b")),
        ("multipart/mixed; boundary=", None),
        ("multipart/mixed; boundary=\"\"", None),
        ("multipart/mixed; xboundary=b", None),
        ("multipart/mixed", None),
        ("text/plain; boundary=b", None),
        ("multipartÿ/é; boundary=b", None),
        ("", None),
    ] {
        assert_eq!(boundary(content_type).as_deref(), expect, "{content_type}");
    }
}

#[test]
fn a_content_type_without_its_boundary_is_the_same_for_all() {
    let expect = "multipart/form-data; boundary=boundary; x=1";
    for value in ["data", "\"data\"", r#""a;\"b""#] {
        let content_type = format!("multipart/form-data; boundary={value}; x=1");
        assert_eq!(without_boundary(&content_type), expect);
    }
    assert_eq!(
        without_boundary("text/plain; boundary=b"),
        "text/plain; boundary=b"
    );
}

#[test]
fn parts_stand_between_delimiters() {
    check("--B--\r\n", &[]);
    check("--B\r\n\r\n\r\n--B--\r\n", &["|"]);
    check("--B\r\nA: 1\r\n\r\n\r\n--B--", &["A: 1|"]);
    check(
        "--B\r\nA: 1\r\nB: 2\r\n\r\nx\r\n\r\n--B\r\n\r\ny\r\n--B--\r\n",
        &["A: 1\nB: 2|x\r\n", "|y"],
    );
}

#[test]
fn what_clients_get_wrong_is_read_as_it_is_meant() {
    let unix = "--B\nA: 1\n\nx\n--B--\n";
    let around = "before\r\n--B \t\r\nA: 1\r\n\r\nx\r\n--B--  \r\nafter\r\n--B\r\n";
    check(unix, &["A: 1|x"]);
    check(around, &["A: 1|x"]);
    check("--B\r\n--B--", &["|"]);
    check("--B\r\nA: 1\r\n--B--", &["A: 1|"]);
    check(
        "--B\r\nA: 1;\r\n\tb\r\nC: 2\r\n\r\nx\r\n--B--",
        &["A: 1;\r\n\tb\nC: 2|x"],
    );
    check("--B\r\nno header: x\r\n--B--", &["|no header: x"]);
    check(
        "--B\r\nA: 1\r\nno header\r\nx\r\n--B--",
        &["A: 1|no header\r\nx"],
    );
    check("--B\r\n x\r\n--B--", &["| x"]);
}

#[test]
fn what_looks_like_a_delimiter_is_none() {
    let inside = "x --B\r\n--Bx\r\n--B-\r\n--B--x\r\n --B--\r\n-B--";
    check(
        &format!("--B\r\n\r\n{inside}\r\n--B--"),
        &[&format!("|{inside}")],
    );
}

#[test]
fn what_is_no_multipart_body_has_no_parts() {
    for body in [
        "",
        "--B",
        "--B\r\n\r\nx\r\n",
        "--b--",
        "x--B--",
        "--B\r\n\r\nx--B--",
    ] {
        assert_eq!(parse(body.as_bytes(), "B"), None, "{body}");
    }
}

#[test]
fn a_part_says_its_type_and_name() {
    let check = |head: &str, content_type: Option<&str>, name: Option<&str>| {
        let body = format!("--B\r\n{head}\r\n\r\nx\r\n--B--\r\n");
        let parts = parse(body.as_bytes(), "B").unwrap();
        let part = parts.first().unwrap();
        assert_eq!(
            (part.content_type(), part.name().as_deref()),
            (content_type, name),
            "{head}"
        );
    };
    let disposition = "content-disposition: form-data";
    check("X: 1", None, None);
    check(
        "CONTENT-TYPE:  text/plain; a=b \r\nContent-Type: b",
        Some("text/plain; a=b"),
        None,
    );
    check("Content-Type:", None, None);
    check(
        "Content-Type: multipart/x;\r\n boundary=b",
        Some("multipart/x;\r\n boundary=b"),
        None,
    );
    check(
        &format!(r#"{disposition}; filename="name=x"; name="a;\"b""#),
        None,
        Some("a;\"b"),
    );
    check(
        &format!("{disposition}; NAME=a; filename=\"b\""),
        None,
        Some("a"),
    );
    check(
        &format!("{disposition}; name*=utf-8''na%C3%AFve%27s"),
        None,
        Some("naïve's"),
    );
    check(disposition, None, None);
}

fn any_head() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let value = prop::collection::vec(any::<u8>(), 0..8);
    let line = ("[A-Za-z-]{1,4}:", value).prop_map(|(name, value)| {
        let value = value.into_iter().filter(|&byte| byte != b'\n');
        name.into_bytes().into_iter().chain(value).collect()
    });
    let folded = "[A-Z]: x(\r?\n[ \t][a-z: ]{0,3}){1,2}".prop_map(String::into_bytes);
    prop::collection::vec(prop_oneof![3 => line, 1 => folded], 0..4)
}

fn any_body() -> impl Strategy<Value = Vec<u8>> {
    let near = "(-|--|B|\r|\n|\r\n|x|A: 1){0,8}".prop_map(String::into_bytes);
    prop_oneof![prop::collection::vec(any::<u8>(), 0..64), near]
}

proptest! {
    #[test]
    fn parts_that_are_put_together_are_read_again(
        parts in prop::collection::vec((any_head(), any_body()), 0..4),
        boundary in "Bx|[A-Za-z0-9'()+_,./:=?-]{1,20}",
    ) {
        let delimiter = format!("--{boundary}").into_bytes();
        let holds = |text: &[u8]| text.windows(delimiter.len()).any(|window| window == delimiter);
        prop_assume!(parts.iter().all(|(head, body)| !holds(body) && !head.iter().any(|line| holds(line))));
        let parts: Vec<Part<'_>> = (parts.iter())
            .map(|(head, body)| Part { head: head.iter().map(Vec::as_slice).collect(), body })
            .collect();
        let body = assemble(parts.iter().map(|part| (&part.head, part.body)), &boundary);
        prop_assert_eq!(parse(&body, &boundary), Some(parts));
    }

    #[test]
    fn any_bytes_are_read(body: Vec<u8>, boundary: String) {
        parse(&body, &boundary);
    }

    #[test]
    fn anything_like_a_multipart_body_is_read(body in "(--B|--B--|\r\n|\n|: |A: 1| |\t|--|x){0,24}") {
        for part in parse(body.as_bytes(), "B").unwrap_or_default() {
            part.name();
            part.content_type();
        }
    }

    #[test]
    fn any_content_type_is_read(text in "(multipart/x)?(;|=|\"|\\\\|boundary|name|é| |\r\n){0,12}") {
        let neutral = boundary(&text).map(|_| "boundary".to_owned());
        prop_assert_eq!(boundary(&without_boundary(&text)), neutral);
        Part { head: vec![format!("content-disposition:{text}").as_bytes()], body: b"" }.name();
    }
}
