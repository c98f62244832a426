//! What a recording leaves that was killed, failed or could not be saved: nothing that was paid for
//! is lost, and the next recording that passes clears up.

use std::fs;

use cassette_core::{Error, Mode};
use cassette_reqwest::{client, scope};
use cassette_tests::{Sandbox, Server, echo};

const HEAD: &str =
    r#"{"format":1,"test":"c","recorded_at":"2026-11-21T10:30:00Z","interactions":[]}"#;

fn line(number: usize) -> String {
    format!(
        r#"{{"number":{number},"interaction":{{"request":{{"method":"GET","url":"http://e.com/{number}"}},"response":{{"status":200}}}}}}"#
    )
}

/// The journal of a recording that was killed while it wrote its third line.
fn killed() -> String {
    [HEAD, &line(1), &line(0), &line(2)[..40]].join("\n")
}

async fn run(sandbox: &Sandbox, mode: Mode, server: &Server, paths: &[&str]) -> Result<(), Error> {
    let session = scope("c", sandbox.config(mode), async {
        for path in paths {
            drop(client().get(server.url(path)).send().await);
        }
    });
    session.await
}

/// Ends as by a timeout around the test, after these requests.
async fn interrupt(sandbox: &Sandbox, mode: Mode, server: &Server, paths: &[&str]) {
    let answered = tokio::sync::Notify::new();
    let session = scope("c", sandbox.config(mode), async {
        for path in paths {
            client().get(server.url(path)).send().await.unwrap();
        }
        answered.notify_one();
        std::future::pending::<()>().await;
    });
    tokio::select! {
        _ = session => unreachable!("it waits for ever"),
        () = answered.notified() => {}
    }
}

#[tokio::test]
async fn a_half_written_journal_is_kept_as_far_as_it_is_whole() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    sandbox.write("c.partial.jsonl", killed());
    run(&sandbox, Mode::Auto, &server, &["/"]).await.unwrap();
    assert_eq!(sandbox.files(), ["c.json", "c.rejected.json"]);
    assert_eq!(sandbox.requested("c.rejected.json"), ["/0", "/1"]);

    run(&sandbox, Mode::Record, &server, &["/"]).await.unwrap();
    assert_eq!(
        sandbox.files(),
        ["c.json"],
        "the next recording that passes clears up"
    );
}

#[tokio::test]
async fn a_journal_that_cannot_be_read_is_left_alone() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let damaged = [HEAD, "?", &line(0), ""].join("\n");
    for journal in
        ["not a journal\n", &HEAD.replace("1,", "9,"), &damaged].map(|text| format!("{text}\n"))
    {
        sandbox.write("c.partial.jsonl", &journal);
        let error = run(&sandbox, Mode::Record, &server, &["/"])
            .await
            .unwrap_err();
        assert!(error.is_storage(), "{error}");
        assert_eq!(sandbox.read("c.partial.jsonl"), journal);
    }
    assert_eq!(
        (server.hits(), sandbox.files()),
        (0, vec!["c.partial.jsonl".to_owned()])
    );
}

#[tokio::test]
async fn what_was_left_stays_in_the_journal_when_it_cannot_be_moved() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    sandbox.write("c.partial.jsonl", killed());
    // Folders, which a file cannot replace, in all the places for it.
    sandbox.write("c.rejected.json/file", "");
    (2..10)
        .for_each(|number| sandbox.write(&format!("c.{number}.rejected.rejected.json/file"), ""));
    let error = run(&sandbox, Mode::Record, &server, &["/"])
        .await
        .unwrap_err();
    assert!(error.is_storage(), "{error}");
    assert_eq!(sandbox.read("c.partial.jsonl"), killed());
}

#[tokio::test]
async fn a_recording_that_fails_does_not_overwrite_what_a_killed_one_left() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    sandbox.write("c.partial.jsonl", killed());
    interrupt(&sandbox, Mode::Auto, &server, &["/new"]).await;
    interrupt(&sandbox, Mode::Auto, &server, &["/newer"]).await;
    let rejected = [
        "c.2.rejected.rejected.json",
        "c.3.rejected.rejected.json",
        "c.rejected.json",
    ];
    assert_eq!(sandbox.files(), rejected);
    assert_eq!(sandbox.requested("c.rejected.json"), ["/0", "/1"]);
    assert_eq!(sandbox.requested("c.3.rejected.rejected.json"), ["/newer"]);

    run(&sandbox, Mode::Auto, &server, &["/"]).await.unwrap();
    assert_eq!(sandbox.files(), ["c.json"]);
}

#[tokio::test]
async fn an_update_that_fails_keeps_the_whole_of_what_it_would_have_saved() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    run(&sandbox, Mode::Record, &server, &["/old"])
        .await
        .unwrap();
    interrupt(&sandbox, Mode::Update, &server, &["/old", "/new"]).await;
    assert_eq!(sandbox.requested("c.json"), ["/old"]);
    assert_eq!(sandbox.requested("c.rejected.json"), ["/old", "/new"]);
}

#[tokio::test]
async fn an_update_that_is_killed_leaves_the_whole_as_well() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    run(&sandbox, Mode::Record, &server, &["/old"])
        .await
        .unwrap();
    let journal = scope("c", sandbox.config(Mode::Update), async {
        client().get(server.url("/old")).send().await.unwrap();
        client().get(server.url("/new")).send().await.unwrap();
        sandbox.read("c.partial.jsonl")
    });
    let journal = journal.await.unwrap();
    fs::remove_file(sandbox.path().join("c.json")).unwrap();
    sandbox.write("c.partial.jsonl", journal);
    run(&sandbox, Mode::Auto, &server, &["/"]).await.unwrap();
    assert_eq!(sandbox.requested("c.rejected.json"), ["/old", "/new"]);
}

#[tokio::test]
async fn a_scope_says_where_what_it_did_not_save_is() {
    let (sandbox, arrived) = (
        Sandbox::new(),
        std::sync::Arc::new(tokio::sync::Notify::new()),
    );
    let notify = std::sync::Arc::clone(&arrived);
    let server = Server::start_async(move |request| {
        let (notify, is_late) = (
            std::sync::Arc::clone(&notify),
            request.uri().path() == "/late",
        );
        async move {
            if is_late {
                notify.notify_one();
                std::future::pending::<()>().await;
            }
            echo(request)
        }
    });
    let session = scope("c", sandbox.config(Mode::Record), async {
        client().get(server.url("/")).send().await.unwrap();
        tokio::spawn(client().get(server.url("/late")).send());
        arrived.notified().await;
    });
    let error = session.await.unwrap_err();
    assert!(error.is_rejected(), "{error}");
    let note = "note: the recording of c is not saved; 1 interaction kept in ";
    assert!(error.to_string().contains(note), "{error}");
    assert_eq!(sandbox.requested("c.rejected.json"), ["/"]);
}
