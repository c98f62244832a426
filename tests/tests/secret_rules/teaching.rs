//! Each place by itself from which a value is learned, in a request or in an answer, and each in which it
//! is masked once it is known.

use bytes::Bytes;
use cassette_core::{
    Config, Decision, ErrorKind, Mode, PendingInteraction, RecordedError, current,
};
use cassette_reqwest::{client, scope};
use cassette_tests::{Connection, RawServer, Sandbox, last_chunk_with};
use reqwest_middleware::RequestBuilder;

use crate::{FILE, JOURNAL, LONG, REJECTED, token};

/// Answers `/plain` with nothing, and others with a secret somewhere.
fn server() -> RawServer {
    RawServer::start(async |mut connection: Connection| {
        while let Some(request) = connection.request().await {
            let path = request.line().split([' ', '?']).nth(1).unwrap();
            connection.write(answer(path)).await;
        }
    })
}

fn answer(path: &str) -> Vec<u8> {
    let with = |first: &str, headers: String, body: String| {
        let head = format!(
            "HTTP/1.1 {first}\r\n{headers}content-length: {}\r\n\r\n",
            body.len()
        );
        (head + &body).into_bytes()
    };
    let none = String::new;
    match path {
        "/header" => with("200 OK", format!("x-api-key: {LONG}\r\n"), none()),
        "/cookie" => with(
            "200 OK",
            format!("set-cookie: a={LONG}; Path=/\r\n"),
            none(),
        ),
        "/location" => with("200 OK", format!("location: /cb?code={LONG}\r\n"), none()),
        "/body" => with("200 OK", none(), format!(r#"{{"password":"{LONG}"}}"#)),
        "/reason" => with(&format!("200 Is {LONG}"), none(), none()),
        "/trailers" => trailers("x-api-key"),
        "/note-in-trailers" => trailers("x-note"),
        _ => with("200 OK", none(), none()),
    }
}

fn trailers(name: &str) -> Vec<u8> {
    let head = format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ntrailer: {name}\r\n\r\n");
    [head.into_bytes(), last_chunk_with(&[(name, LONG)])].concat()
}

/// Sends these one after the other, and returns the journal.
async fn record(config: Config, sandbox: &Sandbox, requests: Vec<RequestBuilder>) -> String {
    let session = scope("c", config, async {
        for request in requests {
            request.send().await.unwrap().bytes().await.unwrap();
        }
        sandbox.read(JOURNAL)
    });
    session.await.unwrap()
}

/// Expects that a value is known by this request or its answer, when it stands in another that comes later.
async fn check(server: &RawServer, teaching: RequestBuilder) {
    let sandbox = Sandbox::new();
    let note = client()
        .post(server.url("/plain"))
        .body(format!("it is {LONG}."));
    let config = sandbox.config(Mode::Record);
    let journal = record(config, &sandbox, vec![teaching, note]).await;
    assert!(!journal.contains(LONG), "{journal}");
    let cassette = sandbox.cassette(FILE);
    let note = &cassette["interactions"][1]["request"]["body"]["text"];
    assert_eq!(*note, "it is [REDACTED].", "{cassette:#}");
    assert!(!sandbox.read(FILE).contains(LONG), "{cassette:#}");
}

#[tokio::test]
async fn every_place_of_a_request_teaches() {
    let server = server();
    let (plain, form) = (server.url("/plain"), "application/x-www-form-urlencoded");
    let post = || client().post(&plain);
    let parts = "--b\r\ncontent-disposition: form-data; name=password\r\n\r\n";
    for teaching in [
        client().get(format!("{plain}?password={LONG}")),
        client().get(plain.replace("http://", &format!("http://ada:{LONG}@"))),
        post().header("x-api-key", LONG),
        post().header("cookie", format!("a=1; b={LONG}")),
        post().bearer_auth(LONG),
        post().basic_auth("ada", Some(LONG)),
        post().header("referer", format!("http://e.com/?api_key={LONG}")),
        post().body(format!(r#"{{"password":"{LONG}"}}"#)),
        post().body(format!("<password>{LONG}</password>")),
        post()
            .body(format!("password={LONG}&a=b"))
            .header("content-type", form),
        post()
            .body(format!("{parts}{LONG}\r\n--b--\r\n"))
            .header("content-type", "multipart/form-data; boundary=b"),
    ] {
        check(&server, teaching).await;
    }
}

#[tokio::test]
async fn every_place_of_an_answer_teaches() {
    let server = server();
    for path in ["/header", "/cookie", "/location", "/body", "/trailers"] {
        check(&server, client().get(server.url(path))).await;
    }
}

/// It is known from the beginning, or from the second request on.
#[tokio::test]
async fn a_known_value_is_masked_in_reason_phrases_and_trailers() {
    let server = server();
    for path in ["/reason", "/note-in-trailers"] {
        for is_known in [true, false] {
            let sandbox = Sandbox::new();
            let config = match is_known {
                true => sandbox
                    .config(Mode::Record)
                    .environment([("ACME_KEY", LONG)]),
                false => sandbox.config(Mode::Record),
            };
            let teaching = client().get(server.url("/body"));
            let requests = match is_known {
                true => vec![client().get(server.url(path))],
                false => vec![client().get(server.url(path)), teaching],
            };
            let journal = record(config, &sandbox, requests).await;
            assert!(!journal.contains(LONG), "{journal}");
            let stored = sandbox.read(FILE);
            assert!(!stored.contains(LONG), "{stored}");
            assert!(stored.contains("[REDACTED]"), "{stored}");
        }
    }
}

/// A request to an adapter that nobody has written.
fn pending() -> PendingInteraction {
    let request = http::Request::get("http://e.com/")
        .body(Bytes::new())
        .unwrap();
    match current().unwrap().intercept(&request).unwrap() {
        Decision::Record(pending) => pending,
        other => panic!("it is recorded: {other:?}"),
    }
}

#[tokio::test]
async fn a_value_is_masked_late_in_all_that_a_failure_says() {
    let error = || RecordedError::new(ErrorKind::Closed, format!("closed at {LONG}"));
    let (sandbox, server) = (Sandbox::new(), server());
    let session = scope("c", sandbox.config(Mode::Record), async {
        let mut failing = pending();
        failing.answered_by(&format!("http://e.com/of/{LONG}"));
        failing.fail(error()).unwrap();
        let mut breaking = pending().respond(&http::Response::new(()));
        breaking.chunk(&Bytes::from_static(b"text"));
        breaking.break_off(error()).unwrap();
        let before = sandbox.read(JOURNAL);
        assert_eq!(
            before.matches(LONG).count(),
            3,
            "nobody can know it yet: {before}"
        );
        client()
            .get(server.url("/body"))
            .send()
            .await
            .unwrap()
            .text()
            .await
            .unwrap();
        sandbox.read(JOURNAL)
    });
    let journal = session.await.unwrap();
    assert!(!journal.contains(LONG), "{journal}");
    let stored = sandbox.read(FILE);
    assert!(!stored.contains(LONG), "{stored}");
    assert_eq!(
        stored.matches("closed at [REDACTED]").count(),
        2,
        "{stored}"
    );
    assert!(stored.contains("/of/[REDACTED]"), "{stored}");
}

/// It was refused while nobody knew what it is.
#[tokio::test]
async fn a_token_in_what_a_failure_says_is_masked_when_it_is_learned() {
    let error = || RecordedError::new(ErrorKind::Closed, format!("closed at {}", token()));
    let sandbox = Sandbox::new();
    let session = scope("c", sandbox.config(Mode::Record), async {
        pending().fail(error()).unwrap();
        let breaking = pending().respond(&http::Response::new(()));
        breaking.break_off(error()).unwrap();
        let teaching = http::Response::new(Bytes::from(format!(r#"{{"password":"{}"}}"#, token())));
        pending().complete(&teaching).unwrap();
    });
    session.await.unwrap();
    let stored = sandbox.read(FILE);
    assert_eq!(
        stored.matches("closed at [REDACTED]").count(),
        2,
        "{stored}"
    );
}

/// A token in the words of a failure is refused like one in an answer.
#[tokio::test]
async fn a_token_in_what_a_failure_says_is_refused() {
    for breaks in [false, true] {
        let error = || RecordedError::new(ErrorKind::Closed, format!("closed at {}", token()));
        let sandbox = Sandbox::new();
        let session = scope("c", sandbox.config(Mode::Record), async {
            match breaks {
                false => pending().fail(error()).unwrap(),
                true => {
                    let breaking = pending().respond(&http::Response::new(()));
                    breaking.break_off(error()).unwrap();
                }
            }
        });
        let error = session.await.unwrap_err();
        assert!(error.is_secret(), "{error}");
        assert!(
            error.to_string().contains("error message: the shape"),
            "{error}"
        );
        assert!(!sandbox.read(REJECTED).contains(&token()[4..]));
    }
}

/// What can be saved nowhere stays in the journal: it is masked by then.
#[tokio::test]
async fn a_journal_that_stays_is_masked_by_all_that_was_learned() {
    let (sandbox, server) = (Sandbox::new(), server());
    let config = sandbox
        .config(Mode::Record)
        .environment([("ACME_PIN", "hunter2")]);
    let session = scope("c", config, async {
        let note = client().post(server.url("/plain")).body("it is hunter2");
        note.send().await.unwrap();
        cassette_reqwest::secret("ACME_PIN").unwrap();
        // No file can take the place of a folder that holds one.
        sandbox.write("c.json/in/the/way", "");
    });
    let error = session.await.unwrap_err();
    assert!(error.is_storage(), "{error}");
    let journal = sandbox.read(JOURNAL);
    assert!(journal.contains("it is [REDACTED]"), "{journal}");
    assert!(!journal.contains("hunter2"), "{journal}");
}
