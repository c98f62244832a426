//! Bodies within bodies: JSON in the fields of a form and in the parts of a multipart body.

use serde_json::json;

use crate::case::both_runs;
use crate::see::see;
use crate::servers::mirror;

const FORM: &str = "application/x-www-form-urlencoded";

#[tokio::test]
async fn json_in_a_field_of_a_form_is_left_as_it_is() {
    let bodies = [
        r#"payload={"price":1.10,"n":1e3}&a=1"#,
        "payload=%7B%22price%22%3A+1.10%7D&a=%2B+&a=&b",
        "a=1&&=2&c==&%zz=%",
        "a=1\r\n",
    ];
    let (sandbox, _) = both_runs(mirror(), async |asker| {
        for (number, body) in bodies.into_iter().enumerate() {
            let request = asker.post(&format!("/{number}"));
            let seen = see(request.header("content-type", FORM).body(body)).await;
            assert_eq!(seen.text(), body);
        }
    })
    .await;
    let cassette = sandbox.cassette("c.json");
    let stored = &cassette["interactions"][1];
    for side in ["request", "response"] {
        assert_eq!(stored[side]["body"], json!({ "text": bodies[1] }));
    }
}

#[tokio::test]
async fn a_secret_field_of_a_form_is_masked_beside_json_that_is_not_touched() {
    let body = r#"a={"price":1.10}&password=hunter2&b=%7B%7D"#;
    let (sandbox, _) = both_runs(mirror(), async |asker| {
        let request = asker.post("/").header("content-type", FORM).body(body);
        see(request).await.text().replace("hunter2", "[REDACTED]")
    })
    .await;
    let stored = &sandbox.cassette("c.json")["interactions"][0]["request"]["body"];
    let expected = r#"a={"price":1.10}&password=[REDACTED]&b=%7B%7D"#;
    assert_eq!(*stored, json!({ "text": expected }));
}

/// Returns a multipart body of one part for each of these JSON texts.
fn parts(texts: &[&str]) -> String {
    let part = |text: &&str| format!("--b\r\ncontent-type: application/json\r\n\r\n{text}\r\n");
    texts.iter().map(part).collect::<String>() + "--b--\r\n"
}

#[tokio::test]
async fn json_in_a_part_keeps_every_byte() {
    let texts = [
        r#"{"price":1.10,"n":[1e3,12345678901234567890123]}"#,
        r#"{"a":1,"a":2}"#,
        "{\n  \"a\": \"\\u00e9\"\n}\n",
        r#"{"a" : 1}"#,
        "\u{feff}{}",
    ];
    let body = parts(&texts);
    let (sandbox, _) = both_runs(mirror(), async |asker| {
        let request = asker.post("/").body(body.clone());
        let seen = see(request.header("content-type", "multipart/mixed; boundary=b")).await;
        assert_eq!(seen.text(), body);
    })
    .await;
    let cassette = sandbox.cassette("c.json");
    for side in ["request", "response"] {
        let parts = &cassette["interactions"][0][side]["body"]["parts"];
        let forms: Vec<_> = (0..5).map(|n| &parts[n]["body"]).collect();
        assert!(forms[0]["json"].is_object() && forms[1]["json"].is_object());
        assert_eq!(forms[2]["layout"], "indent-2-newline");
        assert_eq!(*forms[3], json!({ "text": texts[3] }));
        assert_eq!(*forms[4], json!({ "text": texts[4] }));
    }
}

#[tokio::test]
async fn json_in_a_part_is_json_as_deep_as_the_file_has_room() {
    for (depth, expected) in [(120, true), (121, false), (123, false), (200, false)] {
        let deep = ["[".repeat(depth), "]".repeat(depth)].concat();
        let body = parts(&[&deep]);
        let (sandbox, _) = both_runs(mirror(), async |asker| {
            let request = asker.post("/").body(body.clone());
            let seen = see(request.header("content-type", "multipart/mixed; boundary=b")).await;
            assert_eq!(seen.text(), body);
        })
        .await;
        let text = sandbox.read("c.json");
        assert_eq!(
            text.matches("\"json\": [").count() == 2,
            expected,
            "{depth}"
        );
    }
}
