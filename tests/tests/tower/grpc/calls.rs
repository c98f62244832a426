//! What is recorded of a call, and replayed.

use cassette_tests::Sandbox;
use tonic::Code;
use tonic_health::ServingStatus;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::server::health_reporter;

use crate::grpc::{all, health, server, words};
use crate::{FILE, record, replay, twice};

fn named(service: &str) -> HealthCheckRequest {
    let service = service.to_owned();
    HealthCheckRequest { service }
}

/// What is recorded of the first answer, but for the time.
fn without_date(sandbox: &Sandbox) -> String {
    let mut interaction = sandbox.cassette(FILE)["interactions"][0].take();
    let url = interaction["request"]["url"].take();
    assert!(
        url.as_str()
            .unwrap()
            .ends_with("/grpc.health.v1.Health/Check")
    );
    let headers = interaction["response"]["headers"].as_object_mut();
    headers.unwrap().remove("date").unwrap();
    format!("{interaction:#}")
}

#[tokio::test]
async fn a_unary_call_is_recorded_and_replayed_without_the_server() {
    let (_reporter, service) = health_reporter();
    let (sandbox, server) = (Sandbox::new(), server::start(service));
    let mut client = health(&server);
    let mut check = async || {
        let answer = client.check(named("")).await.unwrap();
        let trailers = answer.metadata().clone().into_headers();
        (answer.into_inner().status, trailers["grpc-status"].clone())
    };
    let recorded = record(&sandbox, check()).await.unwrap();
    assert_eq!(recorded.0, ServingStatus::Serving as i32);
    assert_eq!(server.hits(), 1);
    insta::assert_snapshot!(without_date(&sandbox), @r#"
    {
      "request": {
        "body": {
          "text": "\u0000\u0000\u0000\u0000\u0000"
        },
        "headers": {
          "content-type": "application/grpc",
          "te": "trailers"
        },
        "method": "POST",
        "url": null
      },
      "response": {
        "body": {
          "chunks": [
            "\u0000\u0000\u0000\u0000\u0002\b\u0001"
          ]
        },
        "headers": {
          "content-type": "application/grpc"
        },
        "status": 200,
        "trailers": {
          "grpc-status": "0"
        },
        "version": "HTTP/2"
      }
    }
    "#);
    server.stop();
    assert_eq!(replay(&sandbox, check()).await.unwrap(), recorded);
}

/// The answer is one head, which says the status, and no body.
#[tokio::test]
async fn an_error_status_comes_again() {
    let (_reporter, service) = health_reporter();
    let (sandbox, server) = (Sandbox::new(), server::start(service));
    let failed = twice(&sandbox, async || {
        let status = health(&server).check(named("nobody")).await.unwrap_err();
        (status.code(), status.message().to_owned())
    });
    assert_eq!(
        failed.await,
        (Code::NotFound, "service not registered".to_owned())
    );
    let stored = &sandbox.cassette(FILE)["interactions"][0]["response"];
    assert_eq!(stored["headers"]["grpc-status"], "5");
    assert!(
        stored["trailers"].is_null() && stored["body"].is_null(),
        "{stored}"
    );
    assert_eq!(server.hits(), 1);
}

#[tokio::test]
async fn a_stream_of_messages_is_recorded_and_replayed_without_the_server() {
    let (sandbox, server) = (Sandbox::new(), server::words());
    let url = server.url("");
    let ask = async || {
        let answer = words(&url, "one two three").await.unwrap();
        assert_eq!(answer.metadata().get("x-length").unwrap(), "13");
        all(answer.into_inner()).await
    };
    let recorded = record(&sandbox, ask()).await.unwrap();
    let expected = ["one", "two", "three"].map(str::to_owned);
    assert_eq!(recorded, (expected.to_vec(), None));
    server.stop();
    assert_eq!(replay(&sandbox, ask()).await.unwrap(), recorded);
}

#[tokio::test]
async fn a_stream_that_ends_with_an_error_status_does_so_again() {
    let (sandbox, server) = (Sandbox::new(), server::words());
    let url = server.url("");
    let ask = async || all(words(&url, "one fail").await.unwrap().into_inner()).await;
    let end = (Code::DataLoss, "no more words".to_owned());
    assert_eq!(
        twice(&sandbox, ask).await,
        (vec!["one".to_owned()], Some(end))
    );
    let stored = &sandbox.cassette(FILE)["interactions"][0]["response"];
    assert_eq!(stored["trailers"]["grpc-status"], "15");
}

/// The second message is only there when the test has read the first.
#[tokio::test]
async fn a_message_arrives_before_the_next_is_sent() {
    let (reporter, service) = health_reporter();
    let (sandbox, server) = (Sandbox::new(), server::start(service));
    let statuses = [ServingStatus::Serving, ServingStatus::NotServing];
    reporter.set_service_status("words", statuses[0]).await;
    let seen = twice(&sandbox, async || {
        let watched = health(&server).watch(named("words")).await.unwrap();
        let (mut stream, mut seen) = (watched.into_inner(), Vec::new());
        for _ in 0..4 {
            let message = stream.message().await.unwrap().unwrap();
            seen.push(message.status);
            let next = statuses[seen.len() % 2];
            reporter.set_service_status("words", next).await;
        }
        seen
    });
    let [serving, not] = statuses.map(|status| status as i32);
    assert_eq!(seen.await, [serving, not, serving, not]);
    assert_eq!(server.hits(), 1);
}

#[tokio::test]
async fn a_message_finds_its_own_answer_whatever_the_order() {
    let (sandbox, server) = (Sandbox::new(), server::words());
    let url = server.url("");
    let ask = async |text: &str| all(words(&url, text).await.unwrap().into_inner()).await.0;
    record(&sandbox, async {
        assert_eq!(ask("a b").await, ["a", "b"]);
        assert_eq!(ask("c").await, ["c"]);
    })
    .await
    .unwrap();
    replay(&sandbox, async {
        assert_eq!(ask("c").await, ["c"]);
        assert_eq!(ask("a b").await, ["a", "b"]);
    })
    .await
    .unwrap();
    assert_eq!(server.hits(), 2);
}

/// Lengths and tags above 127 are no UTF-8.
#[tokio::test]
async fn a_message_that_is_no_text_is_stored_in_base64_and_matched() {
    let (sandbox, server) = (Sandbox::new(), server::words());
    let url = server.url("");
    let long = |last: &str| "a".repeat(200) + last;
    let ask = async |text: &str| all(words(&url, text).await.unwrap().into_inner()).await.0;
    record(&sandbox, async {
        for last in ["b", "c"] {
            assert_eq!(ask(&long(last)).await, [long(last)]);
        }
    })
    .await
    .unwrap();
    let stored = &sandbox.cassette(FILE)["interactions"][1];
    assert!(stored["request"]["body"]["base64"].is_array(), "{stored}");
    replay(&sandbox, async {
        for last in ["c", "b"] {
            assert_eq!(ask(&long(last)).await, [long(last)]);
        }
    })
    .await
    .unwrap();
    let missed = replay(&sandbox, async {
        words(&url, &long("d")).await.unwrap_err()
    });
    assert!(missed.await.unwrap_err().is_unmatched());
}
