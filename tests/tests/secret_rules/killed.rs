//! Recordings that are killed after they have learned something.

use std::sync::mpsc::{Receiver, channel};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use cassette_reqwest::{cassette, client};
use cassette_tests::{Child, Sandbox, Server, url_of_parent};
use http::{Request, Response};

use crate::{LONG, token};

const PATIENCE: Duration = Duration::from_secs(60);

async fn get(path: &str) {
    let answer = client().get(url_of_parent(path)).send().await.unwrap();
    answer.text().await.unwrap();
}

#[cassette]
#[tokio::test]
#[ignore = "run by its parent"]
async fn learns_late() {
    get("/note").await;
    get("/teach").await;
    get("/hang").await;
}

/// Starts it, and kills it when it asks for what never comes.
fn killed(sandbox: &Sandbox, secret: String, environment: Option<&str>) {
    let (arrival, arrived) = channel();
    let arrival = Mutex::new(arrival);
    let server = Server::start_async(move |request: Request<Bytes>| {
        let body = match request.uri().path() {
            "/note" => format!(r#"{{"note":"{secret}"}}"#),
            _ => format!(r#"{{"password":"{secret}"}}"#),
        };
        let hangs = request.uri().path() == "/hang";
        if hangs {
            let arrival = arrival.lock().unwrap_or_else(PoisonError::into_inner);
            let _ = arrival.send(());
        }
        async move {
            if hangs {
                std::future::pending::<()>().await;
            }
            Response::new(Bytes::from(body))
        }
    });
    let child = Child::exactly("killed::learns_late", sandbox, &server.url(""));
    let child = environment
        .into_iter()
        .fold(child, |child, value| child.variable("ACME_API_KEY", value));
    let mut child = child.start();
    wait(&arrived);
    child.kill().expect("the child still runs");
    child.wait().expect("the child is this process's");
}

fn wait(arrived: &Receiver<()>) {
    arrived
        .recv_timeout(PATIENCE)
        .expect("the child asks for what hangs");
}

const PARTIAL: &str = "secret_rules/killed/learns_late.partial.jsonl";

#[test]
fn what_a_killed_recording_has_left_holds_nothing_that_it_had_learned() {
    for secret in [LONG.to_owned(), token()] {
        let sandbox = Sandbox::new();
        killed(&sandbox, secret.clone(), None);
        assert_eq!(sandbox.files(), [PARTIAL]);
        let journal = sandbox.read(PARTIAL);
        assert!(!journal.contains(&secret), "{journal}");
        assert_eq!(journal.lines().count(), 3, "{journal}");
    }
}

/// The environment is known from the beginning.
#[test]
fn what_a_killed_recording_has_left_holds_nothing_of_the_environment() {
    let sandbox = Sandbox::new();
    killed(&sandbox, LONG.to_owned(), Some(LONG));
    let journal = sandbox.read(PARTIAL);
    assert!(!journal.contains(LONG), "{journal}");
}
