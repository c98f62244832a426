//! Many requests at once: each recorded answer is given once, and the file does not depend on who
//! was faster.

use std::collections::BTreeSet;
use std::sync::Arc;

use bytes::Bytes;
use cassette_core::Mode;
use cassette_reqwest::{InCurrentCassette, client, scope};
use cassette_tests::{Sandbox, Server, count, echo};
use http::Response;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// Asks for all `urls` from tasks of their own, and returns the answers.
async fn ask_at_once(urls: Vec<String>) -> Vec<String> {
    let (client, mut tasks) = (client(), JoinSet::new());
    for url in urls {
        let client = client.clone();
        tasks.spawn(async move { client.get(url).send().await.unwrap().text().await.unwrap() });
    }
    tasks.join_all().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixty_four_tasks_get_each_recorded_answer_once() {
    let (sandbox, server) = (Sandbox::new(), Server::start(count()));
    let run = |mode| {
        scope(
            "same",
            sandbox.config(mode),
            ask_at_once(vec![server.url("/"); 64]),
        )
    };
    let recorded: BTreeSet<String> = run(Mode::Record).await.unwrap().into_iter().collect();
    let replayed: BTreeSet<String> = run(Mode::Replay).await.unwrap().into_iter().collect();
    assert_eq!((recorded.len(), server.hits()), (64, 64));
    assert_eq!(replayed, recorded);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixty_four_tasks_get_each_its_own_answer() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let urls: Vec<String> = (0..64).map(|n| server.url(&format!("/{n}"))).collect();
    for mode in [Mode::Record, Mode::Replay] {
        let answers = scope("own", sandbox.config(mode), ask_at_once(urls.clone()))
            .await
            .unwrap();
        let paths: BTreeSet<_> = answers
            .iter()
            .map(|answer| {
                serde_json::from_str::<serde_json::Value>(answer).unwrap()["path"].to_string()
            })
            .collect();
        assert_eq!(paths.len(), 64, "{mode}");
    }
    assert_eq!(server.hits(), 64);
}

/// Joins requests for `/a`, `/b` and `/c`, which are answered in the order of `answered`, each when
/// its client has the answer before; none before all have arrived.
async fn join(answered: &'static str, sandbox: &Sandbox) {
    let arrived = Arc::new(watch::Sender::new(0));
    let due = Arc::new(watch::Sender::new(None));
    let (arrivals, turns) = (Arc::clone(&arrived), Arc::clone(&due));
    let server = Server::start_async(move |request| {
        let (mut turn, letter) = (turns.subscribe(), request.uri().path().chars().last());
        arrivals.send_modify(|arrived| *arrived += 1);
        async move {
            turn.wait_for(|turn| *turn == letter).await.unwrap();
            Response::new(Bytes::new())
        }
    });
    let get = async |letter: char| {
        client()
            .get(server.url(&format!("/{letter}")))
            .send()
            .await
            .unwrap();
        due.send_replace(answered.chars().skip_while(|&other| other != letter).nth(1));
    };
    let begin = async {
        arrived
            .subscribe()
            .wait_for(|&arrived| arrived == 3)
            .await
            .unwrap();
        due.send_replace(answered.chars().next());
    };
    let all = async { tokio::join!(get('a'), get('b'), get('c'), begin) };
    scope("joined", sandbox.config(Mode::Record), all)
        .await
        .unwrap();
}

#[tokio::test]
async fn joined_requests_stand_in_program_order_whoever_is_answered_first() {
    let sandbox = Sandbox::new();
    join("cab", &sandbox).await;
    assert_eq!(sandbox.requested("joined.json"), ["/a", "/b", "/c"]);
}

#[tokio::test]
async fn recorded_again_concurrent_traffic_leaves_the_file_as_it_is() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let record = |order: &str| {
        let urls: Vec<String> = order
            .chars()
            .map(|letter| server.url(&format!("/{letter}")))
            .collect();
        scope("again", sandbox.config(Mode::Record), async move {
            // Tasks are issued in the order in which they are polled, so the order is the caller's.
            for url in urls {
                tokio::spawn(client().get(url).send().in_current_cassette())
                    .await
                    .unwrap()
                    .unwrap();
            }
        })
    };
    record("abcab").await.unwrap();
    let first = sandbox.read("again.json");
    record("cbaba").await.unwrap();
    assert_eq!(sandbox.read("again.json"), first);
    assert_eq!(server.hits(), 10);
    record("cxbaba").await.unwrap();
    assert_eq!(sandbox.requested("again.json").concat(), "/a/x/b/c/a/b");
}
