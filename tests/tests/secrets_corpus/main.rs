//! No secret reaches a file, a message or a log, and ordinary traffic stays as it is: the corpora of
//! `tests/corpus`, recorded and replayed.

mod case;
mod host;
mod ordinary;
mod process;
mod property;
mod script;
mod search;
mod spelling;
mod table;
mod template;
mod trial;
mod value;
mod wire;

use std::thread;

use case::{Case, read_cases};
use cassette_tests::{Child, Sandbox, one_thread, parent_variable};
use host::Host;
use search::Views;
use table::{Failure, expect_none, table};
use trial::Trial;

/// Recordings wait for the disk, so more of them than there are processors are made at a time.
const THREADS: usize = 4;

/// Runs every case, and returns what was wrong.
fn run(cases: &[Case]) -> Vec<Failure> {
    thread::scope(|scope| {
        let shares = (0..THREADS).map(|share| {
            let cases = cases.iter().skip(share).step_by(THREADS);
            scope.spawn(move || run_share(cases.collect()))
        });
        let shares: Vec<_> = shares.collect();
        let failures = shares
            .into_iter()
            .flat_map(|share| share.join().expect("no case panics"));
        failures.collect()
    })
}

/// Records all these cases, stops the server, and replays what was recorded.
fn run_share(cases: Vec<&Case>) -> Vec<Failure> {
    let mut host = Host::new();
    one_thread().block_on(async {
        let mut trials = Vec::new();
        for case in cases {
            trials.push(Trial::record(&host, case).await);
        }
        host.stop();
        let mut failures = Vec::new();
        for (index, trial) in trials.into_iter().enumerate() {
            failures.extend(trial.replay(&host, index % 2 == 0).await);
        }
        failures
    })
}

const FAILURES: &str = "failures.txt";

/// In a process of its own, whose output its parent searches.
#[test]
#[ignore = "run by its parent"]
fn plants_every_secret() {
    let failures = run(&read_cases());
    let folder = std::path::PathBuf::from(parent_variable("CASSETTE_DIR"));
    std::fs::write(folder.join(FAILURES), table(&failures)).unwrap();
}

#[test]
fn no_secret_of_the_corpus_is_written_or_printed() {
    let (sandbox, cases) = (Sandbox::new(), read_cases());
    let child = Child::exactly("plants_every_secret", &sandbox, "");
    let ran = child.variable("RUST_TEST_NOCAPTURE", "1").run();
    assert!(ran.passed, "{ran:#?}");
    let mut failures = table::parse(&sandbox.read(FAILURES));
    failures.extend(printed(&cases, &(ran.stdout + &ran.stderr)));
    expect_none(&failures, cases.len());
    assert!(cases.len() >= 200, "only {} cases", cases.len());
}

fn printed(cases: &[Case], output: &str) -> Vec<Failure> {
    let views = Views::of(output.as_bytes());
    let printed = cases.iter().filter_map(|case| {
        let how = views.find(&case.secret)?;
        Some(Failure::new(
            &case.name,
            "printed",
            format!("leaked ({how})"),
        ))
    });
    printed.collect()
}

/// What the corpus finds when there is something to find: nothing says that this is a secret.
#[test]
fn a_secret_that_nobody_can_know_is_reported_wherever_it_is() {
    let places = script::read_file("secrets/unknown.http");
    assert!(!places.is_empty());
    for place in &places {
        let value = value::Value {
            name: "by hand".to_owned(),
            text: "correct horse <battery> staple".to_owned(),
        };
        let failures = run(&[Case::of(place, &value)]);
        let has = |at: &str| {
            let mut leaks = failures
                .iter()
                .filter(|failure| failure.what.starts_with("leaked"));
            leaks.any(|failure| failure.place.starts_with(at))
        };
        assert!(has("c.partial.jsonl"), "{}: {failures:?}", place.name);
        assert!(has("c.json at the end"), "{}: {failures:?}", place.name);
    }
}
