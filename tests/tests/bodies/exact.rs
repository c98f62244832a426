//! Bytes that are easily lost on the way into a readable file and out of it.

use cassette_tests::{Sandbox, Server};
use serde_json::Value;

use crate::case::both_runs;
use crate::see::see;
use crate::servers::{mirror, mirror_in_chunks};

const JSON: &str = "application/json";
const TEXT: &str = "text/plain; charset=utf-8";

/// Sends these bodies to a server that sends them back, in one piece and in chunks.
async fn reflect(content_type: &str, bodies: &[&[u8]]) -> [Sandbox; 2] {
    [
        reflect_by(mirror(), content_type, bodies).await,
        reflect_by(mirror_in_chunks(), content_type, bodies).await,
    ]
}

async fn reflect_by(server: Server, content_type: &str, bodies: &[&[u8]]) -> Sandbox {
    let run = both_runs(server, async |asker| {
        let mut all = Vec::new();
        for (number, &body) in bodies.iter().enumerate() {
            let request = asker.post(&format!("/{number}"));
            let request = request.header("content-type", content_type);
            let seen = see(request.body(body.to_vec())).await;
            assert_eq!(seen.body, body, "{}", body.escape_ascii());
            all.push(seen);
        }
        all
    });
    run.await.0
}

/// Both runs see these bytes, and the file has them in this form, in requests and in responses.
async fn check(content_type: &str, bodies: &[(&[u8], &str)]) {
    let bytes: Vec<&[u8]> = bodies.iter().map(|body| body.0).collect();
    for sandbox in reflect(content_type, &bytes).await {
        let cassette = sandbox.cassette("c.json");
        for (number, (body, expected)) in bodies.iter().enumerate() {
            let interaction = &cassette["interactions"][number];
            for side in ["request", "response"] {
                let found = form(&interaction[side]["body"]);
                assert_eq!(found, *expected, "{side} {}", body.escape_ascii());
            }
        }
    }
}

/// Returns the name of a stored body's form, and that of its layout.
fn form(body: &Value) -> String {
    let known = ["json", "text", "base64", "chunks", "parts", "file"];
    let form = known.into_iter().find(|form| body.get(form).is_some());
    let layout = body["layout"].as_str().map(|layout| format!(" {layout}"));
    form.unwrap_or("absent").to_owned() + &layout.unwrap_or_default()
}

#[tokio::test]
async fn json_keeps_its_numbers_its_keys_and_its_spelling() {
    let values: [&[u8]; 11] = [
        br#"{"price":1.10}"#,
        br#"[1e3,1E+3,-0,-0.0,0.1000]"#,
        br#"{"id":12345678901234567890123}"#,
        br#"{"a":1,"a":2,"a":1}"#,
        br#"{"z":1,"a":{"y":2,"b":3}}"#,
        r#"{"e":"é","e":"é"}"#.as_bytes(),
        br#"{"\u0061":"\/","tab":"\t\u0009\u0000"}"#,
        br#"["\"{[",{},[],[[]],{"":""}]"#,
        b"{}",
        b"[]",
        r#"["  ",""]"#.as_bytes(),
    ];
    let bodies = values.map(|value| (value, "json"));
    check(JSON, &bodies).await;
    check("", &bodies).await;
    check(TEXT, &bodies).await;
}

/// Such numbers and strings are JSON, but many a program has no room for them.
#[tokio::test]
async fn json_keeps_lone_surrogates_and_numbers_beyond_any_range() {
    let bodies = [r#"{"lone":"\ud800","low":"\uDC00x"}"#, "[1E400,-1e-999]"];
    for sandbox in reflect(JSON, &bodies.map(str::as_bytes)).await {
        let text = sandbox.read("c.json");
        assert_eq!(text.matches("\"json\":").count(), 4, "{text}");
        for token in [r#"\ud800"#, r#"\uDC00x"#, "1E400", "-1e-999"] {
            assert_eq!(text.matches(token).count(), 2, "{token}");
        }
    }
}

const COMPACT: &str = r#"{"a":[1,{"b":"x, y: z"},[],{}],"c":{"d":null}}"#;
const SPACED: &str = r#"{"a": [1, {"b": "x, y: z"}, [], {}], "c": {"d": null}}"#;

/// Returns it with one element a line, each level deeper by `indent`.
fn indented(indent: &str) -> String {
    let value: Value = serde_json::from_str(COMPACT).unwrap();
    let pretty = serde_json::to_string_pretty(&value).unwrap();
    pretty.replace("  ", indent)
}

#[tokio::test]
async fn json_keeps_its_layout() {
    let (two, four) = (indented("  "), indented("    "));
    for (text, layout) in [
        (COMPACT, "compact"),
        (SPACED, "spaced"),
        (&two, "indent-2"),
        (&four, "indent-4"),
    ] {
        let (plain, newline) = (text.to_owned(), format!("{text}\n"));
        let plain_form = match layout {
            "compact" => "json".to_owned(),
            layout => format!("json {layout}"),
        };
        let newline_form = format!("json {layout}-newline");
        let bodies = [
            (plain.as_bytes(), plain_form.as_str()),
            (newline.as_bytes(), newline_form.as_str()),
        ];
        check(JSON, &bodies).await;
    }
}

#[tokio::test]
async fn json_in_a_layout_of_its_own_is_text() {
    let tabs = indented("\t");
    let three = indented("   ");
    let lines_of_windows = indented("  ").replace('\n', "\r\n");
    let bodies: [(&[u8], &str); 13] = [
        (tabs.as_bytes(), "text"),
        (three.as_bytes(), "text"),
        (lines_of_windows.as_bytes(), "text"),
        (br#"{"a" :1}"#, "text"),
        (br#"{"a":1,"b": 2}"#, "text"),
        (br#" {"a":1}"#, "text"),
        (br#"{"a":1} "#, "text"),
        (b"{\"a\":1}\n\n", "text"),
        (b"{\"a\":1}\r\n", "text"),
        (b"{ }", "text"),
        (b"[\n]", "text"),
        (b"{\n  \"a\": 1, \"b\": 2\n}", "text"),
        (b"\xef\xbb\xbf{\"a\":1}", "text"),
    ];
    check(JSON, &bodies).await;
}

#[tokio::test]
async fn what_is_no_json_object_or_array_is_text() {
    let bodies: [(&[u8], &str); 9] = [
        (b"null", "text"),
        (b"1.10", "text"),
        (b"\"text\"", "text"),
        (b"true\n", "text"),
        (b"{", "text"),
        (b"{\"a\":01}", "text"),
        (b"{\"a\":NaN}", "text"),
        (b"{\"a\":1}{\"a\":2}", "text"),
        (b"{\"a\":1}\n{\"a\":2}\n", "text"),
    ];
    check(JSON, &bodies).await;
}

#[tokio::test]
async fn json_is_json_as_deep_as_the_file_has_room() {
    for (depth, expected) in [(123, true), (124, false), (200, false)] {
        let deep = ["[".repeat(depth), "]".repeat(depth)].concat();
        for sandbox in reflect(JSON, &[deep.as_bytes()]).await {
            let text = sandbox.read("c.json");
            assert_eq!(text.matches("\"json\": [").count() == 2, expected, "{text}");
            assert_eq!(text.contains("\"text\": \"[["), !expected, "{text}");
        }
    }
}

#[tokio::test]
async fn text_keeps_its_line_ends_and_its_characters() {
    let bodies: [(&[u8], &str); 12] = [
        (b"one\r\ntwo\r\n", "text"),
        (b"one\rtwo\n\rthree\n\n\n", "text"),
        (b"\n", "text"),
        (b"\r\n", "text"),
        (b"\xef\xbb\xbfmarked", "text"),
        (b"\xef\xbb\xbf", "text"),
        ("e\u{301} is not \u{e9}".as_bytes(), "text"),
        (
            "\u{2028}\u{2029}\u{85}\u{feff}\u{10ffff}".as_bytes(),
            "text",
        ),
        (b"nul \0 bell \x07 delete \x7f escape \x1b", "text"),
        (b"\0", "text"),
        (b"  spaces, \ttabs\t  ", "text"),
        (b"", "absent"),
    ];
    check(TEXT, &bodies).await;
    check("", &bodies).await;
    check("application/octet-stream", &bodies).await;
}

#[tokio::test]
async fn what_is_not_utf_8_is_base64_whatever_it_is_called() {
    let every_byte: Vec<u8> = (0..=255).collect();
    let long: Vec<u8> = (0..20_000_u32).map(|n| (n * n % 251) as u8).collect();
    let bodies: [(&[u8], &str); 7] = [
        (&every_byte, "base64"),
        (&long, "base64"),
        (b"caf\xe9", "base64"),
        (b"\xff", "base64"),
        (b"\xed\xa0\x80", "base64"),
        (b"cut off \xf0\x9f\x93", "base64"),
        (b"{\"a\":\"\xff\"}", "base64"),
    ];
    check(TEXT, &bodies).await;
    check(JSON, &bodies).await;
    check("image/png", &bodies).await;
}
