//! Disks that are full, or have a file where a folder should be.

use cassette_reqwest::cassette;
use cassette_tests::{Child, Sandbox, Server, echo, json, masked};

use crate::get;

#[test]
fn a_file_in_place_of_the_folder_is_an_error_that_names_it() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    sandbox.write("process", "not a folder");
    let ran = Child::exactly("asks_once", &sandbox, &server.url("")).run();
    ran.expect_failed();
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
    let file = "process/disks/asks_for_much.json";
    let sandbox = Sandbox::new();
    let short = Server::start(json(200, "[1]"));
    Child::exactly("disks::asks_for_much", &sandbox, &short.url(""))
        .run()
        .expect_passed(1);
    let recorded = sandbox.read(file);

    let server = Server::start(json(200, much));
    let child = Child::with_file_size_limit(16, "disks::asks_for_much", &sandbox, &server.url(""));
    let ran = child.variable("CASSETTE_MODE", "record").run();
    ran.expect_failed();
    assert_eq!(server.hits(), 1);
    assert_eq!(sandbox.read(file), recorded);
    let journal = "process/disks/asks_for_much.partial.jsonl";
    assert_eq!(sandbox.files(), [file, journal], "{ran:#?}");
    let kept = masked(&ran.stderr, &sandbox, &server.url(""));
    assert!(
        kept.contains(
            "what was recorded is in [sandbox]/process/disks/asks_for_much.partial.jsonl"
        ),
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
            "cannot write the journal [sandbox]/process/disks/asks_for_much.partial.jsonl\ncaused by: File too large"
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
            "cannot write the cassette [sandbox]/process/disks/asks_for_much.json\ncaused by: File too large"
        ),
        "{report}"
    );
}
