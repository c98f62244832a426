//! Requests that have no answer yet, or are not even made, when their test ends.

use std::convert::Infallible;
use std::sync::Arc;

use bytes::Bytes;
use cassette_reqwest::{InCurrentCassette, cassette};
use cassette_tests::{Server, Stage, echo, one_thread, run, run_on, staged, two_workers, url};
use http::{Request, Response};
use reqwest_middleware::Result;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use crate::get;

/// Answers at once but for `/slow`, of which it only tells that it came.
fn slow_server() -> (Server, Arc<Notify>) {
    let arrived = Arc::new(Notify::new());
    let arrival = Arc::clone(&arrived);
    let server = Server::start_async(move |request: Request<Bytes>| {
        let arrival = Arc::clone(&arrival);
        async move {
            if request.uri().path() == "/slow" {
                arrival.notify_one();
                std::future::pending::<Response<Bytes>>().await;
            }
            echo(request)
        }
    });
    (server, arrived)
}

#[test]
fn a_request_that_outlives_its_test_refuses_the_save_and_is_named() {
    #[cassette(config = staged)]
    async fn leaves_a_request_behind(arrived: &Notify) {
        get(url("/fast")).await.unwrap();
        tokio::spawn(get(url("/slow")));
        arrived.notified().await;
    }

    for runtime in [one_thread, two_workers] {
        let (server, arrived) = slow_server();
        let stage = Stage::new(server);
        let report = run_on(&runtime(), leaves_a_request_behind(&arrived)).unwrap_err();
        insta::allow_duplicates! {
            insta::assert_snapshot!(stage.masked(&report), @"
            the test ended while 1 request had no answer, so the recording is not saved

                GET http://server/slow

            help: await what the test spawns, then run `CASSETTE_MODE=record cargo test leaves_a_request_behind`
            ");
        }
        let rejected = "attribute/stragglers/leaves_a_request_behind.rejected.json";
        assert_eq!(stage.sandbox.files(), [rejected]);
        assert!(stage.sandbox.read(rejected).contains("/fast"));
    }
}

#[test]
fn a_request_dropped_within_the_test_does_not_refuse_the_save() {
    #[cassette(config = staged)]
    async fn gives_up(arrived: &Notify) {
        let slow = tokio::spawn(get(url("/slow")));
        arrived.notified().await;
        slow.abort();
        assert!(slow.await.unwrap_err().is_cancelled());
    }

    let (server, arrived) = slow_server();
    let stage = Stage::new(server);
    run(gives_up(&arrived)).unwrap();
    let cassette = stage.sandbox.cassette("attribute/stragglers/gives_up.json");
    assert_eq!(cassette["interactions"][0]["error"]["kind"], "cancelled");
}

#[test]
fn a_request_made_after_the_end_of_its_test_is_refused() {
    #[cassette(config = staged)]
    async fn leaves_a_task_behind(
        go: Arc<Notify>,
    ) -> std::result::Result<JoinHandle<Result<String>>, Infallible> {
        get(url("/")).await.unwrap();
        let late = url("/late");
        let task = async move {
            go.notified().await;
            get(late).await
        };
        Ok(tokio::spawn(task.in_current_cassette()))
    }

    let stage = Stage::new(Server::start(echo));
    let go = Arc::new(Notify::new());
    let late = async {
        let late = leaves_a_task_behind(Arc::clone(&go)).await.unwrap();
        go.notify_one();
        late.await.unwrap()
    };
    let refused = run(late).unwrap().unwrap_err();
    insta::assert_snapshot!(refused, @"
    a request was made after attribute::stragglers::leaves_a_task_behind had ended

    help: await what the test spawns before it returns
    ");
    assert_eq!(stage.server.hits(), 1);
}
