//! The replay half, which needs no failure to begin with.

use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::process::Command;
use std::time::{Duration, Instant};

use cassette_core::{ErrorKind, RecordedError};
use tokio::sync::oneshot;

use super::reqwest::{self, Url};
use super::{causes_of, predicates, replayed, socket, unsent};

/// Every kind, with the predicates that hold for it.
const KINDS: [(ErrorKind, &[&str]); 11] = [
    (ErrorKind::Builder, &["builder"]),
    (ErrorKind::Connect, &["request", "connect"]),
    (
        ErrorKind::ConnectTimeout,
        &["timeout", "request", "connect"],
    ),
    (ErrorKind::Dns, &["request", "connect", "dns"]),
    (ErrorKind::Timeout, &["timeout", "request"]),
    (ErrorKind::Closed, &["request"]),
    (ErrorKind::Reset, &["request"]),
    (ErrorKind::Redirect, &["redirect"]),
    (ErrorKind::Request, &["request"]),
    (ErrorKind::Body, &["request"]),
    (ErrorKind::Cancelled, &["request"]),
];

fn url() -> Url {
    Url::parse("http://user@api.example.com/items?api_key=s3cret#top").unwrap()
}

fn recorded(kind: ErrorKind) -> RecordedError {
    RecordedError::new(kind, "as it was recorded")
}

/// Expects each kind to come back, with the causes that retries look for.
async fn check_all() {
    for (kind, expected) in KINDS {
        let again = replayed(&recorded(kind), &url()).await;
        check_kind(&again, kind, expected);
        assert_eq!(again.url(), Some(&url()), "{kind:?}");
    }
}

fn check_kind(again: &reqwest::Error, kind: ErrorKind, expected: &[&str]) {
    assert_eq!(predicates(again), expected, "{kind:?}: {again:?}");
    let causes = (kind == ErrorKind::Closed, kind == ErrorKind::Reset);
    assert_eq!(causes_of(again), causes, "{kind:?}: {again:?}");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn without_a_loopback_a_local_name_does() {
    for (kind, expected) in &KINDS[5..9] {
        let again = socket::by_abstract_name(&recorded(*kind)).await;
        check_kind(&again.unwrap(), *kind, expected);
    }
}

#[tokio::test]
async fn without_any_socket_it_is_a_failed_request() {
    let again = unsent::unspoken(&recorded(ErrorKind::Closed)).await;
    assert_eq!(predicates(&again), ["request"], "{again:?}");
}

#[tokio::test]
async fn every_kind_comes_back() {
    check_all().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_kind_comes_back_many_at_a_time() {
    let replays = (0..16).map(|_| tokio::spawn(check_all()));
    for replay in replays.collect::<Vec<_>>() {
        replay.await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn every_kind_comes_back_with_a_paused_clock() {
    let began = tokio::time::Instant::now();
    check_all().await;
    // The timer of a request's time limit is as coarse as a millisecond.
    assert!(began.elapsed() <= Duration::from_millis(1));
}

#[tokio::test(start_paused = true)]
async fn a_paused_clock_stands_still_while_a_socket_is_slow() {
    let (sender, received) = oneshot::channel();
    let socket = std::thread::spawn(move || {
        // No time at all for the test's clock, unless it moves on by itself.
        std::thread::sleep(Duration::from_millis(20));
        sender.send("slow").unwrap();
    });
    let limit = Duration::from_secs(60);
    let outcome = tokio::time::timeout(limit, socket::within_limit(received)).await;
    assert_eq!(outcome, Ok(Some(Ok("slow"))));
    socket.join().unwrap();
}

#[test]
fn a_replay_given_up_holds_nothing() {
    let began = Instant::now();
    for kind in [ErrorKind::Closed, ErrorKind::Reset, ErrorKind::Redirect] {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_all().build().unwrap();
        let (recorded, url) = (recorded(kind), url());
        runtime.block_on(async {
            tokio::select! {
                biased;
                _ = replayed(&recorded, &url) => panic!("it is not that fast"),
                () = std::future::ready(()) => {}
            }
        });
    }
    // Dropped, a runtime waits for its blocking tasks.
    assert!(began.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
#[ignore = "run by its parent"]
async fn child_replays_every_kind() {
    check_all().await;
}

#[test]
fn proxies_are_not_asked() {
    let proxy = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let at = format!("http://{}", proxy.local_addr().unwrap());
    let mut child = Command::new(std::env::current_exe().unwrap());
    // The other version of reqwest has one of the same name.
    let (_, here) = module_path!().split_once("::").unwrap();
    let name = format!("{here}::child_replays_every_kind");
    child.args([&name, "--exact", "--ignored"]);
    for name in ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"] {
        child.env(name, &at);
    }
    for name in ["NO_PROXY", "no_proxy", "REQUEST_METHOD"] {
        child.env_remove(name);
    }
    let output = child.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("test result: ok. 1 passed"), "{text}");
    proxy.set_nonblocking(true).unwrap();
    let asked = proxy.accept().map(drop).map_err(|error| error.kind());
    assert_eq!(asked, Err(io::ErrorKind::WouldBlock));
}
