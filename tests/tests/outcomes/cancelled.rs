//! Requests that the test gives up: a replay does not answer them, and does not miss them.

use std::sync::Arc;
use std::time::{Duration, Instant};

use cassette_core::{Config, Mode, Order, Repeat};
use cassette_reqwest::{CassetteMiddleware, client, current, scope};
use cassette_tests::{RawServer, Sandbox, masked, one_thread};
use futures_util::future::BoxFuture;
use http::Extensions;
use reqwest::{Request, Response};
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware, Next, Result};
use tokio::sync::Notify;
use tokio::task::yield_now;
use tokio::time::timeout;

use crate::{
    FILE, LIMIT, answering, in_vain, limited, outcomes, play, record, record_with, replay, text,
};

/// Gives up the `number`th request to the server, which has no answer.
async fn give_up(server: &RawServer, number: usize, path: &str) {
    let request = in_vain(client().get(server.url(path)));
    limited(server, number, text(request)).await.unwrap_err();
}

async fn get(server: &RawServer, path: &str) -> String {
    text(client().get(server.url(path))).await
}

#[test]
fn a_time_limit_of_the_test_runs_out_again_in_no_real_time() {
    let (sandbox, server) = (Sandbox::new(), answering());
    let start = Instant::now();
    record(&sandbox, give_up(&server, 1, "/"));
    insta::assert_snapshot!(sandbox.cassette(FILE)["interactions"][0]["error"], @r#"{"kind":"cancelled","message":"the request was dropped before its answer came"}"#);
    let ((), took) = replay(&sandbox, give_up(&server, 1, "/"));
    assert_eq!((took, server.hits()), (LIMIT, 1));
    assert!(start.elapsed() < LIMIT, "nobody really waits");
}

#[test]
fn a_retry_of_what_was_given_up_is_answered() {
    let (sandbox, server) = (Sandbox::new(), answering());
    let asks = async || {
        give_up(&server, 1, "/").await;
        get(&server, "/").await
    };
    assert_eq!(record(&sandbox, asks()), "/");
    assert_eq!(outcomes(&sandbox), ["cancelled", "200"]);
    assert_eq!(replay(&sandbox, asks()), ("/".to_owned(), LIMIT));
}

#[test]
fn what_was_given_up_is_not_missed() {
    let (sandbox, server) = (Sandbox::new(), answering());
    record(&sandbox, async {
        give_up(&server, 1, "/slow").await;
        get(&server, "/fast").await;
    });
    let (answer, took) = replay(&sandbox, get(&server, "/fast"));
    assert_eq!((answer.as_str(), took), ("/fast", Duration::ZERO));
    replay(&sandbox, async {
        get(&server, "/fast").await;
        give_up(&server, 1, "/slow").await;
    });
}

#[test]
fn a_task_that_is_aborted_gives_its_request_up() {
    let (sandbox, server) = (Sandbox::new(), answering());
    let asks = async || {
        let slow = tokio::spawn(text(in_vain(client().get(server.url("/slow")))));
        if current().unwrap().is_recording() {
            server.arrived(1).await;
        } else {
            yield_now().await;
        }
        slow.abort();
        assert!(slow.await.unwrap_err().is_cancelled());
        get(&server, "/fast").await
    };
    record(&sandbox, asks());
    assert_eq!(outcomes(&sandbox), ["cancelled", "200"]);
    let (answer, took) = replay(&sandbox, asks());
    assert_eq!((answer.as_str(), took), ("/fast", Duration::ZERO));
}

/// A middleware below the cassette: it tells when the head of an answer has come.
fn telling(
    came: Arc<Notify>,
) -> impl for<'a> Fn(Request, &'a mut Extensions, Next<'a>) -> BoxFuture<'a, Result<Response>> {
    move |request, extensions, next| {
        let came = Arc::clone(&came);
        Box::pin(async move {
            let response = next.run(request, extensions).await;
            came.notify_one();
            response
        })
    }
}

fn client_that_tells(came: &Arc<Notify>) -> ClientWithMiddleware {
    ClientBuilder::new(reqwest::Client::new())
        .with(CassetteMiddleware::new())
        .with(telling(Arc::clone(came)))
        .build()
}

#[test]
fn a_request_can_be_given_up_while_a_small_body_comes() {
    let server = RawServer::start(async |mut connection| {
        connection.request().await;
        let begin = "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc";
        connection.write(begin).await;
        connection.closed().await;
    });
    let asks = async || {
        let came = Arc::new(Notify::new());
        let asked = client_that_tells(&came).get(server.url("/")).send();
        let gives_up = async {
            if current().unwrap().is_recording() {
                came.notified().await;
            }
        };
        tokio::select! {
            biased;
            answer = asked => panic!("there is no end to it: {answer:?}"),
            () = gives_up => {}
        }
    };
    let sandbox = Sandbox::new();
    record(&sandbox, asks());
    assert_eq!(outcomes(&sandbox), ["cancelled"]);
    assert!(!sandbox.read(FILE).contains("abc"));
    let ((), took) = replay(&sandbox, asks());
    assert_eq!((took, server.hits()), (Duration::ZERO, 1));
}

#[test]
fn strict_order_lets_what_was_given_up_come_or_not() {
    let (sandbox, server) = (Sandbox::new(), answering());
    let config = |mode| sandbox.config(mode).order(Order::Strict);
    let asks = async || {
        get(&server, "/a").await;
        give_up(&server, 2, "/b").await;
        get(&server, "/c").await;
    };
    record_with(config(Mode::Record), asks());
    assert_eq!(outcomes(&sandbox), ["200", "cancelled", "200"]);
    let (ended, took) = play(config(Mode::Replay), asks());
    assert_eq!((ended.unwrap(), took), ((), LIMIT));
    let without = async || {
        get(&server, "/a").await;
        get(&server, "/c").await;
    };
    let (ended, took) = play(config(Mode::Replay), without());
    assert_eq!((ended.unwrap(), took), ((), Duration::ZERO));
    let (ended, _) = play(config(Mode::Replay), async {
        client().get(server.url("/c")).send().await.unwrap_err();
    });
    let report = ended.unwrap_err().to_string();
    assert!(
        report.contains("interaction 1 is due before it"),
        "{report}"
    );
}

#[test]
fn the_last_answer_is_repeated_not_what_was_given_up() {
    let (sandbox, server) = (Sandbox::new(), answering());
    record(&sandbox, async {
        get(&server, "/").await;
        give_up(&server, 2, "/").await;
    });
    let config = |repeat| sandbox.config(Mode::Replay).repeat(repeat);
    for repeat in [Repeat::Last, Repeat::Cycle] {
        let (ended, took) = play(config(repeat), async {
            get(&server, "/").await;
            give_up(&server, 2, "/").await;
            get(&server, "/").await;
            get(&server, "/").await;
        });
        assert_eq!((ended.unwrap(), took), ((), LIMIT), "{repeat:?}");
    }
    assert_eq!(server.hits(), 2);
}

#[test]
fn requests_in_flight_when_the_test_ends_are_named_and_nothing_is_saved() {
    let (sandbox, server) = (Sandbox::new(), answering());
    let leaves = async {
        get(&server, "/done").await;
        give_up(&server, 2, "/given-up").await;
        for path in ["/one", "/two"] {
            tokio::spawn(text(in_vain(client().get(server.url(path)))));
        }
        server.arrived(4).await;
    };
    let config: Config = sandbox.config(Mode::Record);
    let refused = one_thread()
        .block_on(scope("c", config, leaves))
        .unwrap_err();
    insta::assert_snapshot!(masked(&refused.to_string(), &sandbox, &server.url("")), @"
    the test ended while 2 requests still had no answer, so the recording is not saved

        GET http://server/one
        GET http://server/two

    help: await what the test spawns, then run it with `CASSETTE_MODE=record`

    note: the recording of c is not saved; 2 interactions kept in [sandbox]/c.rejected.json
    ");
    assert_eq!(sandbox.files(), ["c.rejected.json"]);
}

#[test]
fn two_limits_at_once_each_run_out_at_their_time() {
    let (sandbox, server) = (Sandbox::new(), answering());
    let hanging = |path| text(in_vain(client().get(server.url(path))));
    record(&sandbox, async {
        let both = async { tokio::join!(hanging("/a"), hanging("/b")) };
        limited(&server, 2, both).await.unwrap_err();
    });
    let ((), took) = replay(&sandbox, async {
        let (a, b) = tokio::join!(
            timeout(LIMIT, hanging("/a")),
            timeout(LIMIT * 2, hanging("/b"))
        );
        assert!(a.is_err() && b.is_err());
    });
    assert_eq!(took, LIMIT * 2);
}
