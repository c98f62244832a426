//! Many requests, and many sessions.

use cassette_tests::{RawServer, Sandbox};

use crate::raw_client::{RawClient, credentials};
use crate::{FILE, proxy, record, replay};

/// Answers every request with its path.
fn paths() -> RawServer {
    RawServer::start(async |mut connection| {
        while let Some(request) = connection.request().await {
            let path = request.line().split(' ').nth(1).unwrap().to_owned();
            let length = path.len();
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n");
            connection.write(head + &path).await;
        }
    })
}

const STEPS: usize = 10;
const STEP: usize = 100;

/// Asks for a thousand answers over one connection, and tells when each hundred has come.
async fn ask(origin: &str, mut come: impl FnMut()) {
    let mut client = RawClient::connect(&proxy()).await;
    let line = credentials(&proxy());
    for number in 0..STEPS * STEP {
        let path = format!("/number/{number}.");
        client
            .send(format!(
                "GET {origin}{path} HTTP/1.1\r\nHost: a\r\n{line}\r\n"
            ))
            .await;
        let answer = client.through(&path).await;
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
        if number % STEP == STEP - 1 {
            come();
        }
    }
}

#[tokio::test]
async fn a_thousand_requests_over_one_connection() {
    let (sandbox, server) = (Sandbox::new(), paths());
    let origin = server.url("");
    record(&sandbox, ask(&origin, || {})).await.unwrap();
    assert_eq!((server.hits(), server.connections()), (STEPS * STEP, 1));
    server.stop();
    assert_eq!(sandbox.requested(FILE).len(), STEPS * STEP);
    replay(&sandbox, ask(&origin, || {})).await.unwrap();
}

#[cfg(target_os = "linux")]
mod linear {
    use std::time::Duration;

    use cassette_reqwest::{Config, Mode, scope};
    use cassette_tests::{Child, url_of_parent};

    use super::*;
    use crate::bound::Bound;
    use crate::work::Work;

    /// The least work for a hundred of the later answers is less than twice that for the first ones.
    async fn check(mode: Mode) {
        let asked = scope("linear", Config::new().mode(mode), async {
            let _ = proxy();
            let mut work = Work::of_the_proxy().await;
            let (mut before, mut steps) = (work.done(), Vec::new());
            ask(&url_of_parent(""), || {
                let done = work.done();
                steps.push(done - std::mem::replace(&mut before, done));
            })
            .await;
            steps
        });
        let steps: Vec<Duration> = asked.await.unwrap();
        let (first, last) = steps.split_at(STEPS / 2);
        let (first, last) = (first.iter().min().unwrap(), last.iter().min().unwrap());
        assert!(*last < *first * 2, "{steps:?}");
    }

    #[tokio::test]
    #[ignore = "run by its parent"]
    async fn asks_a_thousand_times() {
        let _bound = Bound::new();
        check(Mode::Record).await;
        check(Mode::Replay).await;
    }

    #[test]
    fn the_thousandth_request_is_no_more_work_than_the_first() {
        let (sandbox, server) = (Sandbox::new(), paths());
        let test = "many::linear::asks_a_thousand_times";
        let child = Child::exactly(test, &sandbox, &server.url(""));
        child.run().expect_passed(1);
        assert_eq!(server.hits(), STEPS * STEP);
    }
}

#[cfg(target_os = "linux")]
mod sessions {
    use std::sync::Arc;
    use std::time::Duration;

    use cassette_reqwest::{Config, Mode, current, scope};
    use cassette_tests::{
        Child, Server, TlsServer, echo, parent_variable, two_workers, url_of_parent,
    };
    use reqwest::Client;
    use tokio::runtime::Handle;
    use tokio::sync::Barrier;
    use tokio::task::yield_now;

    use super::*;
    use crate::bound::Bound;
    use crate::ends::{held, is_back_at};
    use crate::raw_client::within;

    const SESSIONS: usize = 64;

    /// Asks both servers for what only this session asks for, while all others do.
    async fn session(number: usize, mode: Mode, client: Client, all: Arc<Barrier>) {
        let test = async {
            if current().unwrap().is_recording() {
                proxy().trust(parent_variable("TEST_PEM")).unwrap();
            }
            let secure = parent_variable("TEST_SECURE");
            for origin in [url_of_parent(""), secure] {
                let answer = client.get(format!("{origin}/of/{number}")).send().await;
                let text = answer.unwrap().text().await.unwrap();
                assert!(text.contains(&format!("\"/of/{number}\"")), "{text}");
                within(all.wait()).await;
            }
        };
        let config = Config::new().mode(mode);
        scope(format!("many/{number}"), config, test).await.unwrap();
    }

    async fn run(mode: Mode, sessions: usize) {
        let (client, all) = (crate::client(), Arc::new(Barrier::new(sessions)));
        let all = (0..sessions)
            .map(|number| tokio::spawn(session(number, mode, client.clone(), Arc::clone(&all))));
        for session in all.collect::<Vec<_>>() {
            within(session).await.unwrap();
        }
    }

    /// Waits until no task is alive, and no more is held than this.
    async fn settled(before: Option<(usize, usize)>) {
        let alive = || Handle::current().metrics().num_alive_tasks();
        let settled = async {
            while alive() > 0 || before.is_some_and(|before| !is_back_at(before)) {
                yield_now().await;
            }
        };
        let ended = tokio::time::timeout(Duration::from_secs(10), settled).await;
        let (held, alive) = (held(), alive());
        assert!(ended.is_ok(), "{held:?} of {before:?}, {alive} tasks");
    }

    #[test]
    #[ignore = "run by its parent"]
    fn sixty_four_at_once() {
        let _bound = Bound::new();
        two_workers().block_on(async {
            run(Mode::Record, 1).await;
            settled(None).await;
            let before = held();
            for mode in [Mode::Record, Mode::Replay] {
                run(mode, SESSIONS).await;
                settled(Some(before)).await;
            }
        });
    }

    #[test]
    fn sixty_four_sessions_at_once_do_not_meet_and_leave_nothing() {
        let (sandbox, server) = (Sandbox::new(), Server::start(echo));
        let secure = TlsServer::start(echo);
        let child = Child::exactly(
            "many::sessions::sixty_four_at_once",
            &sandbox,
            &server.url(""),
        );
        let child = child.variable("TEST_SECURE", secure.url(""));
        let ran = child.variable("TEST_PEM", secure.certificate_pem()).run();
        ran.expect_passed(1);
        assert_eq!((server.hits(), secure.hits()), (SESSIONS + 1, SESSIONS + 1));
        assert_eq!(sandbox.files().len(), SESSIONS);
    }
}
