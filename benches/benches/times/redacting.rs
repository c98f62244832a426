//! What is recorded, looked through for secrets.

use std::time::{Duration, Instant};

use bytes::Bytes;
use cassette_benches::{Candidate, Options, Round, Shape, Table, Traffic, one_thread};
use cassette_core::{Config, Decision, Mode, Session, current, scope};
use http::Request;
use tempfile::TempDir;

/// How large the bodies are.
const SIZE: usize = 256 * 1024;

pub(crate) fn all(options: &Options) {
    let scenario = "redacting, 256 KiB of JSON";
    if !options.wants(scenario) {
        return;
    }
    let table = Table::begin(options, "per byte");
    let body = json();
    let folder = TempDir::new().expect("a folder can be made");
    let runtime = one_thread();
    let length = body.len();
    let parse = || {
        let begin = Instant::now();
        let value: serde_json::Value = serde_json::from_slice(&body).expect("it is JSON");
        let elapsed = begin.elapsed();
        assert!(value.is_array());
        Round {
            elapsed,
            units: length,
        }
    };
    let redact = |known: usize| {
        let (runtime, folder, body) = (&runtime, &folder, &body);
        move || {
            let config = Config::new()
                .dir(folder.path())
                .environment::<&str, &str>([]);
            let mut elapsed = Duration::ZERO;
            // What is refused in the end makes no recording, and so no file.
            let ended = runtime.block_on(scope("redacted", config.mode(Mode::Record), async {
                let session = current().expect("a cassette is in use");
                for number in 0..known {
                    ask(&session, &Bytes::new(), &token(number));
                }
                let begin = Instant::now();
                ask(&session, body, &token(0));
                elapsed = begin.elapsed();
            }));
            assert!(
                ended.is_err_and(|error| error.is_unmatched()),
                "nothing is saved"
            );
            Round {
                elapsed,
                units: length,
            }
        }
    };
    let candidates = vec![
        Candidate::new("`serde_json::Value`", parse),
        Candidate::new("cassette, one secret is known", redact(1)),
        Candidate::new("cassette, 100 are known", redact(100)),
    ];
    table.compare(scenario, options.rounds(1_000), candidates);
}

/// Asks the session as an adapter does, and gives the request up.
fn ask(session: &Session, body: &Bytes, token: &str) {
    let request = Request::post("http://api.example.com/v1/orders")
        .header("content-type", "application/json")
        .header("authorization", token)
        .body(body.clone());
    match session.intercept(&request.expect("it is a request")) {
        Ok(Decision::Record(pending)) => pending.refuse("it is given up"),
        other => panic!("nothing is recorded: {other:?}"),
    }
}

fn token(number: usize) -> String {
    format!("Bearer 5vK2mQ8xT1nZ4rW7yB0dF3hJ6lP9{number:04}")
}

/// A list of answers, as an API gives it.
fn json() -> Bytes {
    let traffic = Traffic::new("http://api.example.com", Shape::Get, SIZE / 1024);
    let answers = traffic
        .exchanges
        .iter()
        .map(|exchange| &exchange.answer[..]);
    let answers: Vec<_> = answers.collect();
    [b"[", &answers.join(&b","[..])[..], b"]"].concat().into()
}
