//! What a change of the function means to its recording.

use std::convert::Infallible;

use cassette_reqwest::cassette;
use cassette_tests::{Server, Stage, echo, run, staged, url};

use crate::get;

/// Functions of one name in two blocks of a test have one test's name between them, as have two
/// versions of a source file.
#[test]
fn a_changed_body_is_recorded_again() {
    let stage = Stage::new(Server::start(echo));
    let requested = || stage.sandbox.requested("attribute/changes/creates.json");
    {
        #[cassette(config = staged)]
        async fn creates() {
            get(url("/gamer")).await.unwrap();
        }
        run(creates()).unwrap();
        assert_eq!(requested(), ["/gamer"]);
    }
    {
        #[cassette(config = staged)]
        async fn creates() {
            get(url("/gamer?kind=pro")).await.unwrap();
        }
        run(creates()).unwrap();
        assert_eq!(requested(), ["/gamer?kind=pro"]);
        assert_eq!(stage.server.hits(), 2);
        run(creates()).unwrap();
        assert_eq!(stage.server.hits(), 2, "then it is fresh");
    }
}

#[test]
fn a_changed_signature_is_recorded_again() {
    let stage = Stage::new(Server::start(echo));
    {
        #[cassette(config = staged)]
        async fn creates(age: u8) {
            get(url(&format!("/{age}"))).await.unwrap();
        }
        run(creates(25)).unwrap();
    }
    {
        #[cassette(config = staged)]
        async fn creates(age: u16) {
            get(url(&format!("/{age}"))).await.unwrap();
        }
        run(creates(25)).unwrap();
    }
    assert_eq!(stage.server.hits(), 2);
}

#[test]
fn a_reformatted_function_is_replayed() {
    let stage = Stage::new(Server::start(echo));
    {
        #[cassette(config = staged)]
        async fn creates(kind: &str) -> Result<(), Infallible> {
            let path = format!("/{}?kind={kind}", "gamer");
            get(url(&path)).await.unwrap();
            Ok(())
        }
        run(creates("pro")).unwrap().unwrap();
    }
    let recorded = stage.sandbox.read("attribute/changes/creates.json");
    {
        /// With a documentation,
        #[rustfmt::skip]
        #[cassette(config = staged)]
        // a comment,
        async fn creates(
            kind: &str,
        ) -> Result<(), Infallible>
        {
            // another one,
            let path=format!( "/{}?kind={kind}",
                "gamer", /* a comma behind the last argument, */);

            get( url(& path,), ) . await
                .unwrap( );
            Ok (())
        }
        run(creates("pro")).unwrap().unwrap();
    }
    assert_eq!(stage.server.hits(), 1);
    assert_eq!(
        stage.sandbox.read("attribute/changes/creates.json"),
        recorded
    );
}

#[test]
fn a_changed_body_is_replayed_where_nobody_tracks_it() {
    let stage = Stage::new(Server::start(echo));
    {
        #[cassette(config = staged, track = "signature")]
        async fn creates() {
            get(url("/")).await.unwrap();
        }
        run(creates()).unwrap();
    }
    {
        #[cassette(config = staged, track = "signature")]
        async fn creates() {
            let answer = get(url("/")).await;
            answer.unwrap();
        }
        run(creates()).unwrap();
    }
    assert_eq!(stage.server.hits(), 1);
}

/// Records `creates`, changes its body and runs it again in `mode` under each policy. Returns how
/// often the server was asked, and how the second run ended: `ok`, or the first line of its report.
fn after_a_change(mode: &str) -> [(usize, String); 3] {
    let changed = |policy| {
        let stage = Stage::new(Server::start(echo));
        {
            #[cassette(config = staged)]
            async fn creates() {
                get(url("/")).await.unwrap();
            }
            run(creates()).unwrap();
        }
        stage.variable("CASSETTE_MODE", mode);
        let end = match policy {
            "record" => {
                #[cassette(config = staged, on_change = "record")]
                async fn creates() {
                    let _changed = get(url("/")).await;
                }
                run(creates())
            }
            "warn" => {
                #[cassette(config = staged, on_change = "warn")]
                async fn creates() {
                    let _changed = get(url("/")).await;
                }
                run(creates())
            }
            _ => {
                #[cassette(config = staged, on_change = "fail")]
                async fn creates() {
                    let _changed = get(url("/")).await;
                }
                run(creates())
            }
        };
        let end = end.map_or_else(|panic| panic, |()| "ok".to_owned());
        let end = end.lines().next().unwrap_or_default().to_owned();
        (stage.server.hits(), end)
    };
    ["record", "warn", "fail"].map(changed)
}

#[test]
fn a_stale_recording_is_dealt_with_as_mode_and_policy_say() {
    let stale = || "the recording is stale: function creates has changed".to_owned();
    let (recorded, played, refused) = (
        || (2, "ok".to_owned()),
        || (1, "ok".to_owned()),
        || (1, stale()),
    );
    assert_eq!(after_a_change("auto"), [recorded(), played(), refused()]);
    assert_eq!(after_a_change("replay"), [refused(), played(), refused()]);
    assert_eq!(
        after_a_change("record"),
        [recorded(), recorded(), recorded()]
    );
    assert_eq!(after_a_change("update"), [recorded(), played(), refused()]);
    assert_eq!(after_a_change("live"), [recorded(), recorded(), recorded()]);
}
