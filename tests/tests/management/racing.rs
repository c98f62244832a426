//! A cassette that changes while requests are under way.

use std::sync::Arc;

use cassette_core::{Mode, Repeat, current, scope};
use cassette_reqwest::client;
use cassette_tests::{Sandbox, Server, echo, one_thread};
use tokio::sync::Notify;

use crate::bench::{Bench, answer};
use crate::replacing::others;

/// What a request that is under way is compared with stays what it was.
#[tokio::test]
async fn what_is_being_verified_can_be_replaced() {
    let (arrived, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let handles = (Arc::clone(&arrived), Arc::clone(&go));
    let server = Server::start_async(move |request| {
        let (arrived, go) = handles.clone();
        async move {
            arrived.notify_one();
            go.notified().await;
            echo(request)
        }
    });
    let (sandbox, url) = (Sandbox::new(), server.url("/a"));
    for mode in [Mode::Record, Mode::Verify] {
        let session = scope("c", sandbox.config(mode), async {
            let (client, session) = (client(), current().unwrap());
            let (answered, ()) = tokio::join!(client.get(&url).send(), async {
                arrived.notified().await;
                session.replace([]).unwrap();
                go.notify_one();
            });
            assert_eq!(answered.unwrap().status(), 200, "{mode}");
        });
        session.await.unwrap();
    }
    assert_eq!(server.hits(), 2);
}

/// Threads ask while another one puts other interactions in their place.
#[test]
fn a_replay_can_be_asked_while_it_is_replaced() {
    let (sandbox, bench) = (Sandbox::new(), Bench::new());
    let requests: Vec<_> = (0..8).map(|n| bench.request(&n.to_string())).collect();
    let runtime = one_thread();
    let record = scope("c", sandbox.config(Mode::Record), async {
        let session = current().unwrap();
        for request in &requests {
            answer(&session, request, "old");
        }
    });
    runtime.block_on(record).unwrap();
    let replay = scope(
        "c",
        sandbox.config(Mode::Replay).repeat(Repeat::Last),
        async {
            let session = current().unwrap();
            std::thread::scope(|threads| {
                for request in &requests {
                    let session = session.clone();
                    threads.spawn(move || {
                        for _ in 0..300 {
                            let _ = session.info(request);
                            answer(&session, request, "");
                        }
                    });
                }
                for round in 0..300 {
                    let names = if round % 2 == 0 {
                        "0 1 2 3 4 5 6 7"
                    } else {
                        "0"
                    };
                    session.replace(others(&bench, names)).unwrap();
                }
            });
        },
    );
    // Some have come at a time when there was no answer.
    drop(runtime.block_on(replay));
}
