//! What another recorder gets wrong, by the number it has in our list; 1 and 2 are in `counting`, 3 in
//! `neighbours`, 10 in `bounds`, 16 in `flushes`.

use cassette_core::{Mode, scope};
use cassette_reqwest::client;
use cassette_tests::{Sandbox, Server, echo};

/// Number 8: what is not matched on was not stored.
#[tokio::test]
async fn what_is_ignored_is_stored_all_the_same() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let config = |mode| {
        let config = sandbox.config(mode).match_body(false).match_query(false);
        config
            .match_headers(["x-kind", "x-trace"])
            .ignore_headers(["x-trace"])
    };
    for (mode, other) in [(Mode::Record, "1"), (Mode::Replay, "2")] {
        let session = scope("c", config(mode), async {
            let request = client().post(server.url(&format!("/?page={other}")));
            let request = request.header("x-trace", format!("trace-{other}"));
            request
                .header("x-kind", "same")
                .body(format!("body-{other}"))
                .send()
                .await
                .unwrap();
        });
        session.await.unwrap();
    }
    let stored = sandbox.cassette("c.json")["interactions"][0]["request"].clone();
    assert!(
        stored["url"].as_str().unwrap().ends_with("/?page=1"),
        "{stored}"
    );
    assert_eq!(stored["headers"]["x-trace"], "trace-1");
    assert_eq!(stored["body"]["text"], "body-1");
}

/// Number 9: with `caseSensitive` a header that was excluded was written, with its secret.
#[tokio::test]
async fn a_header_is_excluded_however_its_name_is_written() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    for case_sensitive in [false, true] {
        let config = sandbox.config(Mode::Record).case_sensitive(case_sensitive);
        let config = config
            .exclude_headers(["X-Session-Ticket"])
            .match_headers(["X-KIND"]);
        let session = scope("c", config, async {
            let request = client()
                .get(server.url("/"))
                .header("x-session-TICKET", "ticket-to-ride");
            let request = request
                .header("Authorization", "Bearer s3cret-of-mine")
                .header("x-kind", "A");
            request.send().await.unwrap();
        });
        session.await.unwrap();
        let file = sandbox.read("c.json");
        assert!(
            !file.contains("ticket-to-ride") && !file.contains("s3cret-of-mine"),
            "{file}"
        );
        assert!(file.contains("x-kind"), "{file}");
    }
}

/// Number 11: a broken file left a request that never came back.
#[tokio::test]
async fn a_broken_file_is_an_error_at_once() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    sandbox.write("c.json", "[{");
    for mode in [Mode::Auto, Mode::Record, Mode::Replay, Mode::Update] {
        let session = scope(
            "c",
            sandbox.config(mode),
            client().get(server.url("/")).send(),
        );
        assert!(session.await.unwrap_err().is_format(), "{mode}");
    }
    assert_eq!((server.hits(), sandbox.read("c.json").as_str()), (0, "[{"));
}

/// Number 12: `shouldPlayback` that said no was reported as a missing answer.
#[tokio::test]
async fn what_is_not_to_be_played_goes_to_the_network_and_is_not_missed() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    for mode in [Mode::Record, Mode::Replay] {
        let config = sandbox.config(mode);
        let config = config.should_playback(|request| request.uri().path() != "/live");
        let session = scope("c", config, async {
            for path in ["/live", "/recorded"] {
                client().get(server.url(path)).send().await.unwrap();
            }
        });
        session.await.unwrap();
    }
    assert_eq!(server.paths(), ["/live", "/recorded", "/live"]);
}
