use super::*;
use crate::node::Paths;

fn check(recorded: &[u8], actual: &[u8], expect: &[&str]) {
    let content = |bytes| Content::new(bytes, "");
    let differences = bodies(content(recorded), content(actual), &Paths::default());
    assert_eq!(shown(&differences), expect);
}

fn shown(differences: &[Difference]) -> Vec<String> {
    let line = |d: &Difference| format!("{}: {} -> {}", d.place, d.recorded, d.actual);
    differences.iter().map(line).collect()
}

#[test]
fn json_is_compared_by_path() {
    check(
        br#"{"a":1,"b":[1,2],"c":{}}"#,
        br#"{"b":[1,"x"],"a":1,"d":null}"#,
        &[
            "body /b/1: 2 -> \"x\"",
            "body /c: {} -> (absent)",
            "body /d: (absent) -> null",
        ],
    );
    check(b"[]", b"{}", &["body /: [] -> {}"]);
}

#[test]
fn text_is_compared_by_line_and_binary_by_length() {
    check(b"a\nb\nc", b"a\nx\nc", &["body line 2: b -> x"]);
    check(b"a", b"a\n", &["body line 2: (absent) -> "]);
    check(b"", b"a\nb", &["body: (absent) -> a\\nb"]);
    check(
        &[1, 0xff, 2],
        &[1, 0xff],
        &["body from byte 2: 3 bytes -> 2 bytes"],
    );
}

/// The bodies of two multipart requests, `B` for their boundaries.
fn check_parts(recorded: &[u8], actual: &[u8], expect: &[&str]) {
    let body = |bytes: &[u8], boundary: &str| {
        let body = bytes.split(|&byte| byte == b'B').collect::<Vec<_>>();
        body.join(boundary.as_bytes())
    };
    let (recorded, actual) = (body(recorded, "one"), body(actual, "other"));
    let differences = bodies(
        Content::new(&recorded, "multipart/form-data; boundary=one"),
        Content::new(&actual, "multipart/form-data; boundary=other"),
        &Paths::default(),
    );
    assert_eq!(shown(&differences), expect);
}

#[test]
fn multipart_is_compared_part_by_part() {
    let head = b"--B\r\nContent-Disposition: form-data; name=";
    let part = |rest: &[u8]| [head, rest, b"\r\n"].concat();
    let recorded = [
        part(b"file\r\n\r\na\nb\nc"),
        part(b"meta\r\nContent-Type: application/json\r\n\r\n{\"name\": \"ada\"}"),
        part(b"\"two\r\n lines\"\r\n\r\nx"),
        part(b"photo\r\nContent-Type: image/png\r\n\r\n\xff\x00"),
        b"--B--\r\n".to_vec(),
    ];
    let actual = [
        part(b"file\r\n\r\na\nb\nx"),
        part(b"meta\r\nContent-Type: application/json\r\n\r\n{\"name\": \"grace\"}"),
        part(b"two\r\n\r\nx"),
        part(b"photo\r\nContent-Type: image/gif\r\n\r\n\xff"),
        b"--B--\r\n".to_vec(),
    ];
    check_parts(
        &recorded.concat(),
        &actual.concat(),
        &[
            "part \"file\" body line 3: c -> x",
            "part \"meta\" body /name: \"ada\" -> \"grace\"",
            "part 3 header content-disposition: form-data; name=\"two lines\" -> form-data; name=two",
            "part \"photo\" header content-type: image/png -> image/gif",
            "part \"photo\" body from byte 1: 2 bytes -> 1 bytes",
        ],
    );
}

#[test]
fn parts_are_more_or_less() {
    let named = |name: &str, body: &str| {
        format!("--B\r\nContent-Disposition: form-data; name={name}\r\n\r\n{body}\r\n")
    };
    let (one, two) = (named("x", "a\nb"), named("y", ""));
    let check = |recorded: &[&str], actual: &[&str], expect: &[&str]| {
        let body = |parts: &[&str]| [parts.concat().as_bytes(), b"--B--"].concat();
        check_parts(&body(recorded), &body(actual), expect);
    };
    check(&[], &[&one], &["part \"x\": (absent) -> a\\nb"]);
    check(&[&one, &two], &[&one], &["part \"y\": 0 bytes -> (absent)"]);
    // A name that two parts have tells neither.
    check(&[&one], &[&one, &one], &["part 2: (absent) -> a\\nb"]);
    check(&["--B\r\n\r\nx\r\n"], &[], &["part 1: x -> (absent)"]);
}

#[test]
fn long_values_are_cut_to_where_they_differ() {
    let long = "é".repeat(100);
    let difference = Difference::new("", Some(&format!("{long}1")), Some(&format!("{long}2")));
    assert_eq!(difference.recorded, format!("…{}1", "é".repeat(CONTEXT)));
    assert_eq!(difference.actual, format!("…{}2", "é".repeat(CONTEXT)));
}

#[test]
fn long_values_are_cut_between_characters() {
    assert_eq!(
        cut(&"é".repeat(100)),
        format!("{}… (200 bytes)", "é".repeat(SHOWN))
    );
    assert_eq!(cut("a \"b\" 'c'\n"), "a \"b\" 'c'\\n");
}
