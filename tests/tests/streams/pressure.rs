//! A test that reads slowly slows the server down.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use cassette_tests::{Connection, chunk};

use crate::Scene;
use crate::scene::head;

const PIECE: usize = 64 << 10;

/// Far more than the system holds between a server and a client that does not read.
const TOO_MUCH: usize = 256 << 20;

/// Writes as long as the client takes it, or answers a ping.
async fn answer(mut connection: Connection, written: Arc<AtomicUsize>) {
    let request = connection.request().await.unwrap();
    if request.line().contains("/ping") {
        connection.write("HTTP/1.1 204 No Content\r\n\r\n").await;
        return;
    }
    connection.write(head("application/octet-stream")).await;
    let piece = chunk([b'.'; PIECE]);
    while connection.write(&piece).await {
        written.fetch_add(PIECE, Ordering::SeqCst);
    }
}

/// Waits until the server is stuck, and returns how much it has written by then.
///
/// It shares its one thread with the pings, and the client shares this one: after each, both have
/// looked at all their connections, and done there what they can.
async fn settled(scene: &Scene, written: &AtomicUsize) -> usize {
    let (mut before, mut idle) = (0, 0);
    while idle < 10 && before < TOO_MUCH {
        reqwest::get(scene.server.url("/ping")).await.unwrap();
        let now = written.load(Ordering::SeqCst);
        idle = if now == before { idle + 1 } else { 0 };
        before = now;
    }
    before
}

#[tokio::test]
async fn what_the_test_does_not_read_stays_with_the_server() {
    let written = Arc::new(AtomicUsize::new(0));
    let scene = Scene::new({
        let written = Arc::clone(&written);
        move |connection| answer(connection, Arc::clone(&written))
    });
    let read = async {
        let mut response = scene.get().await;
        let mut length = response.chunk().await.unwrap().unwrap().len();
        let ahead = settled(&scene, &written).await;
        assert!(
            ahead < TOO_MUCH,
            "{ahead} bytes, of which the test read {length}"
        );
        // The server goes on when the test does: all that it had written comes, and more.
        while length <= ahead {
            length += response.chunk().await.unwrap().unwrap().len();
        }
        length
    };
    let length = scene.record(read).await;
    let stored = scene.body();
    let lengths = stored["split"].as_str().unwrap().split(' ');
    let stored_length: usize = lengths.map(|length| length.parse::<usize>().unwrap()).sum();
    assert_eq!((stored_length, &stored["partial"]), (length, &true.into()));
}
