//! Two requests at once, one of which teaches what the other's answer holds.

use cassette_core::Mode;
use cassette_reqwest::{client, scope};
use cassette_tests::{Connection, RawServer, Sandbox, two_workers};

use crate::{FILE, JOURNAL, LONG, token};

/// Answers each request when it is released, `/teach` with a password and others with a note of it.
fn held(secret: &str) -> RawServer {
    let secret = secret.to_owned();
    RawServer::start(move |mut connection: Connection| {
        let secret = secret.clone();
        async move {
            while let Some(request) = connection.request().await {
                let name = match request.line().contains("/teach") {
                    true => "password",
                    false => "note",
                };
                if request.header("x-held").is_some() {
                    connection.released().await;
                }
                let body = format!(r#"{{"{name}":"{secret}"}}"#);
                let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
                connection.write(head + &body).await;
            }
        }
    })
}

/// Records both; the one that is named is answered last.
async fn record(secret: &str, last: &str) -> (Sandbox, String) {
    let (sandbox, server) = (Sandbox::new(), held(secret));
    let session = scope("c", sandbox.config(Mode::Record), async {
        let get = async |path: &str| {
            let request = client().get(server.url(path));
            let request = match path == last {
                true => request.header("x-held", "1"),
                false => request,
            };
            let answer = request.send().await.unwrap().text().await.unwrap();
            if path != last {
                server.release();
            }
            answer
        };
        let (note, teach) = tokio::join!(get("/note"), get("/teach"));
        assert!(note.contains(secret) && teach.contains(secret));
        sandbox.read(JOURNAL)
    });
    let journal = session.await.unwrap();
    (sandbox, journal)
}

#[tokio::test]
async fn what_one_answer_teaches_is_masked_in_the_other_whichever_comes_first() {
    for secret in [LONG.to_owned(), token()] {
        for last in ["/note", "/teach"] {
            let (sandbox, journal) = record(&secret, last).await;
            assert!(!journal.contains(&secret), "{last}: {journal}");
            let stored = sandbox.read(FILE);
            assert!(!stored.contains(&secret), "{last}: {stored}");
            assert!(!stored.contains("[BLOCKED]"), "{last}: {stored}");
            assert_eq!(sandbox.requested(FILE), ["/note", "/teach"]);
        }
    }
}

/// A request that is still on its way when the test ends is reported, not what it holds.
#[tokio::test]
async fn the_report_of_a_request_in_flight_shows_nothing_that_was_learned_since() {
    let (sandbox, server) = (Sandbox::new(), held(LONG));
    let mut task = None;
    let session = scope("c", sandbox.config(Mode::Record), async {
        let request = client()
            .get(server.url(&format!("/of/{LONG}")))
            .header("x-held", "1");
        task = Some(tokio::spawn(request.send()));
        server.arrived(1).await;
        client()
            .get(server.url("/teach"))
            .send()
            .await
            .unwrap()
            .text()
            .await
            .unwrap();
    });
    let error = session.await.unwrap_err();
    assert!(error.is_rejected());
    assert!(!error.to_string().contains(LONG), "{error}");
    let rejected = sandbox.read(crate::REJECTED);
    assert!(!rejected.contains(LONG), "{rejected}");
    task.unwrap().abort();
}

/// The number is that of the file which is kept aside.
#[tokio::test]
async fn a_request_in_flight_does_not_count_where_a_token_is_named() {
    let (sandbox, server) = (Sandbox::new(), held(&token()));
    let mut task = None;
    let session = scope("c", sandbox.config(Mode::Record), async {
        let request = client().get(server.url("/first")).header("x-held", "1");
        task = Some(tokio::spawn(request.send()));
        server.arrived(1).await;
        let note = client().get(server.url("/note")).send();
        note.await.unwrap().text().await.unwrap();
    });
    let error = session.await.unwrap_err();
    assert!(error.is_secret(), "{error}");
    assert!(
        error
            .to_string()
            .contains("interaction 1, response body /note"),
        "{error}"
    );
    assert_eq!(sandbox.requested(crate::REJECTED), ["/note"]);
    task.unwrap().abort();
}

/// In tasks of their own, on several threads.
#[test]
fn many_at_once_leave_no_secret_anywhere() {
    two_workers().block_on(async {
        let (sandbox, server) = (Sandbox::new(), held(LONG));
        let session = scope("c", sandbox.config(Mode::Record), async {
            let get = |number: usize| {
                let path = if number % 8 == 5 { "/teach" } else { "/note" };
                let request = client().get(server.url(&format!("{path}?n={number}")));
                tokio::spawn(async move { request.send().await.unwrap().text().await.unwrap() })
            };
            let tasks: Vec<_> = (0..32).map(get).collect();
            for task in tasks {
                assert!(task.await.unwrap().contains(LONG));
            }
            sandbox.read(JOURNAL)
        });
        let journal = session.await.unwrap();
        assert_eq!(journal.lines().count(), 33, "{journal}");
        assert!(!journal.contains(LONG), "{journal}");
        assert!(!sandbox.read(FILE).contains(LONG));
    });
}
