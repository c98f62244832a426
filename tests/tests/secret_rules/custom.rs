//! A rule of the user's own.

use std::ops::Range;
use std::sync::Arc;
use std::sync::Mutex;

use cassette_core::{Config, Mode, Redaction};
use cassette_reqwest::{client, scope};
use cassette_tests::{Refusing, Sandbox};

use crate::trial::{Ask, Trial, check};
use crate::{LONG, PIN};

/// Finds four digits behind `pin-`.
fn pins(text: &str) -> Vec<Range<usize>> {
    let found = text.match_indices("pin-");
    let range = |(at, word): (usize, &str)| {
        let start = at + word.len();
        let digits = text[start..].bytes().take_while(u8::is_ascii_digit).count();
        start..start + digits
    };
    found.map(range).collect()
}

struct Words(Vec<String>);

impl Redaction for Words {
    fn secrets(&self, text: &str) -> Vec<Range<usize>> {
        let found = self
            .0
            .iter()
            .flat_map(|word| text.match_indices(word.as_str()));
        found.map(|(at, word)| at..at + word.len()).collect()
    }
}

#[tokio::test]
async fn a_closure_masks_in_urls_headers_and_bodies() {
    let say = |config: Config| config.redaction(pins);
    for ask in [
        Ask::target("/of/pin-$/is?page=1&q=pin-$"),
        Ask::header("x-note", "it is pin-$."),
        Ask::json(r##"{"pins":["pin-$","#"]}"##),
        Ask::body("text/plain", "pin-$ is not #"),
        Ask::body("application/x-www-form-urlencoded", "a=pin-$&n=#"),
        Ask::body(
            "multipart/mixed; boundary=b",
            "--b\r\n\r\nis pin-$\r\n--b--\r\n",
        ),
    ] {
        check(&say, &ask, "4711").await;
    }
}

#[tokio::test]
async fn a_type_of_its_own_masks_and_teaches() {
    let words = |config: Config| config.redaction(Words(vec![format!("is {LONG}")]));
    let (trial, json) = (
        Trial::new(),
        r#"{"a":"it is correct-horse-8-battery-staple"}"#,
    );
    trial.record(&words, &[Ask::json(json)]).await.unwrap();
    let body = &trial.interaction(0)["request"]["body"]["json"];
    assert_eq!(body["a"], "it [REDACTED]");
    let first = |config: Config| {
        config.redaction(move |text: &str| {
            let at = text.find(LONG).filter(|_| text.starts_with("teach"));
            at.map(|at| at..at + LONG.len()).into_iter().collect()
        })
    };
    let asks = [
        Ask::body("text/plain", format!("teach {LONG}")),
        Ask::body("text/plain", format!("learnt {LONG}")),
    ];
    trial.record(&first, &asks).await.unwrap();
    assert_eq!(
        trial.interaction(1)["request"]["body"]["text"],
        "learnt [REDACTED]"
    );
}

#[tokio::test]
async fn several_add_up() {
    let say = |config: Config| {
        let words = |word: &str| Words(vec![word.to_owned()]);
        config
            .redaction(pins)
            .redaction(words("hunter2"))
            .redaction(words("ter2x"))
    };
    let trial = Trial::new();
    let ask = Ask::body("text/plain", "pin-4711 hunter2 hunter2x");
    trial.record(&say, &[ask]).await.unwrap();
    let text = &trial.interaction(0)["response"]["body"]["text"];
    assert_eq!(text, "pin-[REDACTED] [REDACTED] [REDACTED]");
}

#[tokio::test]
async fn the_message_of_a_failure_is_looked_through() {
    let (sandbox, refusing) = (Sandbox::new(), Refusing::new());
    let port = refusing.url("").rsplit(':').next().unwrap().to_owned();
    let config = |mode| {
        sandbox
            .config(mode)
            .redaction(Words(vec!["onnection".to_owned(), port.clone()]))
    };
    let ask = async || {
        client()
            .get(refusing.url("/of/it"))
            .send()
            .await
            .unwrap_err()
    };
    scope("c", config(Mode::Record), ask()).await.unwrap();
    let cassette = sandbox.cassette(crate::FILE);
    let stored = &cassette["interactions"][0];
    assert_eq!(
        stored["request"]["url"],
        "http://127.0.0.1:[REDACTED]/of/it"
    );
    let message = stored["error"]["message"].as_str().unwrap();
    assert!(
        message.contains("[REDACTED]") && !message.contains(&port),
        "{message}"
    );
    let replayed = scope("c", config(Mode::Replay), ask()).await.unwrap();
    assert!(replayed.is_connect());
}

/// Whatever it returns, nothing panics: what is outside is left out, and characters stay whole.
#[tokio::test]
async fn ranges_that_do_not_fit_are_widened_or_left_out() {
    let text = "pin: é😀é.";
    let check = async |range: Range<usize>, expect: &str| {
        let given = range.clone();
        let say = move |config: Config| {
            let range = given.clone();
            config.redaction(move |text: &str| match text.starts_with("pin: ") {
                true => vec![range.clone()],
                false => Vec::new(),
            })
        };
        let trial = Trial::new();
        trial
            .record(&say, &[Ask::body("text/plain", text)])
            .await
            .unwrap();
        let stored = trial.interaction(0);
        assert_eq!(stored["request"]["body"]["text"], expect, "{range:?}");
        assert_eq!(stored["response"]["body"]["text"], expect, "{range:?}");
    };
    check(5..7, "pin: [REDACTED]😀é.").await;
    check(6..7, "pin: [REDACTED]😀é.").await;
    check(8..9, "pin: é[REDACTED]é.").await;
    check(6..12, "pin: [REDACTED].").await;
    check(5..usize::MAX, "pin: [REDACTED]").await;
    check(100..200, text).await;
    check(7..7, text).await;
    #[expect(clippy::reversed_empty_ranges, reason = "as a mistake would make it")]
    check(9..5, text).await;
}

/// Every text is asked for, and none that is no text.
#[tokio::test]
async fn it_is_given_urls_values_of_headers_bodies_and_nothing_binary() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let noting = Arc::clone(&seen);
    let say = move |config: Config| {
        let noting = Arc::clone(&noting);
        config.redaction(move |text: &str| {
            noting.lock().unwrap().push(text.to_owned());
            Vec::new()
        })
    };
    let trial = Trial::new();
    let ask = Ask {
        target: "/the/target".to_owned(),
        header: Some(("x-note", PIN.to_owned())),
        body: ("text/plain", "the body".to_owned()),
    };
    trial.record(&say, &[ask]).await.unwrap();
    let seen = seen.lock().unwrap().clone();
    for text in [
        &*trial.server.url("/the/target"),
        "/the/target",
        PIN,
        "the body",
    ] {
        assert!(seen.iter().any(|seen| seen == text), "{text}: {seen:?}");
    }
}
