use super::*;

fn check_json(rules: &DriftRules, recorded: &str, live: &str, expect: &[&str]) {
    check(
        rules,
        response(JSON, recorded),
        response(JSON, live),
        expect,
    );
}

#[test]
fn json_is_compared_by_path() {
    let rules = DriftRules::default();
    for (recorded, live, expect) in [
        (
            r#"{"a":1,"b":[1,2]}"#,
            "{ \"b\": [1, 2], \"a\": 1 }\n",
            &[][..],
        ),
        (r#"{"\u0061":"\u00e9"}"#, r#"{"a":"é"}"#, &[]),
        (
            r#"{"a":1,"b":[1,2],"c":{"x":1}}"#,
            r#"{"b":[1,"2"],"d":null,"a":2}"#,
            &[
                "body /a: 1 -> 2",
                "body /b/1: 2 -> \"2\"",
                "body /c: {\"x\":1} -> (absent)",
                "body /d: (absent) -> null",
            ],
        ),
        (
            "[1]",
            "[1,2,[3]]",
            &["body /1: (absent) -> 2", "body /2: (absent) -> [3]"],
        ),
        ("[[1,2]]", "[[1]]", &["body /0/1: 2 -> (absent)"]),
        ("[]", "{}", &["body: [] -> {}"]),
        ("1", "2", &["body: 1 -> 2"]),
        (
            r#"{"a~/b":{}}"#,
            r#"{"a~/b":[]}"#,
            &["body /a~0~1b: {} -> []"],
        ),
        (r#"{"a":null}"#, "{}", &["body /a: null -> (absent)"]),
        ("[true]", "[false]", &["body /0: true -> false"]),
    ] {
        check_json(&rules, recorded, live, expect);
    }
}

#[test]
fn numbers_of_one_value_have_not_drifted() {
    let rules = DriftRules::default();
    check_json(&rules, "[1,1e2,0.5]", "[1.0,100,5e-1]", &[]);
    check_json(
        &rules,
        "[12345678901234567890123]",
        "[12345678901234567890124]",
        &["body /0: 12345678901234567890123 -> 12345678901234567890124"],
    );
    check_json(&rules, "[1]", "[\"1\"]", &["body /0: 1 -> \"1\""]);
}

#[test]
fn duplicate_keys_are_compared_one_by_one() {
    let rules = DriftRules::default();
    check_json(&rules, r#"{"a":1,"a":2}"#, r#"{"a":1,"a":2}"#, &[]);
    check_json(
        &rules,
        r#"{"a":1,"a":2,"a":{"b":1}}"#,
        r#"{"a":1,"a":3,"a":{"b":2}}"#,
        &["body /a (again): 2 -> 3", "body /a/b (again): 1 -> 2"],
    );
    check_json(
        &rules,
        r#"{"a":1,"a":1}"#,
        r#"{"a":1}"#,
        &["body /a (again): 1 -> (absent)"],
    );
}

#[test]
fn ignored_places_are_left_out_with_all_that_is_in_them() {
    let rules = rules(&[], &["/created", "/items/*/id", "/meta"], &[]);
    check_json(
        &rules,
        r#"{"created":1,"items":[{"id":1,"n":1}],"meta":{"a":[1]}}"#,
        r#"{"items":[{"id":"x","n":1}],"meta":0}"#,
        &[],
    );
    check_json(
        &rules,
        r#"{"items":[{"id":1,"n":1}],"id":1}"#,
        r#"{"items":[{"n":2}],"id":2}"#,
        &["body /id: 1 -> 2", "body /items/0/n: 1 -> 2"],
    );
}

#[test]
fn a_tolerance_holds_for_its_place_and_for_what_is_in_it() {
    let rules = rules(
        &[],
        &[],
        &["/price 0.5", "/usage 10%", "/usage/total 0", "/*/text type"],
    );
    let body = |price: &str, usage: &str, total: &str, text: &str| {
        format!(
            r#"{{"price":{price},"usage":{{"in":[{usage}],"total":{total}}},"a":{{"text":{text}}}}}"#
        )
    };
    let recorded = body("1.1", "100", "100", r#""x""#);
    let check = |live: &str, expect: &[&str]| check_json(&rules, &recorded, live, expect);
    check(&body("1.6", "90", "100.0", r#""y""#), &[]);
    check(&body("0.6", "110", "1e2", r#""[REDACTED]""#), &[]);
    check(
        &body("1.7", "111", "101", "null"),
        &[
            "body /a/text: \"x\" -> null",
            "body /price: 1.1 -> 1.7",
            "body /usage/in/0: 100 -> 111",
            "body /usage/total: 100 -> 101",
        ],
    );
    check(
        &body("\"1.1\"", "100", "100", r#""x""#),
        &["body /price: 1.1 -> \"1.1\""],
    );
}

#[test]
fn of_two_tolerances_for_one_place_the_last_counts() {
    let rules = rules(&[], &[], &["/* 5", "/a 1"]);
    check_json(&rules, r#"{"a":1,"b":1}"#, r#"{"a":2,"b":6}"#, &[]);
    check_json(&rules, r#"{"a":1}"#, r#"{"a":3}"#, &["body /a: 1 -> 3"]);
}

#[test]
fn a_type_is_all_that_counts_also_of_objects_and_arrays() {
    let rules = rules(&[], &[], &["/* type"]);
    for (recorded, live, is_same) in [
        ("{\"x\":1}", "{\"y\":[]}", true),
        ("[1]", "[]", true),
        ("1", "-2.5", true),
        ("true", "false", true),
        ("\"a\"", "\"\"", true),
        ("null", "null", true),
        ("null", "\"a\"", false),
        ("1", "\"1\"", false),
        ("{}", "[]", false),
        ("1", "true", false),
        ("\"[REDACTED]\"", "1", true),
        ("1", "\"[BLOCKED]\"", true),
        ("\"[REDACTED]\"", "[]", false),
    ] {
        let [left, right] = [recorded, live].map(|value| format!("[{value}]"));
        let difference = format!("body /0: {recorded} -> {live}");
        let expect = if is_same { vec![] } else { vec![&*difference] };
        check_json(&rules, &left, &right, &expect);
    }
    check_json(&rules, "[1]", "[]", &["body /0: 1 -> (absent)"]);
}

#[test]
fn a_placeholder_stands_for_any_value_in_its_place() {
    let rules = DriftRules::default();
    for (recorded, live) in [
        (r#"{"token":"[REDACTED]"}"#, r#"{"token":"abc"}"#),
        (r#"{"token":"abc"}"#, r#"{"token":"[REDACTED]"}"#),
        (r#"{"id":"[BLOCKED]"}"#, r#"{"id":42}"#),
        (r#"["key [REDACTED]."]"#, r#"["key a\"\\b."]"#),
        ("[REDACTED]", "{}"),
    ] {
        check_json(&rules, recorded, live, &[]);
    }
    check_json(
        &rules,
        r#"{"a":"[REDACTED]"}"#,
        r#"{"a":{}}"#,
        &["body /a: \"[REDACTED]\" -> {}"],
    );
    let text = |body: &str| response("text/plain", body);
    check(&rules, text("key [REDACTED]!\n2"), text("key k!\n2"), &[]);
    check(
        &rules,
        text("key [REDACTED]!\n2"),
        text("key k!\n3"),
        &["body line 2: 2 -> 3"],
    );
}

#[test]
fn json_is_json_whatever_its_type_says() {
    let rules = DriftRules::default();
    let plain = |body: &str| response("text/plain", body);
    check(
        &rules,
        plain("{\"a\":1,\"b\":2}"),
        response(JSON, "{\"b\":2,\"a\":1}"),
        &[],
    );
    check(&rules, plain("1"), plain("1.0"), &["body line 1: 1 -> 1.0"]);
}

#[test]
fn other_bodies_are_compared_by_line_field_or_length() {
    let rules = DriftRules::default();
    let text = |body: &str| response("text/html", body);
    check(
        &rules,
        text("a\nb\nc"),
        text("a\nx\ny"),
        &["body line 2: b -> x"],
    );
    check(&rules, text(""), text("a"), &["body: (absent) -> a"]);
    let form = |body: &str| response("application/x-www-form-urlencoded", body);
    check(
        &rules,
        form("a=1&b=2"),
        form("b=3&a=1"),
        &["body field b: 2 -> 3"],
    );
    check(
        &rules,
        form("a=1&b=2"),
        text("b=2&a=1"),
        &["body line 1: a=1&b=2 -> b=2&a=1"],
    );
    check(
        &rules,
        response("image/png", [1, 0xff, 2]),
        response("image/png", [1, 0xff, 3, 4]),
        &["body from byte 2: 3 bytes -> 4 bytes"],
    );
}

#[test]
fn a_body_that_was_not_read_to_its_end_is_compared_as_far_as_it_goes() {
    let rules = DriftRules::default();
    let text = |body: &str| response("text/plain", body);
    let part = |body: &str| ended(text(body), End::Stopped);
    check(&rules, part("ab\nc"), text("ab\ncd\ne"), &[]);
    check(
        &rules,
        part("key [REDACTED]\nc"),
        text("key 12345\ncd"),
        &[],
    );
    check(&rules, part(""), text("abc"), &[]);
    check(
        &rules,
        part("ab\nc"),
        text("ax\ncd"),
        &["body line 1: ab -> ax"],
    );
    check(
        &rules,
        part("ab\nc"),
        text("ab"),
        &["body line 2: c -> (absent)"],
    );
    check(&rules, part("{\"a\":1"), text("{\"a\":1}"), &[]);
    // The live body is left, too, once there is as much of it.
    check(&rules, text("abc"), part("abc"), &[]);
    check(&rules, part("abc"), part("abcd"), &[]);
    check(
        &rules,
        text("abc"),
        part("ab"),
        &["body end: whole -> not read beyond 2 bytes"],
    );
    check(
        &rules,
        text("abc"),
        part("abx"),
        &["body line 1: abc -> abx"],
    );
}

#[test]
fn how_a_body_ended_is_a_place() {
    let rules = DriftRules::default();
    let text = |body: &str, end| ended(response("text/plain", body), end);
    let check = |recorded, live, expect: &[&str]| check(&rules, recorded, live, expect);
    let reset = || broken(ErrorKind::Reset);
    check(
        text("ab", reset()),
        text("abcd", End::Whole),
        &["body end: broke off, reset: the end -> whole"],
    );
    check(
        text("ab", End::Whole),
        text("a", broken(ErrorKind::Closed)),
        &["body end: whole -> broke off, closed: the end"],
    );
    // Where it breaks off is chance.
    check(text("abc", reset()), text("ab", reset()), &[]);
    check(text("ab", reset()), text("abcd", reset()), &[]);
    check(
        text("ab", reset()),
        text("ab", broken(ErrorKind::Timeout)),
        &["body end: broke off, reset: the end -> broke off, timeout: the end"],
    );
    // It broke off behind what the test had read.
    check(text("ab", End::Stopped), text("abc", reset()), &[]);
    check(
        text("abc", End::Waiting),
        text("ab", reset()),
        &["body end: not read beyond 3 bytes -> broke off, reset: the end"],
    );
}

#[test]
#[cfg(feature = "compression")]
fn a_compressed_body_that_broke_off_is_compared_decoded() {
    use std::io::Write;

    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
    gzip.write_all(&b"line\n".repeat(100)).unwrap();
    let bytes = gzip.finish().unwrap();
    let cut = |at: usize| {
        let part = ended(response("text/plain", &bytes[..at]), End::Stopped);
        with(part, "content-encoding", "gzip")
    };
    let whole = |text: &str| response("text/plain", text.repeat(100));
    let rules = DriftRules::default();
    check(&rules, cut(300), whole("line\n"), &[]);
    check(
        &rules,
        cut(300),
        whole("lime\n"),
        &["body line 1: line -> lime"],
    );
}
