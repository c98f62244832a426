//! What only shows in a process of its own: the harness's verdict, notices past its capture, the
//! environment, kills, locks, and disks that are full.
//!
//! The children are tests of this file, marked `#[ignore = "run by its parent"]`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use bytes::Bytes;
use cassette_reqwest::{Config, cassette, client};
use cassette_tests::{
    Child, Ran, Sandbox, Server, echo, json, masked, parent_variable, url_of_parent,
};
use http::Request;
use reqwest_middleware::Result;
use serde_json::Value;
use tokio::sync::Notify;

/// How long a parent waits for a sign of its child before it takes it for lost.
const PATIENCE: Duration = Duration::from_secs(60);

async fn get(path: &str) -> Result<String> {
    let request = client()
        .get(url_of_parent(path))
        .bearer_auth("hunter2-hunter2");
    Ok(request.send().await?.text().await?)
}

fn expect_passed(ran: &Ran) {
    assert!(ran.passed, "{ran:#?}");
    assert!(ran.stdout.contains("1 passed"), "{ran:#?}");
}

fn expect_failed(ran: &Ran) {
    assert!(!ran.passed, "{ran:#?}");
    assert!(ran.stdout.contains("1 failed"), "{ran:#?}");
}

/// Passes when `answer` comes; tells its parent that its body runs.
#[cassette]
#[tokio::test]
#[ignore = "run by its parent"]
async fn asks_once() {
    let sign = reqwest::get(url_of_parent("/the-body-runs")).await;
    assert!(sign.is_ok() || sign.is_err_and(|error| error.is_connect()));
    get("/users").await.unwrap();
}

const ASKS_ONCE: &str = "process/asks_once.json";

fn paths(server: &Server) -> Vec<String> {
    let requests = server.requests();
    requests.into_iter().map(|seen| seen.path).collect()
}

#[test]
fn what_one_process_records_another_replays_without_the_server() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let origin = server.url("");
    let child = || Child::exactly("asks_once", &sandbox, &origin);
    let recorded = child().run();
    expect_passed(&recorded);
    insta::assert_snapshot!(masked(&recorded.stderr, &sandbox, &origin), @"cassette: recorded 1 interaction into [sandbox]/process/asks_once.json");
    assert_eq!(paths(&server), ["/the-body-runs", "/users"]);
    assert_eq!(sandbox.files(), [ASKS_ONCE]);
    let cassette = sandbox.read(ASKS_ONCE);
    server.stop();

    let replayed = child().run();
    expect_passed(&replayed);
    assert_eq!(replayed.stderr, "", "a quiet replay says nothing");
    assert_eq!(sandbox.read(ASKS_ONCE), cassette);
}

/// Runs a child that must fail before its body runs, and returns why it does.
fn refusal(variables: &[(&str, &str)]) -> String {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let child = Child::exactly("asks_once", &sandbox, &server.url(""));
    let ran = variables
        .iter()
        .fold(child, |child, (name, value)| child.variable(name, value))
        .run();
    expect_failed(&ran);
    assert_eq!(server.hits(), 0, "the body does not run");
    assert!(sandbox.files().is_empty());
    masked(ran.panic(), &sandbox, &server.url(""))
}

/// Runs a child that must record.
fn check_records(variables: &[(&str, &str)]) {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let child = Child::exactly("asks_once", &sandbox, &server.url(""));
    let ran = variables
        .iter()
        .fold(child, |child, (name, value)| child.variable(name, value))
        .run();
    expect_passed(&ran);
    assert_eq!(sandbox.files(), [ASKS_ONCE]);
}

#[test]
fn ci_without_a_cassette_fails_before_the_body_and_says_how_to_record() {
    insta::assert_snapshot!(refusal(&[("CI", "true")]), @"
    no cassette for process::asks_once

        cassette: [sandbox]/process/asks_once.json (does not exist)
        mode: replay (CI)

    help: to record it, run `CASSETTE_MODE=record cargo test asks_once`, and commit the file
    ");
}

#[test]
fn ci_records_where_the_mode_is_asked_for() {
    check_records(&[("CI", "true"), ("CASSETTE_MODE", "record")]);
}

#[test]
fn an_unknown_mode_is_refused_with_the_list_of_modes() {
    insta::assert_snapshot!(refusal(&[("CASSETTE_MODE", "bogus")]), @"CASSETTE_MODE is `bogus`; it can be auto, replay (or playback), record, update, live");
}

#[test]
fn cassette_only_keeps_recording_to_the_tests_it_names() {
    check_records(&[("CASSETTE_ONLY", "process::asks_*")]);
    insta::assert_snapshot!(refusal(&[("CASSETTE_ONLY", "process::other_*")]), @"
    no cassette for process::asks_once

        cassette: [sandbox]/process/asks_once.json (does not exist)
        mode: replay (CASSETTE_ONLY names others)

    help: to record it, run `CASSETTE_MODE=record cargo test asks_once`, and commit the file
    ");
}

#[test]
fn cassette_only_without_a_pattern_is_refused() {
    insta::assert_snapshot!(refusal(&[("CASSETTE_ONLY", "[")]), @"CASSETTE_ONLY is `[`, which is no pattern: Pattern syntax error near position 0: invalid range pattern");
}

/// A server that holds one path back while it is told to, and says when it was asked for it.
struct Holding {
    server: Server,
    arrived: mpsc::Receiver<()>,
    held: Arc<AtomicBool>,
    release: Arc<Notify>,
}

impl Holding {
    fn back(path: &'static str) -> Self {
        let (arrival, arrived) = mpsc::channel();
        let (held, release) = (Arc::new(AtomicBool::new(true)), Arc::new(Notify::new()));
        let (holding, released) = (Arc::clone(&held), Arc::clone(&release));
        let server = Server::start_async(move |request: Request<Bytes>| {
            let hold = request.uri().path() == path && holding.load(Ordering::SeqCst);
            let (arrival, released) = (arrival.clone(), Arc::clone(&released));
            async move {
                if hold {
                    // The parent may have failed, and with it the receiver gone.
                    let _ = arrival.send(());
                    released.notified().await;
                }
                echo(request)
            }
        });
        Self {
            server,
            arrived,
            held,
            release,
        }
    }

    fn wait_for_the_request(&self) {
        self.arrived
            .recv_timeout(PATIENCE)
            .expect("the child asks for what is held back");
    }

    /// Answers what is held back, and from then on everything at once.
    fn let_go(&self) {
        self.held.store(false, Ordering::SeqCst);
        self.release.notify_one();
    }
}

#[cassette]
#[tokio::test]
#[ignore = "run by its parent"]
async fn asks_twice() {
    get("/first").await.unwrap();
    get("/second").await.unwrap();
}

const PARTIAL: &str = "process/asks_twice.partial.jsonl";
const REJECTED: &str = "process/asks_twice.rejected.json";

/// Kills a recording between its first and its second answer.
fn killed(sandbox: &Sandbox, holding: &Holding) {
    let child = Child::exactly("asks_twice", sandbox, &holding.server.url(""));
    let mut child = child.start();
    holding.wait_for_the_request();
    child.kill().expect("the child still runs");
    let status = child.wait().expect("the child is this process's");
    assert!(!status.success());
}

fn requested(cassette: &Value) -> Vec<&str> {
    let interactions = cassette["interactions"].as_array().into_iter().flatten();
    interactions
        .filter_map(|interaction| interaction["request"]["url"].as_str())
        .collect()
}

#[test]
fn a_killed_recording_leaves_every_finished_interaction_in_its_journal() {
    let (sandbox, holding) = (Sandbox::new(), Holding::back("/second"));
    killed(&sandbox, &holding);
    assert_eq!(sandbox.files(), [PARTIAL]);
    let journal = sandbox.read(PARTIAL);
    let lines: Vec<Value> = journal
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let [head, first] = lines.as_slice() else {
        panic!("a head and one interaction: {journal}");
    };
    assert_eq!(head["test"], "process::asks_twice");
    let interaction = &first["interaction"];
    assert_eq!(interaction["request"]["url"], holding.server.url("/first"));
    assert_eq!(interaction["response"]["status"], 200);
    assert!(!journal.contains("hunter2"), "{journal}");
}

#[cfg(unix)]
#[test]
fn the_journal_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;

    let (sandbox, holding) = (Sandbox::new(), Holding::back("/second"));
    killed(&sandbox, &holding);
    let metadata = fs::metadata(sandbox.path().join(PARTIAL)).unwrap();
    assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
}

#[test]
fn the_next_recording_keeps_what_a_killed_one_left_and_says_where() {
    let (sandbox, holding) = (Sandbox::new(), Holding::back("/second"));
    let origin = holding.server.url("");
    killed(&sandbox, &holding);
    holding.let_go();

    let ran = Child::exactly("asks_twice", &sandbox, &origin).run();
    expect_passed(&ran);
    insta::assert_snapshot!(masked(&ran.stderr, &sandbox, &origin), @"
    cassette: what a killed recording had left is now in [sandbox]/process/asks_twice.rejected.json
    cassette: recorded 2 interactions into [sandbox]/process/asks_twice.json
    ");
    assert_eq!(sandbox.files(), ["process/asks_twice.json", REJECTED]);
    let rejected: Value = serde_json::from_str(&sandbox.read(REJECTED)).unwrap();
    assert_eq!(requested(&rejected), [holding.server.url("/first")]);
}

#[test]
fn a_replay_leaves_alone_what_a_killed_recording_left() {
    let (sandbox, holding) = (Sandbox::new(), Holding::back("/second"));
    let origin = holding.server.url("");
    holding.held.store(false, Ordering::SeqCst);
    expect_passed(&Child::exactly("asks_twice", &sandbox, &origin).run());
    sandbox.write(PARTIAL, "left over");

    let replayed = Child::exactly("asks_twice", &sandbox, &origin).run();
    expect_passed(&replayed);
    assert_eq!(replayed.stderr, "");
    assert_eq!(sandbox.read(PARTIAL), "left over");
}

/// Tells the parent that the session is about to begin.
fn with_a_sign(config: Config) -> Config {
    let sign = PathBuf::from(parent_variable("TEST_SIGN"));
    fs::write(&sign, "").unwrap_or_else(|error| panic!("cannot write {}: {error}", sign.display()));
    config
}

#[cassette(config = with_a_sign)]
#[tokio::test]
#[ignore = "run by its parent"]
async fn asks_slowly() {
    get("/slow").await.unwrap();
}

/// Another process leaves no other signal at that point.
fn wait_for_file(path: &Path) {
    let patience = Instant::now() + PATIENCE;
    while !path.exists() {
        assert!(Instant::now() < patience, "the child gives its sign");
        thread::yield_now();
    }
}

fn ended(child: process::Child) -> Ran {
    child
        .wait_with_output()
        .expect("the child is this process's")
        .into()
}

#[test]
fn of_two_processes_with_one_cassette_the_second_waits_and_then_plays() {
    let (sandbox, signs) = (Sandbox::new(), Sandbox::new());
    let holding = Holding::back("/slow");
    let origin = holding.server.url("");
    let child = |sign: &Path| {
        let child = Child::exactly("asks_slowly", &sandbox, &origin);
        child.variable("TEST_SIGN", sign).start()
    };
    let first = child(&signs.path().join("first"));
    holding.wait_for_the_request();
    let sign = signs.path().join("second");
    let mut second = child(&sign);
    wait_for_file(&sign);
    assert!(second.try_wait().unwrap().is_none());
    holding.let_go();

    let (first, second) = (ended(first), ended(second));
    expect_passed(&first);
    expect_passed(&second);
    assert_eq!(paths(&holding.server), ["/slow"]);
    assert_eq!(sandbox.files(), ["process/asks_slowly.json"]);
    assert!(first.stderr.contains("cassette: recorded 1 interaction"));
    assert_eq!(second.stderr, "");
}

#[cassette]
#[tokio::test]
#[ignore = "run by its parent"]
#[should_panic(expected = "as the test should")]
async fn asks_and_panics() {
    let answer = get(&parent_variable("TEST_PATH")).await;
    assert!(answer.is_err(), "as the test should");
}

#[test]
fn a_test_that_should_panic_and_does_is_recorded_then_replayed() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let origin = server.url("");
    let child = || Child::exactly("asks_and_panics", &sandbox, &origin).variable("TEST_PATH", "/");
    let recorded = child().run();
    expect_passed(&recorded);
    insta::assert_snapshot!(masked(&recorded.stderr, &sandbox, &origin), @"cassette: recorded 1 interaction into [sandbox]/process/asks_and_panics.json");
    assert_eq!(sandbox.files(), ["process/asks_and_panics.json"]);
    server.stop();
    let replayed = child().run();
    expect_passed(&replayed);
    assert_eq!(replayed.stderr, "");
}

#[cassette]
#[tokio::test]
#[ignore = "run by its parent"]
#[should_panic]
async fn asks_and_panics_for_any_reason() {
    let answer = get(&parent_variable("TEST_PATH")).await;
    panic!("{answer:?}");
}

/// Records a test that should panic, then lets it panic after a miss.
fn panics_after_a_miss() -> (Ran, String) {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let origin = server.url("");
    let child = |path| {
        let child = Child::exactly("asks_and_panics_for_any_reason", &sandbox, &origin);
        child.variable("TEST_PATH", path)
    };
    expect_passed(&child("/first").run());
    let missed = child("/second").run();
    assert_eq!(paths(&server), ["/first"]);
    let told = masked(&missed.stderr, &sandbox, &origin);
    (missed, told)
}

#[test]
fn a_miss_fails_a_test_that_should_panic() {
    let (missed, told) = panics_after_a_miss();
    expect_failed(&missed);
    assert!(
        missed.stdout.contains("test did not panic as expected"),
        "{missed:#?}"
    );
    assert!(
        told.starts_with("cassette: no recorded interaction matches this request\n"),
        "{told}"
    );
}

#[test]
fn a_report_past_the_capture_is_indented_and_its_empty_lines_are_empty() {
    let (_, told) = panics_after_a_miss();
    insta::assert_snapshot!(told, @"
    cassette: no recorded interaction matches this request

          GET http://server/second
          cassette: [sandbox]/process/asks_and_panics_for_any_reason.json (1 interaction, 0 already played)
          mode: auto   matching on: method, url, body

      closest is interaction 1; it differs in 1 place

          path    recorded: /first    actual: /second

      help: to record again, run `CASSETTE_MODE=record cargo test asks_and_panics_for_any_reason`
      help: to add it to the recording, run `CASSETTE_MODE=update cargo test asks_and_panics_for_any_reason`
    ");
}

#[test]
fn a_cassette_that_is_missing_in_ci_fails_a_test_that_should_panic() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let child = Child::exactly("asks_and_panics_for_any_reason", &sandbox, &server.url(""));
    let refused = child
        .variable("TEST_PATH", "/")
        .variable("CI", "true")
        .run();
    expect_failed(&refused);
    assert!(
        refused
            .stderr
            .starts_with("cassette: no cassette for process::asks_and_panics"),
        "{refused:#?}"
    );
    assert_eq!(server.hits(), 0);
}

#[test]
fn a_file_in_place_of_the_folder_is_an_error_that_names_it() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    sandbox.write("process", "not a folder");
    let ran = Child::exactly("asks_once", &sandbox, &server.url("")).run();
    expect_failed(&ran);
    let report = masked(ran.panic(), &sandbox, &server.url(""));
    // Which step fails first is the system's business.
    assert!(
        report.starts_with("cannot ")
            && report.contains(" the cassette [sandbox]/process/asks_once.json\ncaused by: "),
        "{report}"
    );
    assert_eq!(server.hits(), 0, "nothing is paid for that cannot be kept");
    assert_eq!(sandbox.read("process"), "not a folder");
}

#[cassette]
#[tokio::test]
#[ignore = "run by its parent"]
async fn asks_for_much() {
    // What fails is the cassette, whatever the test makes of it.
    let _ = get("/much").await;
}

/// Records a short answer, then this one, with files limited to 16 blocks, and returns why that
/// failed; the old file is what remains.
#[cfg(unix)]
fn on_a_full_disk(much: String) -> String {
    let file = "process/asks_for_much.json";
    let sandbox = Sandbox::new();
    let short = Server::start(json(200, "[1]"));
    expect_passed(&Child::exactly("asks_for_much", &sandbox, &short.url("")).run());
    let recorded = sandbox.read(file);

    let server = Server::start(json(200, much));
    let child = Child::with_file_size_limit(16, "asks_for_much", &sandbox, &server.url(""));
    let ran = child.variable("CASSETTE_MODE", "record").run();
    expect_failed(&ran);
    assert_eq!(server.hits(), 1);
    assert_eq!(sandbox.read(file), recorded);
    let journal = "process/asks_for_much.partial.jsonl";
    assert_eq!(sandbox.files(), [file, journal], "{ran:#?}");
    let kept = masked(&ran.stderr, &sandbox, &server.url(""));
    assert!(
        kept.contains("what was recorded is in [sandbox]/process/asks_for_much.partial.jsonl"),
        "{kept}"
    );
    masked(ran.panic(), &sandbox, &server.url(""))
}

#[cfg(unix)]
#[test]
fn a_journal_that_cannot_be_written_is_an_error_that_names_it() {
    // Longer than 16 blocks in any form.
    let report = on_a_full_disk(format!("[{}1]", "1,".repeat(20_000)));
    assert!(
        report.starts_with(
            "cannot write the journal [sandbox]/process/asks_for_much.partial.jsonl\ncaused by: File too large"
        ),
        "{report}"
    );
}

#[cfg(unix)]
#[test]
fn a_cassette_that_cannot_be_written_is_an_error_that_names_it() {
    // As the journal has it this fits into 16 blocks; a line for each number does not.
    let report = on_a_full_disk(format!("[{}1]", "1,".repeat(2_000)));
    assert!(
        report.starts_with(
            "cannot write the cassette [sandbox]/process/asks_for_much.json\ncaused by: File too large"
        ),
        "{report}"
    );
}

/// Two versions of one function: it has the same name in either block.
#[tokio::test]
#[ignore = "run by its parent"]
async fn in_two_versions() {
    if parent_variable("TEST_VERSION") == "1" {
        #[cassette]
        async fn creates_gamer() {
            get("/gamer").await.unwrap();
        }
        creates_gamer().await;
    } else {
        #[cassette]
        async fn creates_gamer() {
            get("/gamer?kind=pro").await.unwrap();
        }
        creates_gamer().await;
    }
}

#[test]
fn a_stale_recording_is_made_again_with_a_notice_that_names_the_function() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let origin = server.url("");
    let version = |version| {
        let child = Child::exactly("in_two_versions", &sandbox, &origin);
        child.variable("TEST_VERSION", version)
    };
    expect_passed(&version("1").run());
    let changed = version("2").run();
    expect_passed(&changed);
    insta::assert_snapshot!(masked(&changed.stderr, &sandbox, &origin), @"
    cassette: function creates_gamer has changed; [sandbox]/process/creates_gamer.json is recorded again
    cassette: recorded 1 interaction into [sandbox]/process/creates_gamer.json
    ");
    assert_eq!(paths(&server), ["/gamer", "/gamer?kind=pro"]);

    let refused = version("1").variable("CI", "true").run();
    expect_failed(&refused);
    let report = masked(refused.panic(), &sandbox, &origin);
    assert!(
        report.starts_with("the recording is stale: function creates_gamer has changed"),
        "{report}"
    );
    assert_eq!(server.hits(), 2);
}

#[cassette]
#[tokio::test]
#[ignore = "run by its parent"]
async fn swallows_its_miss() {
    let _ = get(&parent_variable("TEST_PATH")).await;
}

#[cassette]
#[tokio::test]
#[ignore = "run by its parent"]
async fn unwraps_its_miss() {
    get(&parent_variable("TEST_PATH")).await.unwrap();
}

/// Records a test, then lets it ask for something else. The harness shows the report once, and
/// nothing is told past it.
fn check_miss(test: &str) {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let origin = server.url("");
    let child = |path| Child::exactly(test, &sandbox, &origin).variable("TEST_PATH", path);
    expect_passed(&child("/first").run());
    let missed = child("/second").run();
    expect_failed(&missed);
    let reports = missed
        .stdout
        .matches("no recorded interaction matches this request");
    assert_eq!(reports.count(), 1, "{missed:#?}");
    assert_eq!(missed.stderr, "");
    assert_eq!(paths(&server), ["/first"]);
}

#[test]
fn a_swallowed_miss_fails_the_test_with_one_report() {
    check_miss("swallows_its_miss");
}

#[test]
fn a_miss_that_the_test_unwraps_is_reported_once() {
    check_miss("unwraps_its_miss");
}

#[cassette]
#[tokio::test]
#[ignore = "run by its parent"]
async fn asks_twice_and_fails() -> std::result::Result<(), String> {
    get("/first").await.unwrap();
    get("/second").await.unwrap();
    Err("the error of the test".into())
}

#[test]
fn a_failing_test_is_told_where_its_recording_is() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let origin = server.url("");
    let ran = Child::exactly("asks_twice_and_fails", &sandbox, &origin).run();
    expect_failed(&ran);
    assert!(ran.stdout.contains("the error of the test"), "{ran:#?}");
    insta::assert_snapshot!(masked(&ran.stderr, &sandbox, &origin), @"cassette: the recording of process::asks_twice_and_fails is not saved; 2 interactions kept in [sandbox]/process/asks_twice_and_fails.rejected.json");
    assert_eq!(
        sandbox.files(),
        ["process/asks_twice_and_fails.rejected.json"]
    );
}
