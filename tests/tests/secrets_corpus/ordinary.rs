//! Traffic without secrets comes through as it is.

use std::path::PathBuf;

use cassette_core::{Cassette, Config, Interaction, Mode, Recorded};
use cassette_reqwest::scope;
use cassette_tests::{Child, RawRequest, Sandbox, one_thread, parent_variable};
use http::HeaderMap;

use crate::case::variable;
use crate::host::{Host, Outcome, Place};
use crate::script::{Message, Script, Step, read_folder};
use crate::table::{self, Failure, expect_none};
use crate::wire::{content, headers};

const FAILURES: &str = "ordinary.txt";

/// What the client and the server add to the messages of the corpus.
const ADDED: [&str; 3] = ["content-length", "transfer-encoding", "accept"];

/// A case that is recorded, compared with what was sent, and replayed.
struct Check<'a> {
    script: &'a Script,
    sandbox: Sandbox,
    failures: Vec<Failure>,
}

impl<'a> Check<'a> {
    async fn run(script: &'a Script, host: &Host) -> Vec<Failure> {
        let mut check = Self {
            script,
            sandbox: Sandbox::new(),
            failures: Vec::new(),
        };
        let place = host.place(&script.steps[0], "", None);
        let mut sent = Vec::new();
        let session = scope("c", check.config(Mode::Record), async {
            for step in &script.steps {
                check.expect_answer(step, host.record(step, &place).await, &place);
                sent.push(host.last_request());
            }
        });
        match session.await {
            Ok(()) => check.compare(&sent, &place),
            Err(error) => check.fail("the end", error.to_string()),
        }
        if check.failures.is_empty() {
            check.replay(host, &place).await;
        }
        check.failures
    }

    fn config(&self, mode: Mode) -> Config {
        let variable = self.script.directive("environment").map(variable);
        self.sandbox.config(mode).environment(variable)
    }

    async fn replay(&mut self, host: &Host, place: &Place<'_>) {
        let steps = &self.script.steps;
        let session = scope("c", self.config(Mode::Replay), async {
            for step in steps {
                let outcome = host.replay(step, place).await;
                self.expect_answer(step, outcome, place);
            }
        });
        if let Err(error) = session.await {
            self.fail("the replay", error.to_string());
        }
    }

    /// The test gets what the server says.
    fn expect_answer(&mut self, step: &Step, outcome: Outcome, place: &Place<'_>) {
        let Outcome::Answered(got) = outcome else {
            return self.fail("the answer", outcome.kind());
        };
        let answer = step.answers.last().expect("each step has one");
        self.compare_headers("the answer's headers", answer, &got.headers, place);
        if answer.header("content-encoding").is_none() {
            self.compare_body("the answer's body", answer, &got.body, place);
        }
    }

    fn compare(&mut self, sent: &[RawRequest], place: &Place<'_>) {
        let text = self.sandbox.read("c.json");
        for placeholder in ["[REDACTED]", "[BLOCKED]"] {
            if text.contains(placeholder) {
                self.fail("c.json", format!("has {placeholder}"));
            }
        }
        let cassette = Cassette::from_json(text.as_bytes()).expect("it was just written");
        let script = self.script;
        for ((step, interaction), sent) in
            script.steps.iter().zip(cassette.interactions()).zip(sent)
        {
            self.compare_request(&step.request, interaction, sent, place);
            self.compare_response(step, interaction, place);
        }
    }

    fn compare_request(
        &mut self,
        asked: &Message,
        stored: &Interaction,
        sent: &RawRequest,
        place: &Place<'_>,
    ) {
        let stored = stored.request();
        let target = sent.line().split(' ').nth(1).unwrap_or_default();
        let expected = format!("{}{target}", place.origin);
        if stored.url() != expected {
            self.fail("the URL", format!("{} for {expected}", stored.url()));
        }
        self.compare_headers("the request's headers", asked, stored.headers(), place);
        self.compare_body("the request's body", asked, stored.body().bytes(), place);
    }

    fn compare_response(&mut self, step: &Step, stored: &Interaction, place: &Place<'_>) {
        let Recorded::Response(response) = stored.recorded() else {
            return self.fail("the response", "is none");
        };
        let answer = step.answers.last().expect("each step has one");
        self.compare_headers("the response's headers", answer, response.headers(), place);
        if response.body().file().is_none() {
            self.compare_body(
                "the response's body",
                answer,
                response.body().bytes(),
                place,
            );
        }
    }

    fn compare_headers(
        &mut self,
        part: &str,
        expected: &Message,
        found: &HeaderMap,
        place: &Place<'_>,
    ) {
        let mut found = found.clone();
        for added in ADDED.iter().filter(|name| expected.header(name).is_none()) {
            found.remove(*added);
        }
        let expected = headers(&expected.headers, &place.filling());
        if found != expected {
            self.fail(part, format!("{found:?} for {expected:?}"));
        }
    }

    fn compare_body(&mut self, part: &str, expected: &Message, found: &[u8], place: &Place<'_>) {
        let expected = content(expected, &place.filling()).concat();
        if found != expected {
            let what = format!("{} for {}", found.escape_ascii(), expected.escape_ascii());
            self.fail(part, what);
        }
    }

    fn fail(&mut self, place: &str, what: impl Into<String>) {
        self.failures
            .push(Failure::new(&self.script.name, place, what));
    }
}

/// In a process of its own, whose output its parent reads.
#[test]
#[ignore = "run by its parent"]
fn sends_what_is_ordinary() {
    let (host, mut failures) = (Host::new(), Vec::new());
    one_thread().block_on(async {
        for script in &read_folder("ordinary") {
            failures.extend(Check::run(script, &host).await);
        }
    });
    let folder = PathBuf::from(parent_variable("CASSETTE_DIR"));
    std::fs::write(folder.join(FAILURES), table::table(&failures)).unwrap();
}

#[test]
fn ordinary_traffic_is_stored_as_it_is_and_nothing_is_said_about_it() {
    let (sandbox, scripts) = (Sandbox::new(), read_folder("ordinary"));
    let child = Child::exactly("ordinary::sends_what_is_ordinary", &sandbox, "");
    let ran = child.variable("RUST_TEST_NOCAPTURE", "1").run();
    assert!(ran.passed, "{ran:#?}");
    expect_none(&table::parse(&sandbox.read(FAILURES)), scripts.len());
    let mut notices = ran.stderr.lines().filter(|line| !line.is_empty());
    // A status that may be a bad day of the server is told of as well.
    let is_usual = |line: &str| {
        line.starts_with("cassette: recorded ") || line.contains("write `reject_status = [")
    };
    let other = notices.find(|line| !is_usual(line));
    assert_eq!(
        other, None,
        "a recording without secrets has nothing to say about them"
    );
    assert!(scripts.len() >= 200, "only {} cases", scripts.len());
}
