//! `redact` by other means than names, and what is learned from it.

use std::slice::from_ref;

use crate::trial::{Ask, Trial, check, redact};
use crate::{LONG, PIN};

#[tokio::test]
async fn what_a_regular_expression_finds_is_masked_in_every_text() {
    let say = redact(&["text:pin-[0-9]{4}"]);
    for ask in [
        Ask::target("/of/$/is?page=1&q=$"),
        Ask::header("x-note", "it is $, and $."),
        Ask::json(r#"{"pins":["$","a $ b"],"n":1.50}"#),
        Ask::body("text/plain", "it is\n$\n"),
        Ask::body("application/x-www-form-urlencoded", "note=$&page=1"),
        Ask::body("application/xml", "<r>$</r>"),
    ] {
        check(&say, &ask, PIN).await;
    }
    let ask = Ask::json(r#"{"pin":"pin-471","PIN-4711":1}"#);
    check(&say, &ask, PIN).await;
}

/// What was a number becomes a string, so that JSON stays JSON.
#[tokio::test]
async fn a_number_that_a_regular_expression_finds_becomes_a_string() {
    let say = redact(&["text:[0-9]{16}"]);
    let card = "4000123412341234";
    check(
        &say,
        &Ask::json(r#"{"card": @, "n": 1, "cards":["$",@]}"#),
        card,
    )
    .await;
    let lines = Ask::body(
        "application/x-ndjson",
        "{\"card\":@}\n{\"n\":1}\n{\"card\":\"$\"}\n",
    );
    check(&say, &lines, card).await;
    let events = Ask::body(
        "text/event-stream",
        "data: {\"card\":@}\n\ndata: {\"n\":[@, 1]}\n\n",
    );
    check(&say, &events, card).await;
    check(&say, &Ask::body("text/plain", "card: $, twice $"), card).await;
}

#[tokio::test]
async fn the_value_of_a_variable_is_masked_wherever_it_stands() {
    let say = |config: cassette_core::Config| {
        let config = config.environment([("ACME_PIN", PIN), ("OTHER", "page")]);
        config.redact(["env:ACME_PIN", "env:NOT_SET"])
    };
    for ask in [
        Ask::target("/of/$/is?page=1&q=$"),
        Ask::header("x-note", "it is $."),
        Ask::json(r#"{"pins":["$","a $ b"],"page":1}"#),
        Ask::body("text/plain", "it is\n$\n"),
    ] {
        let trial = Trial::new();
        let live = ask.filled(PIN, PIN);
        trial.record(&say, from_ref(&live)).await.unwrap();
        trial.expect_stored(0, &ask.replace("$", "[REDACTED]"));
        assert!(!trial.sandbox.read("c.json").contains(PIN));
        // Who replays has no variable, or another one.
        let nothing = redact(&["env:ACME_PIN"]);
        trial.replay(&nothing, &[live]).await;
        trial.replay(&nothing, &[ask.filled("pin-0815", "")]).await;
        trial.replay(&say, &[ask.filled("pin-0815", "")]).await;
    }
}

/// Each of these names the first place in its own way; the rest of them is learned.
#[tokio::test]
async fn what_is_masked_in_its_place_is_learned_and_masked_elsewhere() {
    let elsewhere = "/of/$?q=$";
    let json = || Ask::json(r#"{"pin":"$","note":"it is $."}"#);
    let at = |target: &str, ask: Ask| Ask {
        target: target.to_owned(),
        ..ask
    };
    let form = "application/x-www-form-urlencoded";
    let parts = "multipart/form-data; boundary=b";
    let field = "--b\r\ncontent-disposition: form-data; name=pin\r\n\r\n$\r\n--b--\r\n";
    for (selector, ask) in [
        ("pin", json()),
        ("json:pin", json()),
        ("json:/pin", json()),
        ("json:/*", json()),
        ("header:x-pin", at(elsewhere, Ask::header("x-pin", "$"))),
        ("query:pin", Ask::target("/of/$?pin=$&q=$")),
        ("form:pin", at(elsewhere, Ask::body(form, "pin=$&note=$"))),
        ("form:pin", at(elsewhere, Ask::body(parts, field))),
        (
            "xml:pin",
            at(
                elsewhere,
                Ask::body("text/xml", "<r><pin>$</pin><n>$</n></r>"),
            ),
        ),
    ] {
        // What is around the value goes as well where `*` names it.
        let ask = match selector {
            "json:/*" => Ask::json(r#"{"pin":"$"}"#),
            _ => ask,
        };
        check(&redact(&[selector]), &ask, LONG).await;
    }
}

/// The form in which a value stands in its place is not that in which it stands elsewhere.
#[tokio::test]
async fn a_value_is_learned_as_it_is_meant_and_masked_as_it_is_written() {
    let value = "it's / \"4 711\" & <more>";
    let form: String = http_form(value);
    let body = format!("pin={form}&note={form}");
    let trial = Trial::new();
    let asks = [
        Ask::body("application/x-www-form-urlencoded", body),
        Ask::json(serde_json::json!({ "note": format!("it is {value}.") }).to_string()),
        Ask::target(format!("/q/{}", form.replace('+', "%20"))),
    ];
    trial.record(&redact(&["form:pin"]), &asks).await.unwrap();
    let text = trial.sandbox.read("c.json");
    assert_eq!(
        trial.interaction(0)["request"]["body"]["text"],
        "pin=[REDACTED]&note=[REDACTED]"
    );
    let json = &trial.interaction(1)["response"]["body"]["json"];
    assert_eq!(json["note"], "it is [REDACTED].");
    assert_eq!(trial.sandbox.requested("c.json")[2], "/q/[REDACTED]");
    for spelling in ["4 711", "4+711", "4%20711"] {
        assert!(!text.contains(spelling), "{text}");
    }
}

fn http_form(value: &str) -> String {
    let mut url = reqwest::Url::parse("http://e.com/").unwrap();
    url.query_pairs_mut().append_pair("a", value);
    url.query().unwrap()["a=".len()..].to_owned()
}
