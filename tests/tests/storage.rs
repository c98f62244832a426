//! Files that are broken, foreign, in use or cannot be written: each is a clear error, and nothing
//! is lost.

use std::fs;
use std::path::Path;

use cassette_core::{Error, Mode};
use cassette_reqwest::{client, scope};
use cassette_tests::{Sandbox, Server, echo, json};

const MODES: [Mode; 4] = [Mode::Auto, Mode::Replay, Mode::Record, Mode::Update];

async fn run(sandbox: &Sandbox, name: &str, mode: Mode, server: &Server) -> Result<(), Error> {
    let request = client().get(server.url("/"));
    scope(name, sandbox.config(mode), async {
        drop(request.send().await);
    })
    .await
}

/// Returns the error and its causes, as a failing test shows them, with the sandbox's path cut out.
fn text(error: &Error, sandbox: &Sandbox) -> String {
    format!("{error:?}").replace(&sandbox.path().display().to_string(), "…")
}

/// In every mode such a file is an error, and stays as it is.
async fn check_broken(content: &[u8]) -> String {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    sandbox.write("c.json", content);
    let mut texts = Vec::new();
    for mode in MODES {
        let error = run(&sandbox, "c", mode, &server).await.unwrap_err();
        assert!(error.is_format(), "{mode}: {error}");
        texts.push(text(&error, &sandbox));
    }
    assert_eq!(fs::read(sandbox.path().join("c.json")).unwrap(), content);
    assert_eq!(
        (server.hits(), sandbox.files()),
        (0, vec!["c.json".to_owned()])
    );
    texts.dedup();
    assert_eq!(texts.len(), 1, "{texts:?}");
    texts.remove(0)
}

const WHOLE: &str = r#"{
  "format": 1,
  "test": "c",
  "recorded_at": "2026-11-21T10:30:00Z",
  "interactions": []
}
"#;

#[tokio::test]
async fn files_that_are_no_cassette_are_refused_with_their_place() {
    insta::assert_snapshot!(check_broken(b"").await, @"
    …/c.json is no cassette: the file is empty

    help: restore it with `git checkout -- …/c.json`, or remove it to record again
    ");
    insta::assert_snapshot!(check_broken(b" \n").await.lines().next().unwrap(), @"…/c.json is no cassette: the file is empty");
    insta::assert_snapshot!(check_broken(&WHOLE.as_bytes()[..60]).await.lines().next().unwrap(), @"…/c.json is no cassette: EOF while parsing a string at line 4 column 28");
    insta::assert_snapshot!(check_broken(b"[]").await.lines().next().unwrap(), @"…/c.json is no cassette: it does not begin with `{` at line 1 column 1");
    insta::assert_snapshot!(check_broken(b"\xff\xfe").await.lines().next().unwrap(), @"…/c.json is no cassette: it does not begin with `{` at line 1 column 1");
    insta::assert_snapshot!(check_broken(WHOLE.replace("1,", "2,").as_bytes()).await.lines().next().unwrap(), @"…/c.json is no cassette: format 2 is newer than 1, the newest this release reads: update the cassette packages at line 2 column 13");
    insta::assert_snapshot!(check_broken(WHOLE.replace("\"test\"", "\"tset\"").as_bytes()).await.lines().next().unwrap(), @"…/c.json is no cassette: unknown field `tset`, expected one of `format`, `test`, `source`, `recorded_at`, `fingerprint`, `tracked`, `variables`, `interactions` at line 3 column 8");
    insta::assert_snapshot!(check_broken(WHOLE.replace("2026-11-21T10:30:00Z", "yesterday").as_bytes()).await.lines().next().unwrap(), @"…/c.json is no cassette: `yesterday` is no time like 2026-11-21T10:30:00Z: timestamp format is invalid at line 4 column 28");
    let deep = WHOLE.replace("[]", &("[".repeat(200) + &"]".repeat(200)));
    insta::assert_snapshot!(check_broken(deep.as_bytes()).await.lines().next().unwrap(), @"…/c.json is no cassette: it is nested deeper than 128 at line 5 column 146");
    let neither = WHOLE.replace(
        "[]",
        r#"[{ "request": { "method": "GET", "url": "http://e.com/" } }]"#,
    );
    insta::assert_snapshot!(check_broken(neither.as_bytes()).await.lines().next().unwrap(), @"…/c.json is no cassette: an interaction has a `request` and either a `response` or an `error` at line 5 column 78");
}

#[tokio::test]
async fn a_file_of_half_a_gigabyte_is_refused_unread() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    // Sparse: it takes no room on the disk.
    let file = fs::File::create(sandbox.path().join("c.json")).unwrap();
    file.set_len(513 * 1024 * 1024).unwrap();
    let error = run(&sandbox, "c", Mode::Replay, &server).await.unwrap_err();
    assert!(
        error.is_storage() && format!("{error:?}").contains("which is refused"),
        "{error}"
    );
}

#[tokio::test]
async fn a_cassette_of_another_test_is_named_and_only_taken_over_on_purpose() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let foreign = WHOLE.replace(
        r#""test": "c""#,
        r#""test": "orders::pays", "source": "tests/orders.rs""#,
    );
    sandbox.write("c.json", &foreign);
    let mut texts = Vec::new();
    for mode in [Mode::Auto, Mode::Replay, Mode::Update] {
        let error = run(&sandbox, "c", mode, &server).await.unwrap_err();
        assert!(error.is_foreign(), "{error}");
        assert_eq!(sandbox.read("c.json"), foreign);
        texts.push(text(&error, &sandbox));
    }
    texts.dedup();
    insta::assert_snapshot!(texts.join("\n"), @r#"
    the cassette …/c.json belongs to orders::pays in tests/orders.rs, not to c

    help: give each its own, `#[cassette(name = "…")]`; for cases of one function put its arguments in: `name = "gamer-{age}"`
    help: if that test is gone, take the file over: run it with `CASSETTE_MODE=record`
    "#);
    run(&sandbox, "c", Mode::Record, &server).await.unwrap();
    assert!(sandbox.read("c.json").contains(r#""test": "c""#));
}

#[tokio::test]
async fn one_cassette_is_not_used_twice_at_the_same_time() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let inner = async {
        let error = run(&sandbox, "c", Mode::Auto, &server).await.unwrap_err();
        assert!(error.is_foreign(), "{error}");
        insta::assert_snapshot!(text(&error, &sandbox), @r#"
        two runs of c use the cassette …/c.json at the same time

        help: give each its own, `#[cassette(name = "…")]`; for cases of one function put its arguments in: `name = "gamer-{age}"`
        "#);
        drop(client().get(server.url("/")).send().await);
    };
    scope("c", sandbox.config(Mode::Auto), inner).await.unwrap();
    run(&sandbox, "c", Mode::Replay, &server).await.unwrap();
    assert_eq!(server.hits(), 1);
}

#[tokio::test]
async fn names_that_are_no_file_names_are_refused() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let error = run(&sandbox, "users/aux", Mode::Auto, &server)
        .await
        .unwrap_err();
    assert!(error.is_config(), "{error}");
    insta::assert_snapshot!(error, @"the cassette name `users/aux` cannot be a file on every system: `aux` is a device on Windows; use letters, digits, `-`, `_` and `/` between folders");
    assert!(
        run(&sandbox, "../outside", Mode::Auto, &server)
            .await
            .unwrap_err()
            .is_config()
    );
    assert_eq!((server.hits(), sandbox.files().len()), (0, 0));
}

#[tokio::test]
async fn names_that_differ_in_case_only_are_refused_when_recorded() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    run(&sandbox, "users/Reads", Mode::Auto, &server)
        .await
        .unwrap();
    let error = run(&sandbox, "users/reads", Mode::Auto, &server)
        .await
        .unwrap_err();
    insta::assert_snapshot!(text(&error, &sandbox), @"
    cannot make the folder of the cassette …/users/reads.json
    caused by: `Reads.json` beside it differs in case only, which is one file on some systems: rename one
    ");
}

#[tokio::test]
async fn missing_folders_are_made_and_a_file_in_their_place_is_named() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    run(&sandbox, "a/b/c", Mode::Auto, &server).await.unwrap();
    assert_eq!(sandbox.files(), ["a/b/c.json"]);
    sandbox.write("file", "");
    let error = run(&sandbox, "file/c", Mode::Record, &server)
        .await
        .unwrap_err();
    assert!(error.is_storage(), "{error}");
    insta::assert_snapshot!(text(&error, &sandbox), @"
    cannot read the cassette …/file/c.json
    caused by: Not a directory (os error 20)
    ");
}

#[tokio::test]
async fn a_read_only_file_is_played_and_not_recorded_over() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    run(&sandbox, "c", Mode::Auto, &server).await.unwrap();
    let (path, recorded) = (sandbox.path().join("c.json"), sandbox.read("c.json"));
    let mut permissions = fs::metadata(&path).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&path, permissions).unwrap();

    run(&sandbox, "c", Mode::Replay, &server).await.unwrap();
    let error = run(&sandbox, "c", Mode::Record, &server).await.unwrap_err();
    assert!(error.is_storage(), "{error}");
    insta::assert_snapshot!(text(&error, &sandbox), @"
    cannot write the cassette …/c.json
    caused by: the file is read-only
    ");
    assert_eq!((server.hits(), sandbox.read("c.json")), (1, recorded));
}

/// No file can be made in `/proc`, not by root either.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_folder_that_cannot_be_written_is_named_before_anything_is_sent() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let session = scope("c", sandbox.config(Mode::Record).dir("/proc"), async {
        drop(client().get(server.url("/")).send().await);
    });
    let error = session.await.unwrap_err();
    assert!(error.is_storage(), "{error}");
    assert_eq!(
        error.to_string(),
        "cannot write the journal /proc/c.partial.jsonl"
    );
    assert_eq!(server.hits(), 0);
}

#[tokio::test]
async fn a_failed_recording_is_kept_aside_and_cleared_up_by_the_next() {
    let (sandbox, server) = (Sandbox::new(), Server::start(json(200, "{}")));
    run(&sandbox, "c", Mode::Auto, &server).await.unwrap();
    let recorded = sandbox.read("c.json");

    // Dropped in the middle, as by a timeout around it.
    let answered = tokio::sync::Notify::new();
    let session = scope("c", sandbox.config(Mode::Record), async {
        client()
            .get(server.url("/?api_key=s3cret-key"))
            .send()
            .await
            .unwrap();
        answered.notify_one();
        std::future::pending::<()>().await;
    });
    tokio::select! {
        _ = session => unreachable!("it waits for ever"),
        () = answered.notified() => {}
    }
    assert_eq!(sandbox.files(), ["c.json", "c.rejected.json"]);
    assert_eq!(sandbox.read("c.json"), recorded);
    let rejected = sandbox.read("c.rejected.json");
    assert!(
        rejected.contains("/?api_key=[REDACTED]") && !rejected.contains("s3cret-key"),
        "{rejected}"
    );
    assert_mode(&sandbox.path().join("c.rejected.json"), 0o600);

    run(&sandbox, "c", Mode::Record, &server).await.unwrap();
    assert_eq!(
        (sandbox.files(), sandbox.read("c.json")),
        (vec!["c.json".to_owned()], recorded)
    );
}

#[cfg(unix)]
fn assert_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    assert_eq!(
        fs::metadata(path).unwrap().permissions().mode() & 0o777,
        mode
    );
}

#[cfg(not(unix))]
fn assert_mode(_: &Path, _: u32) {}

#[tokio::test]
async fn cassettes_are_readable_by_everyone_as_committed_files_are() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    run(&sandbox, "c", Mode::Auto, &server).await.unwrap();
    sandbox.write("plain", "");
    let mode = |name: &str| {
        fs::metadata(sandbox.path().join(name))
            .unwrap()
            .permissions()
    };
    assert_eq!(mode("c.json"), mode("plain"));
}

#[cfg(unix)]
fn set_mode(sandbox: &Sandbox, name: &str, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    let path = sandbox.path().join(name);
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// Records `c` with its body in a file of its own.
#[cfg(unix)]
async fn record_large(sandbox: &Sandbox, server: &Server) {
    let config = sandbox.config(Mode::Record).body_limit(0);
    let session = scope("c", config, async {
        drop(client().get(server.url("/")).send().await);
    });
    session.await.unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn a_cassette_and_its_files_have_the_mode_of_their_neighbours_and_keep_theirs() {
    let sandbox = Sandbox::new();
    sandbox.write("neighbour.json", "");
    sandbox.write("a.rejected.json", "");
    set_mode(&sandbox, "neighbour.json", 0o660);
    set_mode(&sandbox, "a.rejected.json", 0o666);
    record_large(&sandbox, &Server::start(json(200, "[1]"))).await;
    let check = |mode: u32| {
        let files = sandbox.files();
        let own: Vec<_> = files.iter().filter(|name| name.starts_with("c.")).collect();
        assert_eq!(own.len(), 2, "{files:?}");
        own.iter()
            .for_each(|name| assert_mode(&sandbox.path().join(name), mode));
    };
    check(0o660);

    set_mode(&sandbox, "c.json", 0o640);
    record_large(&sandbox, &Server::start(json(200, "[2]"))).await;
    check(0o640);
}
