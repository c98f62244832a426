//! A name in every kind of place, against every kind of selector.

use crate::PIN;
use crate::trial::{Ask, check, keep, redact};

/// Returns the places in which `name` can stand, each with the kind that a selector has for it.
fn places(name: &'static str) -> Vec<(&'static str, Ask)> {
    let form = "application/x-www-form-urlencoded";
    let parts = "multipart/form-data; boundary=b";
    let part = format!("--b\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n");
    let (field, last) = (part + "$\r\n", "--b--\r\n");
    let other = "--b\r\ncontent-disposition: form-data; name=\"page\"\r\n\r\n1\r\n";
    vec![
        ("header", Ask::header(name, "$")),
        ("query", Ask::target(format!("/?page=1&{name}=$&n=2"))),
        (
            "query",
            Ask::header("x-next", format!("https://e.com/a?{name}=$")),
        ),
        (
            "query",
            Ask::body("text/plain", format!("see http://e.com/?{name}=$ for more")),
        ),
        ("form", Ask::body(form, format!("page=1&{name}=$&n=2"))),
        ("form", Ask::body(parts, format!("{other}{field}{last}"))),
        (
            "json",
            Ask::json(format!(r#"{{"n": 1.50, "a": [{{"{name}":"$"}}]}}"#)),
        ),
        (
            "json",
            Ask::json(format!(r#"{{"arguments":"{{\"{name}\":\"$\"}}"}}"#)),
        ),
        (
            "json",
            Ask::body(
                "application/x-ndjson",
                format!("{{\"n\":1}}\n{{\"{name}\":\"$\"}}\n"),
            ),
        ),
        (
            "json",
            Ask::body(
                "text/event-stream",
                format!("data: {{\"{name}\":\"$\"}}\n\n"),
            ),
        ),
        (
            "xml",
            Ask::body(
                "application/xml",
                format!("<r><n>1</n><{name}>$</{name}></r>"),
            ),
        ),
        (
            "xml",
            Ask::body("text/xml", format!("<r n='1' {name}='$'/>")),
        ),
        (
            "xml",
            Ask::body(
                "text/html",
                format!("<input type=hidden><input name=\"{name}\" value=\"$\">"),
            ),
        ),
        (
            "text",
            Ask::body("text/plain", format!("user=ada {name}=$ page=1")),
        ),
    ]
}

const KINDS: [&str; 5] = ["header", "query", "form", "json", "xml"];

/// Does what is said of `name` by these selectors in all places, as it is expected by the kind of
/// the place.
async fn check_all(
    name: &'static str,
    say: &crate::trial::Say<'_>,
    is_masked: impl Fn(&str) -> bool,
) {
    for (kind, ask) in places(name) {
        let ask = if is_masked(kind) {
            ask
        } else {
            ask.replace("$", "#")
        };
        check(say, &ask, PIN).await;
    }
}

#[tokio::test]
async fn a_name_is_masked_in_every_place() {
    check_all("x-pin", &redact(&[]), |_| false).await;
    check_all("x-pin", &redact(&["x-pin"]), |_| true).await;
    check_all("x-pin", &redact(&["X_PIN"]), |_| true).await;
}

#[tokio::test]
async fn a_name_with_a_kind_is_masked_in_places_of_that_kind_only() {
    for kind in KINDS {
        let selector = format!("{kind}:x-pin");
        check_all("x-pin", &redact(&[&selector]), |of| of == kind).await;
    }
}

#[tokio::test]
async fn what_is_kept_by_its_name_stays_in_every_place() {
    check_all("x-api-key", &keep(&[]), |_| true).await;
    check_all("x-api-key", &keep(&["x-api-key"]), |_| false).await;
    check_all("x-api-key", &keep(&["password", "xapi"]), |_| true).await;
}

#[tokio::test]
async fn what_is_kept_by_name_and_kind_stays_in_places_of_that_kind_only() {
    for kind in KINDS {
        let selector = format!("{kind}:X-Api-Key");
        check_all("x-api-key", &keep(&[&selector]), |of| of != kind).await;
    }
}

/// `keep` takes away from what somebody has added as well.
#[tokio::test]
async fn what_one_redacts_another_may_keep() {
    for kind in KINDS {
        let selector = format!("{kind}:x-pin");
        let say = |config: cassette_core::Config| config.redact(["x-pin"]).keep([&selector]);
        check_all("x-pin", &say, |of| of != kind).await;
    }
}
