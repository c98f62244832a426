use super::parse;
use crate::import::notes::Notes;

/// The document as JSON, and what there is to say of it.
fn json(text: &str) -> String {
    let mut notes = Notes::default();
    match parse(text, &mut notes) {
        Ok(node) => [vec![node.to_json()], notes.lines()].concat().join("\n"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn scalars_are_what_they_are_by_their_quotes_and_tags() {
    for (yaml, expect) in [
        ("a", r#""a""#),
        ("yes", r#""yes""#),
        ("~", "null"),
        ("", "it is empty"),
        ("True", "true"),
        ("'true'", r#""true""#),
        ("1.50", "1.50"),
        ("'1'", r#""1""#),
        ("12345678901234567890123", "12345678901234567890123"),
        ("0x1F", r#""0x1F""#),
        ("1_000", r#""1_000""#),
        ("007", r#""007""#),
        (".inf", r#"".inf""#),
        ("!!str 1", r#""1""#),
        ("!!int '1'", "1"),
        ("! 1", r#""1""#),
        ("!!binary YWI=", r#""ab""#),
        ("!binary YWI=", r#""ab""#),
        ("!!python/unicode 'é'", r#""é""#),
        (r#""\xE9\u263A\U0001F600\x00""#, r#""é☺😀\u0000""#),
        ("|\n  a\n  b\n", r#""a\nb\n""#),
        ("2026-11-21", r#""2026-11-21""#),
    ] {
        assert_eq!(json(yaml), expect, "{yaml}");
    }
}

#[test]
fn lists_and_maps_keep_their_order_and_keys_are_texts() {
    assert_eq!(
        json("b: [1, {c: d}]\na:\n- x\n- \n1: 2\ntrue: 3\n"),
        r#"{"b":[1,{"c":"d"}],"a":["x",null],"1":2,"true":3}"#
    );
    assert_eq!(
        json("? [a]\n: b\n"),
        "a list is the key of a map at line 1 column 5"
    );
}

#[test]
fn aliases_stand_for_what_they_name() {
    assert_eq!(
        json("a: &x [1]\nb: *x\nc: &y {d: *x}\ne: *y"),
        r#"{"a":[1],"b":[1],"c":{"d":[1]},"e":{"d":[1]}}"#
    );
    assert_eq!(
        json("a: &x [*x]"),
        "an alias stands within what it stands for at line 1 column 8"
    );
    assert!(json("a: *nothing").contains("at line 1"));
}

/// Nine levels of nine make ten to the ninth.
#[test]
fn aliases_of_aliases_are_bounded() {
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..10 {
        let below = format!("*a{}, ", level - 1).repeat(9);
        bomb += &format!("a{level}: &a{level} [{}]\n", below.trim_end_matches(", "));
    }
    let refused = json(&bomb);
    assert!(
        refused.starts_with("what its aliases stand for is larger than 67108864 bytes at line 6"),
        "{refused}"
    );
}

#[test]
fn a_long_text_is_not_copied_without_bounds() {
    let bomb = format!(
        "a: &a '{}'\nb: [{}*a]\n",
        "x".repeat(1024 * 1024),
        "*a, ".repeat(100)
    );
    let refused = json(&bomb);
    assert!(
        refused.starts_with("what its aliases stand for is larger than 67108864 bytes at line 2"),
        "{refused}"
    );
}

#[test]
fn with_aliases_it_is_not_nested_deeper_than_without() {
    let mut deep = format!("a0: &a0 {}{}\n", "[".repeat(60), "]".repeat(60));
    deep += &format!("a1: &a1 {}*a0{}\n", "[".repeat(60), "]".repeat(60));
    deep += &format!("a2: {}*a1{}\n", "[".repeat(60), "]".repeat(60));
    let refused = json(&deep);
    assert!(
        refused.starts_with("with its aliases it is nested deeper than 128 at line 3"),
        "{refused}"
    );
}

#[test]
fn tags_are_told_and_never_evaluated() {
    let evil = "a: !!python/object/apply:os.system [ls]\nb: !ruby/object:Gem::Installer {i: x}\nc: !!timestamp 2026\n";
    insta::assert_snapshot!(json(evil), @r#"
    {"a":["ls"],"b":{"i":"x"},"c":"2026"}
    line 1: the tag `python/object/apply:os.system` is not evaluated
    line 2: the tag `ruby/object:Gem::Installer` is not evaluated
    line 3: the tag `timestamp` is not evaluated
    "#);
}

#[test]
fn several_documents_are_refused() {
    assert_eq!(
        json("a: 1\n---\nb: 2\n"),
        "a second document begins; a cassette is one at line 2 column 1"
    );
    assert_eq!(json("---\na: 1\n...\n"), r#"{"a":1}"#);
}

#[test]
fn what_is_no_yaml_is_placed() {
    insta::assert_snapshot!(json("a: [1\nb: 2\n"), @"illegal placement of ':' indicator at line 2 column 2");
    insta::assert_snapshot!(json("a: b: c"), @"mapping values are not allowed in this context at line 1 column 5");
    insta::assert_snapshot!(json("a: !!binary '?'"), @"it is no base64 at line 1 column 4");
    insta::assert_snapshot!(json("\t- a"), @r#"["a"]"#);
}
