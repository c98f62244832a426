//! Variables that are secrets, or turn out to be.

use cassette_core::Mode;
use cassette_reqwest::{current, scope};
use cassette_tests::{Server, json};

use crate::bench::{Bench, FILE};

const GITHUB: &str = "ghp_0123456789abcdefghijABCDEFGHIJ012345";

#[tokio::test]
async fn a_secret_is_refused_by_name_or_by_value_and_written_nowhere() {
    let table = [
        ("password", "hunter2-hunter2"),
        ("api_key", "hunter2-hunter2"),
        ("id", "named-by-env"),
        ("id", "Bearer of named-by-env"),
        ("id", GITHUB),
        ("pin", "hunter2"),
    ];
    for (name, value) in table {
        let bench = Bench::new();
        let (a, b) = (bench.request("/a"), bench.request("/b"));
        let test = async {
            a.send().await.unwrap();
            let refused = current().unwrap().variable(name, || value.to_owned());
            let error = refused.unwrap_err();
            assert!(error.is_secret(), "{name}");
            assert!(!format!("{error:?}").contains(value), "{error:?}");
            let journal = bench.sandbox.read("c.partial.jsonl");
            assert!(!journal.contains(value), "{journal}");
            b.send().await.unwrap();
        };
        let config = bench.config(Mode::Record).redact(["pin"]);
        let config = config.environment([("A_TOKEN", "named-by-env")]);
        assert_eq!(
            bench.told(config, test).await,
            "ok [/a /b] [/a /b]",
            "{name}"
        );
        assert!(bench.sandbox.cassette(FILE).get("variables").is_none());
        assert!(!bench.sandbox.read(FILE).contains(value));
    }
}

#[tokio::test]
async fn what_is_kept_on_purpose_is_no_secret() {
    let bench = Bench::new();
    let test = async {
        current()
            .unwrap()
            .variable("password", || "kept".to_owned())
    };
    let config = bench.config(Mode::Record).keep(["password"]);
    scope("c", config, test).await.unwrap().unwrap();
    assert_eq!(
        bench.sandbox.cassette(FILE)["variables"]["password"],
        "kept"
    );
}

/// The answer tells that it was one; then the journal is masked, and the recording refused: a replay would
/// get a placeholder in its place.
#[tokio::test]
async fn one_that_turns_out_to_be_a_secret_is_masked_everywhere_and_refuses_the_save() {
    let answer = r#"{"password":"s0-secret-4-w0rd"}"#;
    let bench = Bench::of(Server::start(json(200, answer)));
    let a = bench.request("/a");
    let mut journal = String::new();
    let test = async {
        let session = current().unwrap();
        let id = || {
            session
                .variable("id", || "s0-secret-4-w0rd".to_owned())
                .unwrap()
        };
        assert_eq!(id(), "s0-secret-4-w0rd");
        a.send().await.unwrap();
        assert_eq!(id(), "s0-secret-4-w0rd", "the test goes on with it");
        journal = bench.sandbox.read("c.partial.jsonl");
    };
    let error = scope("c", bench.config(Mode::Record), test)
        .await
        .unwrap_err();
    assert!(error.is_secret(), "{error}");
    assert!(journal.contains("[REDACTED]"), "{journal}");
    assert_eq!(bench.sandbox.files(), ["c.rejected.json"]);
    let kept = bench.sandbox.read("c.rejected.json");
    for text in [journal, kept, error.to_string()] {
        assert!(!text.contains("s0-secret-4-w0rd"), "{text}");
    }
}
