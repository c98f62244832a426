//! What is said about arguments.

use insta::assert_snapshot;

use super::{expand, messages};

fn check(arguments: &str) -> String {
    messages(&expand(arguments, "async fn f(age: u8, kind: &str) {}"))
}

#[test]
fn right_arguments_say_nothing() {
    assert_eq!(
        check(r#""a/b-{age}.{kind}", mode = "live", max_age = "2w","#),
        ""
    );
    assert_eq!(check(r#"on_expiry = "fail", ignore_json = ["/a"]"#), "");
    assert_eq!(
        check(r#"stream = true, latency = "0ms", body_limit = 1_000"#),
        ""
    );
    assert_eq!(check("config = module::settings::<{ 1 }, u8>"), "");
}

#[test]
fn unknown_argument() {
    assert_snapshot!(check("match_boddy = false"), @"unknown argument `match_boddy`: did you mean `match_body`?");
    assert_snapshot!(check("zebra"), @"unknown argument `zebra`: there are `name`, `dir`, `mode`, `track`, `tracks`, `on_change`, `max_age`, `on_expiry`, `match_body`, `match_query`, `match_headers`, `case_sensitive`, `ignore_headers`, `ignore_query`, `ignore_json`, `exclude_headers`, `redact`, `keep`, `order`, `repeat`, `unused`, `reject_status`, `extends`, `unrecorded`, `exclude_urls`, `volatile_headers`, `volatile_json`, `on_drift`, `verify_headers`, `verify_ignore`, `verify_tolerance`, `stream`, `latency`, `body_limit`, `compress`, `config`");
    assert_snapshot!(check("type = 1"), @"unknown argument `type`: there are `name`, `dir`, `mode`, `track`, `tracks`, `on_change`, `max_age`, `on_expiry`, `match_body`, `match_query`, `match_headers`, `case_sensitive`, `ignore_headers`, `ignore_query`, `ignore_json`, `exclude_headers`, `redact`, `keep`, `order`, `repeat`, `unused`, `reject_status`, `extends`, `unrecorded`, `exclude_urls`, `volatile_headers`, `volatile_json`, `on_drift`, `verify_headers`, `verify_ignore`, `verify_tolerance`, `stream`, `latency`, `body_limit`, `compress`, `config`");
}

#[test]
fn missing_value() {
    assert_snapshot!(check("match_body"), @"`match_body` needs a value, `match_body = …`: it takes `true` or `false`");
    assert_snapshot!(check("match_body(false)"), @"`match_body` needs a value, `match_body = …`: it takes `true` or `false`");
    assert_snapshot!(check("match_body: false"), @"`match_body` needs a value, `match_body = …`: it takes `true` or `false`");
    assert_snapshot!(check("mode = "), @r#"`mode` needs a value, `mode = …`: it takes one of "auto", "replay", "playback", "record", "update", "verify", "live""#);
    assert_snapshot!(check("config =, dir"), @r#"
    `config` needs a value, `config = …`: it takes the path of a `fn(Config) -> Config`
    `dir` needs a value, `dir = …`: it takes a string in quotes
    "#);
}

#[test]
fn wrong_type() {
    assert_snapshot!(check("match_body = \"no\""), @"`match_body` takes `true` or `false`");
    assert_snapshot!(check("mode = replay"), @r#"`mode` takes one of "auto", "replay", "playback", "record", "update", "verify", "live""#);
    assert_snapshot!(check("dir = 1"), @"`dir` takes a string in quotes");
    assert_snapshot!(check("name = b\"x\""), @"`name` takes a string in quotes");
    assert_snapshot!(check("max_age = 30"), @r#"`max_age` takes a duration such as "30d" or "1d 12h", in the units ms, s, m, h, d and w"#);
    assert_snapshot!(check("match_headers = \"accept\""), @r#"`match_headers` takes a list of strings such as ["accept", "x-version"]"#);
    assert_snapshot!(check("match_headers = [\"accept\", 1]"), @r#"`match_headers` takes a list of strings such as ["accept", "x-version"]"#);
    assert_snapshot!(check("ignore_json = \"/a\""), @r#"`ignore_json` takes a list of strings such as ["/created", "/messages/*/id"]"#);
    assert_snapshot!(check("ignore_query = true"), @r#"`ignore_query` takes a list of strings such as ["page", "limit"]"#);
    assert_snapshot!(check("stream = 1"), @"`stream` takes `true` or `false`");
    assert_snapshot!(check("latency = 200"), @r#"`latency` takes "recorded", a factor such as "x0.5", or a duration such as "200ms", in the units ms, s, m, h, d and w"#);
    assert_snapshot!(check("latency = recorded"), @r#"`latency` takes "recorded", a factor such as "x0.5", or a duration such as "200ms", in the units ms, s, m, h, d and w"#);
    assert_snapshot!(check("config = |config| config"), @"`config` takes the path of a `fn(Config) -> Config`");
}

#[test]
fn unknown_value() {
    assert_snapshot!(check("mode = \"once\""), @r#"unknown value "once": `mode` takes one of "auto", "replay", "playback", "record", "update", "verify", "live""#);
    assert_snapshot!(check("track = \"\""), @r#"unknown value "": `track` takes one of "body", "signature", "off""#);
    assert_snapshot!(check("on_change = \"Record\""), @r#"unknown value "Record": `on_change` takes one of "record", "recheck", "warn", "fail""#);
}

#[test]
fn wrong_duration() {
    assert_snapshot!(check("max_age = \"0d\""), @r#""0d" is no time at all: `max_age` takes a duration such as "30d" or "1d 12h", in the units ms, s, m, h, d and w"#);
    assert_snapshot!(check("max_age = \"a month\""), @r#"expected a number at "a month": `max_age` takes a duration such as "30d" or "1d 12h", in the units ms, s, m, h, d and w"#);
    assert_snapshot!(check("max_age = \"3 months\""), @r#"unknown unit `months`: `max_age` takes a duration such as "30d" or "1d 12h", in the units ms, s, m, h, d and w"#);
}

#[test]
fn wrong_latency() {
    assert_snapshot!(check("latency = \"fast\""), @r#"expected a number at "fast": `latency` takes "recorded", a factor such as "x0.5", or a duration such as "200ms", in the units ms, s, m, h, d and w"#);
    assert_snapshot!(check("latency = \"x-1\""), @r#"a factor is a number from 0 to 1000: `latency` takes "recorded", a factor such as "x0.5", or a duration such as "200ms", in the units ms, s, m, h, d and w"#);
    assert_snapshot!(check("latency = \"200\""), @r#"a number without a unit: `latency` takes "recorded", a factor such as "x0.5", or a duration such as "200ms", in the units ms, s, m, h, d and w"#);
    assert_snapshot!(check("latency = \"5us\""), @r#"unknown unit `us`: `latency` takes "recorded", a factor such as "x0.5", or a duration such as "200ms", in the units ms, s, m, h, d and w"#);
}

#[test]
fn wrong_number() {
    let said = "`body_limit` takes a number of bytes such as 262144";
    for value in [
        "-1",
        "1.5",
        "1e6",
        "262144u64",
        "256KiB",
        "\"262144\"",
        "true",
        "256 * 1024",
        "18446744073709551616",
    ] {
        assert_eq!(check(&format!("body_limit = {value}")), said, "{value}");
    }
    assert_eq!(check("body_limit = 18446744073709551615"), "");
}

#[test]
fn wrong_entry() {
    assert_snapshot!(check("match_headers = [\"x version\", \"\"]"), @r#"
    "x version" cannot be the name of a header: use letters, digits and !#$%&'*+-.^_`|~
    "" cannot be the name of a header: use letters, digits and !#$%&'*+-.^_`|~
    "#);
    assert_snapshot!(check("ignore_query = [\"\"]"), @"the name of a parameter is empty: write one, or take it out");
    assert_snapshot!(check("ignore_json = [\"created\"]"), @r#"a JSON pointer starts with `/`: write "/created""#);
    assert_snapshot!(check("dir = \"\""), @"`dir` is empty: leave it out, or write what it is");
}

#[test]
fn right_selectors_say_nothing() {
    let every = r#""pin", "x-api.key", "header:x-session", "query:sid", "form:pin", "json:email", "json:/users/*/email", "xml:ns:Pin", "text:: [0-9]+ ", "env:API_KEY""#;
    assert_eq!(check(&format!("redact = [{every}]")), "");
    assert_eq!(check(&format!("keep = [{every}, \"shape:jwt\"]")), "");
    assert_eq!(check("redact = [], keep = []"), "");
}

#[test]
fn wrong_selector() {
    assert_snapshot!(check("redact = \"pin\", keep = 1"), @r#"
    `redact` takes a list of strings such as ["pin", "header:x-session", "json:/users/*/email"]
    `keep` takes a list of strings such as ["password_hint", "query:signature"]
    "#);
    assert_snapshot!(check("redact = [\"body:pin\"], keep = [\"Header:pin\"]"), @"
    unknown kind `body:`: there are `header:`, `query:`, `form:`, `json:`, `xml:`, `text:`, `env:`, and names without one
    unknown kind `Header:`: there are `header:`, `query:`, `form:`, `json:`, `xml:`, `text:`, `env:`, `shape:`, and names without one
    ");
    assert_snapshot!(check("redact = [\"shape:jwt\"]"), @"`shape:` is for `keep` alone: what has a known shape is refused anyway");
    assert_snapshot!(check("redact = [\"\", \"query:\", \"text: \"], keep = [\"shape:\"]"), @"
    a name is empty: write one, or take it out
    nothing stands behind `query:`: write what is meant, or take it out
    nothing stands behind `text:`: write what is meant, or take it out
    nothing stands behind `shape:`: write what is meant, or take it out
    ");
    assert_snapshot!(check("redact = [\"header:x session\", \"header: x\"]"), @r#"
    "x session" cannot be the name of a header: use letters, digits and !#$%&'*+-.^_`|~
    " x" cannot be the name of a header: use letters, digits and !#$%&'*+-.^_`|~
    "#);
    assert_snapshot!(check("redact = [\"/users/*/email\", \"json:users/email\"]"), @r#"
    a JSON pointer stands behind `json:`: write "json:/users/*/email"
    a JSON pointer starts with `/`: write "json:/users/email"
    "#);
    assert_snapshot!(check("redact = [\"query: sid\", \"pin \"], keep = [\"json: /a\"]"), @r#"
    "query: sid" has a space around its name: write "query:sid"
    "pin " has a space around its name: write "pin"
    "json: /a" has a space around its name: write "json:/a"
    "#);
    assert_snapshot!(check("redact = [\"env:A=b\"]"), @r#""A=b" cannot be the name of a variable: it has a `=`"#);
}

#[test]
fn written_twice() {
    assert_snapshot!(check("match_body = true, match_body = false"), @"`match_body` is written twice: keep one of them");
    assert_snapshot!(check("\"a\", name = \"b\""), @"the cassette has a name already: keep one of them");
    assert_snapshot!(check("name = \"a\", \"b\""), @"the cassette has a name already: keep one of them");
    assert_snapshot!(check("\"a\", \"b\""), @"the cassette has a name already: keep one of them");
}

#[test]
fn wrong_name() {
    assert_snapshot!(check("\"\""), @"the name is empty: leave it out, and the test's own name is used");
    assert_snapshot!(check("\"../a\""), @"a name has no `..`: move the folder with `dir`");
    assert_snapshot!(check("\"/a\""), @"a name is relative: leave out the first `/`, and move the folder with `dir`");
    assert_snapshot!(check("\"a//b\""), @"a part of the name is empty: write each folder once");
    assert_snapshot!(check(r#""a\\b""#), @"a name has no backslashes: separate folders with `/`");
    assert_snapshot!(check("\"what?\""), @"'?' cannot stand in a file name on every system: use another character");
    assert_snapshot!(check("\"C:/a\""), @"':' cannot stand in a file name on every system: use another character");
    assert_snapshot!(check(r#""a\nb""#), @r#"'\n' cannot stand in a file name on every system: use another character"#);
}

#[test]
fn wrong_placeholder() {
    assert_snapshot!(check("\"{agee}\""), @"`{agee}` names no argument of the function: it has `age`, `kind`");
    assert_snapshot!(check("\"{}\""), @"a placeholder names an argument of the function: `{age}`, not `{}`");
    assert_snapshot!(check("\"{age\""), @"a brace without its other half: a placeholder is `{age}`, a plain brace `{{` or `}}`");
    assert_snapshot!(check("\"age}\""), @"a brace without its other half: a placeholder is `{age}`, a plain brace `{{` or `}}`");
    assert_snapshot!(messages(&expand("\"{age}\"", "async fn f() {}")), @"`{age}` names no argument: the function has none");
}

#[test]
fn contradictions() {
    assert_snapshot!(check("match_headers = [\"Accept\"], ignore_headers = [\"date\", \"accept\"]"), @r#""accept" is in `match_headers` and in `ignore_headers`: keep one of them"#);
    assert_snapshot!(check("exclude_headers = [\"accept\"], match_headers = [\"accept\"]"), @r#""accept" is in `match_headers` and in `exclude_headers`: keep one of them"#);
    assert_snapshot!(check("redact = [\"json:/a\", \"pin\"], keep = [\"Pin\"]"), @r#""Pin" is in `redact` and in `keep`: keep one of them"#);
    assert_snapshot!(check("ignore_query = [\"page\"], match_query = false"), @"`ignore_query` has no effect with `match_query = false`: keep one of them");
    assert_snapshot!(check("match_body = false, ignore_json = [\"/a\"]"), @"`ignore_json` has no effect with `match_body = false`: keep one of them");
}

#[test]
fn not_an_argument() {
    assert_snapshot!(check("5"), @"expected a name in quotes or `argument = value`");
    assert_snapshot!(check("= 5, ::a"), @r#"
    expected a name in quotes or `argument = value`
    expected a name in quotes or `argument = value`
    "#);
    assert_snapshot!(check("\"a\" \"b\""), @"expected `,`");
    assert_snapshot!(check("match_body = false match_query = true"), @"expected `,`");
}

#[test]
fn all_errors_at_once() {
    assert_snapshot!(check("mode = \"once\", , matchbody = true, \"a?\", dir = 3"), @r#"
    expected a name in quotes or `argument = value`
    unknown value "once": `mode` takes one of "auto", "replay", "playback", "record", "update", "verify", "live"
    unknown argument `matchbody`: did you mean `match_body`?
    '?' cannot stand in a file name on every system: use another character
    `dir` takes a string in quotes
    "#);
}
