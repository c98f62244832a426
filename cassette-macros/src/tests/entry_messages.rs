//! What is said about the entries of lists.

use insta::assert_snapshot;

use super::{expand, messages};

fn check(arguments: &str) -> String {
    messages(&expand(arguments, "async fn f(age: u8) {}"))
}

#[test]
fn right_entries_say_nothing() {
    for list in [
        r#"reject_status = [100, 999, 0x1ad, "1xx", "5xx"]"#,
        r#"extends = ["login", "shared/login", "{{a}}"]"#,
        r#"unrecorded = ["*", "!POST api.example.com:8443/v1/**", "* *.example.com", "localhost:*", "[ab].example.com/a", "[::1]:3000/b", "[::1]"]"#,
        r#"unrecorded = ["X-MINE api.example.com/", "127.0.0.1:80[0-9]0/**/last"]"#,
        r#"exclude_urls = ["/metrics", "regex:[?&]token=", "Regex:(", "."]"#,
        r#"verify_tolerance = ["/price 0.5", "/usage/* 10%", "/a b 0", "/ 1e-6", "/choices/*/text type"]"#,
        r#"verify_ignore = ["/created", "/"], volatile_json = ["/id"], ignore_json = ["/a~1b"]"#,
        r#"verify_headers = ["content-type"], volatile_headers = ["X-Trace"]"#,
        r#"redact = ["text:[0-9]{16}"], keep = ["text:(?i)sandbox"]"#,
        "reject_status = [], extends = [], unrecorded = [], exclude_urls = [], verify_tolerance = []",
    ] {
        assert_eq!(check(list), "", "{list}");
    }
}

#[test]
fn wrong_type() {
    assert_snapshot!(check("reject_status = 429"), @r#"`reject_status` takes a list of statuses such as [401, 429, "5xx"]"#);
    assert_snapshot!(check("reject_status = [true, -429]"), @r#"
    `reject_status` takes a list of statuses such as [401, 429, "5xx"]
    `reject_status` takes a list of statuses such as [401, 429, "5xx"]
    "#);
    assert_snapshot!(check("extends = \"login\""), @r#"`extends` takes a list of strings such as ["login"]"#);
    assert_snapshot!(check("unrecorded = [GET]"), @r#"`unrecorded` takes a list of strings such as ["GET api.example.com/health/*", "localhost:*"]"#);
    assert_snapshot!(check("exclude_urls = [1]"), @r#"`exclude_urls` takes a list of strings such as ["/metrics", "regex:[?&]token="]"#);
    assert_snapshot!(check("verify_tolerance = [0.5]"), @r#"`verify_tolerance` takes a list of strings such as ["/price 0.5", "/usage/* 10%", "/choices/*/text type"]"#);
    assert_snapshot!(check("verify_ignore = \"/a\", volatile_json = true"), @r#"
    `verify_ignore` takes a list of strings such as ["/created", "/messages/*/id"]
    `volatile_json` takes a list of strings such as ["/created", "/messages/*/id"]
    "#);
    assert_snapshot!(check("compress = \"yes\", case_sensitive = 1"), @"
    `compress` takes `true` or `false`
    `case_sensitive` takes `true` or `false`
    ");
}

#[test]
fn wrong_status() {
    assert_snapshot!(check("reject_status = [42, 1000, 70000, 429u16]"), @"
    `42` is no status: write three digits such as 429
    `1000` is no status: write three digits such as 429
    `70000` is no status: write three digits such as 429
    `429u16` is no status: write three digits such as 429
    ");
    assert_snapshot!(check("reject_status = [\"429\", \"6xx\", \"5XX\", \"\"]"), @r#"
    a status has no quotes: write 429
    "6xx" is no class of statuses: there are "1xx" to "5xx", and numbers such as 429
    "5XX" is no class of statuses: there are "1xx" to "5xx", and numbers such as 429
    "" is no class of statuses: there are "1xx" to "5xx", and numbers such as 429
    "#);
}

#[test]
fn wrong_cassette() {
    assert_snapshot!(check("extends = [\"\", \"../login\", \"login-{age}\", \"a:b\", \"{\"]"), @"
    the name of a cassette is empty: write one, or take it out
    a name has no `..`: move the folder with `dir`
    a placeholder names nothing here: write the whole name of the other cassette
    ':' cannot stand in a file name on every system: use another character
    a brace without its other half: a placeholder is `{age}`, a plain brace `{{` or `}}`
    ");
    assert_snapshot!(check("\"login\", extends = [\"other\", \"login\"]"), @"a cassette cannot extend itself: take it out, or name another one");
    assert_eq!(check("\"login-{age}\", extends = [\"login\"]"), "");
}

#[test]
fn wrong_route() {
    assert_snapshot!(check("unrecorded = [\"\", \"!\", \"GET \", \"/health\", \":80\", \"GET /health\"]"), @r#"
    "" has no host: write one, or `*` for any
    "!" has no host: write one, or `*` for any
    "GET " has no host: write one, or `*` for any
    "/health" has no host: write one, or `*` for any
    ":80" has no host: write one, or `*` for any
    "GET /health" has no host: write one, or `*` for any
    "#);
    assert_snapshot!(check("unrecorded = [\"get api.example.com\", \"! api.example.com\", \"G(T a\"]"), @r#"
    a method is in upper case: write `GET api.example.com`
    " api.example.com" has a space too many: one stands behind the method, and no other
    "G(T" is no method: write one such as `GET`, or `*` for any
    "#);
    assert_snapshot!(check("unrecorded = [\"https://api.example.com/\", \"api.example.com:/a\", \"GET  api.example.com\", \"GET a /b\"]"), @r#"
    "https://api.example.com/" has a scheme: write the host alone, as in `GET api.example.com/health/*`
    "api.example.com:/a" has no port behind the `:`: write one, or take the `:` out
    "GET  api.example.com" has a space too many: one stands behind the method, and no other
    "GET a /b" has a space too many: one stands behind the method, and no other
    "#);
    assert_snapshot!(check("unrecorded = [\"[a.example.com\", \"a.example.com:8[0\", \"a.example.com/v1/a**\", \"**.example.com\"]"), @r#"
    "[a.example.com" is no pattern: invalid range pattern
    "8[0" is no pattern: invalid range pattern
    "/v1/a**" is no pattern: recursive wildcards must form a single path component
    "**.example.com" is no pattern: recursive wildcards must form a single path component
    "#);
    assert_snapshot!(check("unrecorded = [\"a.example.com/search?q=*\", \"a.example.com:http\"]"), @r#"
    "a.example.com/search?q=*" has a query, which does not count here: write it in `exclude_urls`
    "a.example.com:http" has a port that is no number: write one, or `*` for any
    "#);
}

#[test]
fn wrong_url() {
    assert_snapshot!(check("exclude_urls = [\"\", \"regex:\", \"regex:(\"]"), @r#"
    an empty text is in every URL: write what is meant, or take it out
    nothing stands behind `regex:`: write what is meant, or take it out
    "(" is no regular expression: found open group without closing ')'
    "#);
}

#[test]
fn wrong_regular_expression_of_a_secret() {
    assert_snapshot!(check("redact = [\"text:[0-9\"], keep = [\"text:(?=a)\"]"), @r#"
    "[0-9" is no regular expression: found unclosed character class
    "(?=a)" is no regular expression: look-around is not supported
    "#);
}

#[test]
fn wrong_tolerance() {
    assert_snapshot!(check("verify_tolerance = [\"/price\", \"\", \"price 0.5\", \" 0.5\", \"/price  0.5\"]"), @r#"
    "/price" does not say how much: write a number, a percentage or `type` behind the pointer, as in `/price 0.5`, `/price 10%`, `/price type`
    "" does not say how much: write a number, a percentage or `type` behind the pointer, as in `/price 0.5`, `/price 10%`, `/price type`
    a JSON pointer starts with `/`: write "/price"
    " 0.5" has no pointer before the one space: write it as in `/price 0.5`
    "/price  0.5" has no pointer before the one space: write it as in `/price 0.5`
    "#);
    assert_snapshot!(check("verify_tolerance = [\"/a -1\", \"/a .5\", \"/a 1e999\", \"/a ten\", \"/a Type\", \"/a %\", \"/a NaN\", \"/a \"]"), @r#"
    "-1" is no tolerance: write a number such as `0.5`, a percentage such as `10%`, or `type`
    ".5" is no tolerance: write a number such as `0.5`, a percentage such as `10%`, or `type`
    "1e999" is no tolerance: write a number such as `0.5`, a percentage such as `10%`, or `type`
    "ten" is no tolerance: write a number such as `0.5`, a percentage such as `10%`, or `type`
    "Type" is no tolerance: write a number such as `0.5`, a percentage such as `10%`, or `type`
    "%" is no tolerance: write a number such as `0.5`, a percentage such as `10%`, or `type`
    "NaN" is no tolerance: write a number such as `0.5`, a percentage such as `10%`, or `type`
    "" is no tolerance: write a number such as `0.5`, a percentage such as `10%`, or `type`
    "#);
}

#[test]
fn wrong_pointer() {
    assert_snapshot!(check("ignore_json = [\"\"], verify_ignore = [\"\", \"a\"], volatile_json = [\"\", \"b\"]"), @r#"
    an empty pointer is the whole body: write `match_body = false`
    an empty pointer is the whole body: write a place in it, or take it out
    a JSON pointer starts with `/`: write "/a"
    an empty pointer is the whole body: write a place in it, or take it out
    a JSON pointer starts with `/`: write "/b"
    "#);
}

#[test]
fn unknown_value() {
    assert_snapshot!(check("on_drift = \"record\", on_change = \"check\""), @r#"
    unknown value "record": `on_drift` takes one of "fail", "warn"
    unknown value "check": `on_change` takes one of "record", "recheck", "warn", "fail"
    "#);
}

#[test]
fn contradictions() {
    assert_snapshot!(check("verify_headers = [\"ETag\"], exclude_headers = [\"etag\"]"), @r#""etag" is in `verify_headers` and in `exclude_headers`: keep one of them"#);
    assert_snapshot!(check("exclude_headers = [\"etag\"], volatile_headers = [\"ETag\"]"), @r#""etag" is in `volatile_headers` and in `exclude_headers`: keep one of them"#);
    assert_snapshot!(check("verify_ignore = [\"/a\", \"/B\"], verify_tolerance = [\"/a 1\", \"/b 1\"]"), @r#""/a" is in `verify_ignore` and in `verify_tolerance`: keep one of them"#);
    assert_snapshot!(check("track = \"off\", on_change = \"recheck\""), @r#"`on_change` has no effect with `track = "off"`: keep one of them, or name in `tracks` what can change"#);
    assert_eq!(check("case_sensitive = false, on_expiry = \"fail\""), "");
}
