//! A case that is recorded, searched for its secret, and replayed.

use std::fs;

use cassette_core::{Config, Error, Mode};
use cassette_reqwest::{current, scope};
use cassette_tests::Sandbox;

use crate::case::{Case, Expected};
use crate::host::{Host, Outcome};
use crate::search;
use crate::table::Failure;
use crate::template::Filling;
use crate::value::another;
use crate::wire::content;

/// A recording of a case, and what was wrong with it.
pub(crate) struct Trial<'a> {
    case: &'a Case,
    sandbox: Sandbox,
    outcomes: Vec<&'static str>,
    failures: Vec<Failure>,
}

impl<'a> Trial<'a> {
    /// Records the case.
    pub(crate) async fn record(host: &Host, case: &'a Case) -> Self {
        let mut trial = Self {
            case,
            sandbox: Sandbox::new(),
            outcomes: Vec::new(),
            failures: Vec::new(),
        };
        let config = trial.config(Mode::Record, trial.variables(&case.secret));
        let ended = scope("c", config, trial.play(host)).await;
        trial.search_files("at the end");
        trial.check_end(ended.err());
        trial
    }

    /// Replays the recording, if there is one, with another secret in another environment, and
    /// returns what was wrong.
    pub(crate) async fn replay(mut self, host: &Host, with_variables: bool) -> Vec<Failure> {
        if !self.sandbox.exists("c.json") {
            return self.failures;
        }
        let secret = another(&self.case.secret);
        let variables = if with_variables {
            self.variables(&secret)
        } else {
            Vec::new()
        };
        let config = self.config(Mode::Replay, variables.clone());
        let ended = scope("c", config, self.play_again(host, &secret)).await;
        if let Err(error) = ended {
            self.fail("replay", error.to_string());
        }
        if self.case.by_name {
            let config = self.config(Mode::Replay, variables);
            self.ask_elsewhere(host, config, &secret).await;
        }
        self.failures
    }

    fn config(&self, mode: Mode, variables: Vec<(String, String)>) -> Config {
        let config = self.sandbox.config(mode).environment(variables);
        match self.case.body_limit {
            Some(limit) => config.body_limit(limit),
            None => config,
        }
    }

    fn variables(&self, secret: &str) -> Vec<(String, String)> {
        let filling = Filling {
            secret,
            origin: "",
            cut: None,
        };
        let variables = self.case.variables.iter();
        variables
            .map(|(name, value)| (name.clone(), filling.text(value)))
            .collect()
    }

    async fn play(&mut self, host: &Host) {
        let case = self.case;
        for (index, step) in case.steps.iter().enumerate() {
            let place = host.place(step, &case.secret, case.cut);
            let outcome = host.record(step, &place).await;
            self.outcomes.push(outcome.kind());
            if let (Outcome::Answered(got), Some(answer)) = (&outcome, step.answers.last()) {
                let is_coded = answer.header("content-encoding").is_some();
                if !is_coded && got.body != content(answer, &place.filling()).concat() {
                    self.fail("the recording test", "does not see the real answer");
                }
            }
            if index + 1 >= case.known_after {
                self.search_files(&format!("after step {}", index + 1));
                self.search_debug();
            }
        }
    }

    async fn play_again(&mut self, host: &Host, secret: &str) {
        let case = self.case;
        for (index, step) in case.steps.iter().enumerate() {
            let place = host.place(step, secret, case.cut);
            let outcome = host.replay(step, &place).await;
            if outcome.kind() != self.outcomes[index] {
                let what = format!(
                    "{} where {} was recorded",
                    outcome.kind(),
                    self.outcomes[index]
                );
                self.fail(&format!("replay of step {}", index + 1), what);
            }
        }
    }

    /// A request that was not recorded is reported, and the report has no secret either.
    async fn ask_elsewhere(&mut self, host: &Host, config: Config, secret: &str) {
        let asks = async {
            for step in &self.case.steps {
                let place = host.place(step, secret, self.case.cut);
                drop(host.ask_elsewhere(step, &place).await);
            }
        };
        let ended = scope("c", config, asks).await;
        match ended {
            Err(error) => self.search_error("the report of a request", secret, &error),
            Ok(()) => self.fail("a request elsewhere", "has an answer"),
        }
    }

    fn check_end(&mut self, error: Option<Error>) {
        let Some(error) = error else {
            return self.check_saved();
        };
        self.search_error("the error", &self.case.secret, &error);
        if self.case.expected == Expected::Saved {
            let text = error.to_string();
            self.fail(
                "the end",
                format!("refused: {}", text.lines().next().unwrap_or_default()),
            );
        } else if self.sandbox.exists("c.json") {
            self.fail("the end", "refused, but there is a cassette");
        } else if !self.sandbox.exists("c.rejected.json") {
            self.fail("the end", "refused, but there is no rejected file");
        }
    }

    fn check_saved(&mut self) {
        if self.case.expected == Expected::Refused {
            return self.fail("the end", "saved, but not to be");
        }
        let cassette = self.sandbox.cassette("c.json");
        let interactions = cassette["interactions"].as_array().map_or(0, Vec::len);
        if interactions != self.case.steps.len() {
            self.fail("c.json", format!("has {interactions} interactions"));
        }
    }

    /// Searches every byte of every file.
    fn search_files(&mut self, when: &str) {
        for name in self.sandbox.files() {
            let bytes = fs::read(self.sandbox.path().join(&name)).unwrap_or_default();
            self.search(&format!("{name} {when}"), &bytes);
        }
    }

    fn search_debug(&mut self) {
        let session = current().expect("this is within its scope");
        self.search("Debug of the session", format!("{session:?}").as_bytes());
    }

    fn search_error(&mut self, place: &str, secret: &str, error: &Error) {
        let texts = format!("{error}\n{error:?}\n{error:#?}");
        if let Some(how) = search::find(secret, texts.as_bytes()) {
            self.fail(place, format!("leaked ({how})"));
        }
    }

    fn search(&mut self, place: &str, bytes: &[u8]) {
        if let Some(how) = search::find(&self.case.secret, bytes) {
            self.fail(place, format!("leaked ({how})"));
        }
    }

    fn fail(&mut self, place: &str, what: impl Into<String>) {
        // An error names the request, and a URL may hold what is not to be shown.
        let what = what.into().replace(&self.case.secret, "…");
        self.failures
            .push(Failure::new(&self.case.name, place, what));
    }
}
