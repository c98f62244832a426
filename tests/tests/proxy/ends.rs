//! The end of a session, which is that of its proxy.

use std::io::ErrorKind;

use cassette_reqwest::{Proxy, current};
use cassette_tests::{RawServer, Sandbox, Server, echo};
use tokio::net::TcpStream;

use crate::raw_client::{RawClient, port, within};
use crate::{FILE, client, proxy, record, replay};

#[tokio::test]
async fn a_session_has_one_proxy() {
    let sandbox = Sandbox::new();
    let recorded = record(&sandbox, async {
        let (first, second) = (proxy(), proxy());
        (
            first.url() == second.url(),
            first.env().unwrap() == second.env().unwrap(),
        )
    });
    assert_eq!(recorded.await.unwrap(), (true, true));
}

#[tokio::test]
async fn who_asks_a_proxy_behind_the_end_is_refused() {
    let sandbox = Sandbox::new();
    let recorded = record(&sandbox, async { (proxy(), current().unwrap()) });
    let (proxy, session) = recorded.await.unwrap();
    let ended = [proxy.env().unwrap_err(), proxy.trust("").unwrap_err()];
    for error in ended {
        assert_eq!(error.kind(), ErrorKind::NotConnected);
        assert_eq!(error.to_string(), "the proxy's session has ended");
    }
    let error = Proxy::start(&session).unwrap_err().to_string();
    assert!(
        error.starts_with("a request was made after c had ended"),
        "{error}"
    );
}

#[tokio::test]
async fn the_certificate_file_is_there_as_long_as_the_session() {
    let sandbox = Sandbox::new();
    let recorded = record(&sandbox, async {
        let env = proxy().env().unwrap();
        let (_, path) = env
            .iter()
            .find(|(name, _)| *name == "SSL_CERT_FILE")
            .unwrap();
        let pem = std::fs::read_to_string(path).unwrap();
        assert_eq!(pem, cassette_proxy::certificate_pem().unwrap());
        path.clone()
    });
    let path = recorded.await.unwrap();
    assert!(!std::path::Path::new(&path).exists());
}

#[tokio::test]
async fn connections_that_are_open_are_closed() {
    let sandbox = Sandbox::new();
    let recorded = record(&sandbox, async {
        let proxy = proxy();
        let idle = RawClient::connect(&proxy).await;
        let mut half = RawClient::connect(&proxy).await;
        half.send("GET http://a.invalid/ HTTP/1.1\r\nHo").await;
        let mut tunnel = RawClient::tunnel(&proxy, "a.invalid:443").await;
        // The beginning of a handshake of TLS.
        tunnel.send([22, 3, 1]).await;
        (port(&proxy), [idle, half, tunnel])
    });
    let (port, clients) = recorded.await.unwrap();
    for client in clients {
        assert_eq!(client.rest().await, "");
    }
    let refused = TcpStream::connect(("127.0.0.1", port)).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
    assert_eq!(sandbox.requested(FILE), [""; 0]);
}

/// A server that never answers, and what asks it without waiting.
fn silent() -> RawServer {
    RawServer::start(async |mut connection| {
        connection.request().await;
        connection.closed().await;
    })
}

#[tokio::test]
async fn a_request_that_is_on_its_way_ends_with_the_session() {
    let (sandbox, server) = (Sandbox::new(), silent());
    let url = server.url("/");
    let ask = || tokio::spawn(client().get(&url).send());
    let mut asked = None;
    let recorded = record(&sandbox, async {
        asked = Some(ask());
        within(server.arrived(1)).await;
    });
    recorded.await.unwrap();
    let error = within(asked.take().unwrap()).await.unwrap().unwrap_err();
    assert!(error.is_request(), "{error:?}");
    let error = &sandbox.cassette(FILE)["interactions"][0]["error"];
    assert_eq!(error["kind"], "cancelled");
    server.stop();
    // In a replay nobody tells when it has arrived; where it comes too late it is refused.
    replay(&sandbox, async { asked = Some(ask()) })
        .await
        .unwrap();
    let answer = within(asked.unwrap()).await.unwrap();
    assert!(answer.map_or(501, |answer| answer.status().as_u16()) == 501);
}

#[tokio::test]
async fn a_session_that_is_dropped_ends_its_proxy() {
    let (sandbox, server) = (Sandbox::new(), silent());
    let url = server.url("/");
    let recorded = record(&sandbox, async {
        let asked = client().get(&url).send();
        asked.await.unwrap();
    });
    // As a time limit around it does.
    tokio::select! {
        _ = recorded => panic!("nobody answers"),
        () = within(server.arrived(1)) => {}
    }
    assert!(sandbox.exists("c.rejected.json"), "{:?}", sandbox.files());
}

/// What this process has open, and its threads.
#[cfg(target_os = "linux")]
pub(crate) fn held() -> (usize, usize) {
    let count = |folder| std::fs::read_dir(folder).unwrap().count();
    (count("/proc/self/fd"), count("/proc/self/task"))
}

/// Is no more held than this? Less may be: a connection of before may still have been about to close.
#[cfg(target_os = "linux")]
pub(crate) fn is_back_at(before: (usize, usize)) -> bool {
    let (descriptors, threads) = held();
    descriptors <= before.0 && threads <= before.1
}

#[cfg(target_os = "linux")]
mod left {
    use cassette_reqwest::{Config, Mode, scope};
    use cassette_tests::{Child, url_of_parent};
    use tokio::task::yield_now;

    use super::*;
    use crate::bound::Bound;

    /// A session with connections of every kind, all open at its end.
    async fn session(silent: &RawServer, seen: usize) {
        let asked = scope("left", Config::new().mode(Mode::Record), async {
            let proxy = proxy();
            proxy.env().unwrap();
            let answer = client().get(url_of_parent("/")).send().await.unwrap();
            assert_eq!(answer.status(), 200);
            client()
                .get("http://name.invalid/")
                .send()
                .await
                .unwrap_err();
            let mut half = RawClient::connect(&proxy).await;
            half.send("GET http://a.invalid/ HTTP/1.1\r\nHo").await;
            let asked = tokio::spawn(client().get(silent.url("/")).send());
            within(silent.arrived(seen)).await;
            (half, asked)
        });
        let (half, asked) = asked.await.unwrap();
        within(asked).await.unwrap().unwrap_err();
        half.rest().await;
    }

    #[tokio::test]
    #[ignore = "run by its parent"]
    async fn leaves_nothing() {
        let _bound = Bound::new();
        let silent = silent();
        // What a process makes once is there behind the first.
        session(&silent, 1).await;
        let before = held();
        // So many that one thing left of each would show.
        for number in 2..10 {
            session(&silent, number).await;
        }
        // The clients' own connections end when their tasks have had a turn.
        let settled = async {
            while !is_back_at(before) {
                yield_now().await;
            }
        };
        let ended = tokio::time::timeout(std::time::Duration::from_secs(10), settled).await;
        assert!(ended.is_ok(), "{:?} is left of {before:?}", held());
    }

    #[test]
    fn no_thread_and_no_descriptor_is_left() {
        let (sandbox, server) = (Sandbox::new(), Server::start(echo));
        let child = Child::exactly("ends::left::leaves_nothing", &sandbox, &server.url(""));
        child.run().expect_passed(1);
        assert_eq!(server.hits(), 9);
    }
}
