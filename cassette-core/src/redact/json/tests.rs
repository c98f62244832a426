use super::*;
use crate::redact::plain;
use crate::redact::tests::masked;

/// Each `$` is masked as a string, each `@` is another value that becomes one, and each `#` stays.
fn check(template: &str, find: impl Fn(&str) -> Vec<Spot>) {
    let live = template
        .replace(['$', '#'], "s3cret")
        .replace('@', "-1.5e3");
    let stored = template.replace('$', "[REDACTED]").replace('#', "s3cret");
    let stored = stored.replace('@', "\"[REDACTED]\"");
    assert_eq!(masked(&live, find(&live)), stored, "{template}");
}

fn check_strings(templates: &[&str]) {
    let rules = Rules::default();
    for template in templates {
        check(template, |live| plain::find(live.as_bytes(), &rules));
    }
}

fn check_pointed(pointers: &[&str], templates: &[&str]) {
    let pointers: Vec<String> = pointers.iter().map(|&pointer| pointer.to_owned()).collect();
    let paths = node::Paths::new(&pointers);
    for template in templates {
        check(template, |live| pointed(live, &paths));
    }
}

#[test]
fn strings_behind_a_key_are_masked_whatever_is_between() {
    check_strings(&[
        r##"{"password":"$","user":"#"}"##,
        "{\"password\"\n :\t \"$\"}",
        r#"{"pass\u0077ord":"$"}"#,
        r##"{"password":["$", "$"],"api_key":{"x":"#"}}"##,
        r##"["password","#"]"##,
        r#"{"password":null,"api_key":1}"#,
    ]);
}

#[test]
fn json_within_strings_is_looked_into_some_levels_deep() {
    let mut text = r##"{"password":"$","user":"#"}"##.to_owned();
    for _ in 0..3 {
        text = format!("{{\"arguments\":{}}}", json::quote(&text));
        check_strings(&[&text]);
    }
    let deeper = format!("{{\"arguments\":{}}}", json::quote(&text));
    check_strings(&[&deeper.replace('$', "#")]);
    check_strings(&[
        r##"{"a":"{\"password\":\"$\"} and {\"api_key\": \"$\"}","b":"#"}"##,
        r##"{"a":"he said \"password\" and \"#\""}"##,
        r#"{"a":"{\"password\":\"$"#,
    ]);
}

#[test]
fn a_secret_within_a_string_is_learned_as_it_is() {
    let value = "a\"b\\c/d\u{fc}";
    let inner = serde_json::json!({ "password": value }).to_string();
    let outer = serde_json::json!({ "arguments": inner }).to_string();
    for text in [inner, outer] {
        let spots = plain::find(text.as_bytes(), &Rules::default());
        let values: Vec<_> = spots.into_iter().map(|spot| spot.value).collect();
        assert_eq!(values, [value.as_bytes()], "{text}");
    }
}

#[test]
fn pointers_name_values_of_every_kind() {
    check_pointed(
        &["/a/*/b", "/c"],
        &[
            r##"{"a":[{"b":"$","c":"#"},{"b":@}],"c":@,"b":"#"}"##,
            r##"{"a":{"x":{"b":"$"},"b":"#"},"c":"$"}"##,
            r#"{"a":[{"b":["$",{"d":@,"e":null,"f":"$"}]}],"c":{}}"#,
            r#"{"c":null}"#,
            r#"{"c":""}"#,
            "{\"c\":\"$\"}\n{\"c\":@}\nno json\n[1]\n",
            "data: {\"c\":\"$\"}\n\ndata:{\"c\":@}\n\nevent: {\"c\":\"#\"}\n",
            r##"["#"]"##,
            "",
        ],
    );
    check_pointed(&["/*"], &[r#"["$",@,["$"]]"#, "{\"x\":\"$\"}\n[@]\n"]);
    check_pointed(&["/a~1b/c~0d"], &[r##"{"a/b":{"c~d":"$","c~0d":"#"}}"##]);
}

#[test]
fn what_is_found_in_a_number_is_all_of_it() {
    let check = |text: &str, range: Range<usize>, stored: &str| {
        let spots = whole_scalars(text.as_bytes(), vec![Spot::redacted(range, "")]);
        assert_eq!(masked(text, spots), stored, "{text}");
    };
    check(r#"{"a":12345,"b":1}"#, 6..8, r#"{"a":"[REDACTED]","b":1}"#);
    check(r#"{"a":12345,"b":1}"#, 5..10, r#"{"a":"[REDACTED]","b":1}"#);
    check(
        r#"{"a":12345,"b":1}"#,
        10..11,
        r#"{"a":12345[REDACTED]"b":1}"#,
    );
    check(r#"{"a":"12345"}"#, 6..8, r#"{"a":"[REDACTED]345"}"#);
    check("[true,false]", 1..5, "[\"[REDACTED]\",false]");
    check(
        "data: [1]\n\ndata: [2]\n",
        7..8,
        "data: [\"[REDACTED]\"]\n\ndata: [2]\n",
    );
    check("12345", 0..5, "[REDACTED]");
    check("one\n12345\n", 4..9, "one\n[REDACTED]\n");
    check("", 0..0, "");
}

#[test]
fn the_pointer_of_a_place_is_found_in_documents_and_in_lines() {
    let check = |text: &str, expect: Option<&str>| {
        let at = text.find('$').unwrap();
        assert_eq!(pointer_at(text, at).as_deref(), expect, "{text}");
    };
    check(r#"{"a":[1,{"b/~c":"x $"}]}"#, Some("/a/1/b~1~0c"));
    check("{\"a\":1}\n{\"b\":\"$\"}\n", Some("/b"));
    check("data: {\"a\":1}\n\ndata: {\"b\":\"$\"}\n", Some("/b"));
    check("event: $\ndata: {\"a\":1}\n", None);
    check("no json: $", None);
    check("{\"$\":1}", None);
}
