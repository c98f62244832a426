//! Several streams at once.

use bytes::Bytes;
use reqwest::Response;
use serde_json::json;

use crate::scene::head;
use crate::{Scene, by_events, by_stream};
use cassette_tests::{chunk, last_chunk};

/// Two streams whose chunks are sent in turn, one each time the test has read one: the server's
/// releases go to whoever waits.
fn two_streams() -> Scene {
    Scene::new(async |mut connection| {
        let request = connection.request().await.unwrap();
        let name = if request.line().contains("/a") {
            'a'
        } else {
            'b'
        };
        connection.write(head("text/event-stream")).await;
        for number in 1..=3 {
            connection
                .write(chunk(format!("data: {name}{number}\n\n")))
                .await;
        }
        connection.write(last_chunk()).await;
    })
}

async fn next(response: &mut Response) -> Option<Bytes> {
    response.chunk().await.unwrap()
}

#[tokio::test]
async fn streams_read_in_turn_are_two_recordings() {
    let scene = two_streams();
    let read = async || {
        let (mut a, mut b) = (scene.get_path("/a").await, scene.get_path("/b").await);
        let mut chunks = Vec::new();
        // The second is ahead of the first, and ends before it.
        for response in [1, 0, 1, 1, 1, 0, 0, 0] {
            let from = if response == 0 { &mut a } else { &mut b };
            chunks.push(next(from).await);
        }
        chunks
    };
    let event = |text: &'static str| Some(Bytes::from(format!("data: {text}\n\n")));
    let expected = ["b1", "a1", "b2", "b3", "", "a2", "a3", ""];
    let expected = expected.map(|text| event(text).filter(|_| !text.is_empty()));
    assert_eq!(scene.twice(read).await, expected);
    let chunks = |number: usize| scene.interaction(number)["response"]["body"].clone();
    let all = |name| {
        let chunks = [1, 2, 3].map(|number| format!("data: {name}{number}\n\n"));
        json!({ "chunks": chunks })
    };
    assert_eq!((chunks(0), chunks(1)), (all("a"), all("b")));
}

#[tokio::test]
async fn streams_joined_in_one_task_are_recorded_in_the_order_of_their_requests() {
    let scene = two_streams();
    let read = async || {
        tokio::join!(
            async { by_events(scene.get_path("/b").await).await },
            async { by_stream(scene.get_path("/a").await).await },
        )
    };
    let (events, (chunks, _)) = scene.twice(read).await;
    assert_eq!((events.len(), chunks.len()), (3, 3));
    assert_eq!(scene.sandbox.requested("c.json"), ["/b", "/a"]);
}

#[tokio::test]
async fn streams_of_equal_requests_are_given_in_their_order() {
    let scene = Scene::new({
        let count = std::sync::atomic::AtomicUsize::new(0);
        move |mut connection| {
            let number = count.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            async move {
                connection.request().await;
                let parts = [
                    head("text/event-stream").into_bytes(),
                    chunk(format!("data: {number}\n\n")),
                ];
                connection.write(parts.concat()).await;
                connection.write(last_chunk()).await;
            }
        }
    });
    let read = async || {
        // Both are open at once, and the second ends first.
        let (first, second) = (scene.get().await, scene.get().await);
        let second = second.text().await.unwrap();
        [first.text().await.unwrap(), second]
    };
    assert_eq!(scene.twice(read).await, ["data: 0\n\n", "data: 1\n\n"]);
}

/// A watch that is silent, and one that is not.
fn slow_and_fast() -> Scene {
    Scene::new(async |mut connection| {
        let request = connection.request().await.unwrap();
        connection.write(head("text/event-stream")).await;
        if request.line().contains("/fast") {
            connection.write(chunk("data: 1\n\n")).await;
        }
        connection.closed().await;
    })
}

#[tokio::test]
async fn the_slower_branch_of_a_select_is_stored_as_far_as_it_came() {
    let scene = slow_and_fast();
    let read = async || {
        let (mut slow, mut fast) = (scene.get_path("/slow").await, scene.get_path("/fast").await);
        tokio::select! {
            biased;
            _ = slow.chunk() => panic!("nothing comes here"),
            chunk = fast.chunk() => chunk.unwrap().unwrap(),
        }
    };
    assert_eq!(scene.twice(read).await, "data: 1\n\n");
    let partial = |number: usize| scene.interaction(number)["response"]["body"]["partial"].clone();
    assert_eq!((partial(0), partial(1)), (json!("waiting"), json!(true)));
}

/// Which branch is looked at first is left to chance: in the recording it was the fast one, and the
/// slow one never; in the replay it is the slow one, which must not win by failing.
#[tokio::test]
async fn the_branches_of_a_select_may_change_places() {
    let scene = slow_and_fast();
    let both = async || (scene.get_path("/slow").await, scene.get_path("/fast").await);
    let record = async {
        let (slow, mut fast) = both().await;
        let chunk = fast.chunk().await.unwrap().unwrap();
        drop(slow);
        chunk
    };
    let replay = async {
        let (mut slow, mut fast) = both().await;
        tokio::select! {
            biased;
            slow = slow.chunk() => panic!("nothing came here: {slow:?}"),
            chunk = fast.chunk() => chunk.unwrap().unwrap(),
        }
    };
    assert_eq!(scene.record(record).await, scene.replay(replay).await);
}
