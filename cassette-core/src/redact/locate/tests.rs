use super::*;

/// Expects that `$` stands in a place that is shown and selected like this.
fn check(piece: Piece<'_>, text: &str, shown: &str, selector: Option<&str>) {
    let place = piece.place(text.as_bytes(), text.find('$').unwrap());
    assert_eq!(
        (place.shown.as_str(), place.selector.as_deref()),
        (shown, selector),
        "{text}"
    );
}

#[test]
fn parameters_have_their_name() {
    let url = |text, shown, selector| check(Piece::Url, text, shown, selector);
    url("http://e.com/?a=1&b=x$", "query b", Some("query:b"));
    url("http://e.com/?$=1", "url", None);
    url("http://e.com/$?a=1", "url", None);
    url("http://e.com/#a=$", "query a", Some("query:a"));
    url(
        "/?user%5Bpin%5D=$",
        "query user[pin]",
        Some("query:user[pin]"),
    );
    url("/?a=1&$", "url", None);
    url("http://$@e.com/", "url", None);
}

#[test]
fn fields_have_their_name() {
    let form = |text, shown, selector| check(Piece::Body { is_form: true }, text, shown, selector);
    form("a=1&b=$&c=2", "form field b", Some("form:b"));
    form("b=$", "form field b", Some("form:b"));
    form("a+b=$", "form field a b", Some("form:a b"));
    form("$", "body", None);
}

#[test]
fn values_of_json_have_their_pointer_and_other_texts_their_line() {
    let body = |text, shown, selector| check(Piece::Body { is_form: false }, text, shown, selector);
    body(
        r#"{"a":["x",{"b":"$"}]}"#,
        "body /a/1/b",
        Some("json:/a/1/b"),
    );
    body("{\"a\":1}\n{\"b\":\"$\"}\n", "body /b", Some("json:/b"));
    body("one\ntwo\n$", "body line 3", None);
    body("$", "body line 1", None);
    let not_utf8 = Piece::Body { is_form: false }.place(b"\xff\n$", 2);
    assert_eq!(not_utf8.shown, "body line 2");
}

#[test]
fn headers_and_the_rest_have_their_own() {
    check(Piece::Header("x-a"), "$", "header x-a", Some("header:x-a"));
    check(
        Piece::Trailer("x-a"),
        "$",
        "trailer x-a",
        Some("header:x-a"),
    );
    check(Piece::Other("message"), "$", "message", None);
}

#[test]
fn a_place_is_kept_by_its_name_or_its_pointer() {
    let body = Piece::Body { is_form: false };
    let check = |piece: Piece<'_>, text: &str, keep: &str, expect: bool| {
        let rules = Rules::new(
            &[],
            &[keep.to_owned()],
            crate::redaction::Redactions::default(),
        );
        let place = piece.place(text.as_bytes(), text.find('$').unwrap());
        assert_eq!(place.is_kept(&rules.unwrap()), expect, "{keep}");
    };
    let (url, json) = ("/?a_b=$", r#"{"a":[{"c/d":"$"}]}"#);
    for (keep, expect) in [
        ("query:AB", true),
        ("ab", true),
        ("query:a", false),
        ("header:ab", false),
    ] {
        check(Piece::Url, url, keep, expect);
    }
    for (keep, expect) in [("header:x-a", true), ("X_A", true), ("query:x-a", false)] {
        check(Piece::Header("x-a"), "$", keep, expect);
        check(Piece::Trailer("x-a"), "$", keep, expect);
    }
    for (keep, expect) in [
        ("json:/a/*/c~1d", true),
        ("json:c", false),
        ("json:/a", true),
        ("json:/a/1", false),
        ("form:cd", false),
    ] {
        check(body, json, keep, expect);
    }
    for (keep, expect) in [
        ("form:user[pin]", true),
        ("form:pin", true),
        ("form:user", false),
    ] {
        check(
            Piece::Body { is_form: true },
            "user%5Bpin%5D=$",
            keep,
            expect,
        );
    }
}
