//! `unrecorded(future)`: what is inside goes to the network, and nothing else.

use cassette_core::{Config, InCurrentCassette, Mode, Order, unrecorded};
use cassette_reqwest::{cassette, client, scope, secret};
use cassette_tests::{Server, Stage, echo, run, run_on, staged, two_workers, url};
use tokio::task::yield_now;

use crate::bench::{Bench, FILE};

#[tokio::test]
async fn what_is_inside_is_sent_in_every_mode() {
    let bench = Bench::new();
    let table = [
        (Mode::Live, "ok [/a /in /b] []"),
        (Mode::Auto, "ok [/a /in /b] [/a /b]"),
        (Mode::Auto, "ok [/in] [/a /b]"),
        (Mode::Replay, "ok [/in] [/a /b]"),
        (Mode::Update, "ok [/in] [/a /b]"),
        (Mode::Record, "ok [/a /in /b] [/a /b]"),
    ];
    for (mode, expected) in table {
        let [a, inside, b] = ["/a", "/in", "/b"].map(|path| bench.request(path));
        let test = async {
            a.send().await.unwrap();
            unrecorded(inside.send()).await.unwrap();
            b.send().await.unwrap();
        };
        let config = bench.config(mode).order(Order::Strict);
        assert_eq!(bench.told(config, test).await, expected, "{mode}");
    }
}

#[tokio::test]
async fn one_inside_of_another_ends_alone() {
    let bench = Bench::recorded(&["/cassette"]).await;
    let [one, two, three, four] = ["/1", "/2", "/3", "/cassette"].map(|path| bench.request(path));
    let test = async {
        unrecorded(async {
            one.send().await.unwrap();
            unrecorded(two.send()).await.unwrap();
            three.send().await.unwrap();
        })
        .await;
        four.send().await.unwrap();
    };
    let said = bench.told(bench.config(Mode::Replay), test).await;
    assert_eq!(said, "ok [/1 /2 /3] [/cassette]");
}

/// Both are polled by one task, in turn.
#[tokio::test]
async fn what_runs_beside_it_is_not_inside() {
    let bench = Bench::recorded(&["/out"]).await;
    let (inside, outside) = (bench.request("/in"), bench.request("/out"));
    let test = async {
        let inside = unrecorded(async {
            yield_now().await;
            inside.send().await.unwrap();
        });
        tokio::join!(inside, async { outside.send().await.unwrap() });
    };
    let said = bench.told(bench.config(Mode::Replay), test).await;
    assert_eq!(said, "ok [/in] [/out]");
}

#[tokio::test]
async fn what_is_spawned_inside_is_inside_when_it_is_carried() {
    let bench = Bench::recorded(&["/out"]).await;
    let (inside, outside) = (bench.request("/in"), bench.request("/out"));
    let test = unrecorded(async {
        let carried = async { inside.send().await.unwrap() }.in_current_cassette();
        tokio::spawn(carried).await.unwrap();
        let spawned = async { outside.send().await.unwrap() };
        tokio::spawn(spawned).await.unwrap();
    });
    let said = bench.told(bench.config(Mode::Replay), test).await;
    assert_eq!(said, "ok [/in] [/out]");
}

#[tokio::test]
async fn a_cassette_of_its_own_inside_is_one() {
    let bench = Bench::recorded(&["/out"]).await;
    let (inner, outer) = (bench.request("/inner"), bench.request("/outer"));
    let inside = || bench.config(Mode::Auto);
    let test = unrecorded(async {
        scope("inner", inside(), inner.send())
            .await
            .unwrap()
            .unwrap();
        outer.send().await.unwrap();
    });
    let config = bench
        .config(Mode::Replay)
        .unused(cassette_core::Unused::Allow);
    let said = bench.told(config, test).await;
    assert_eq!(said, "ok [/inner /outer] [/out]");
    assert_eq!(bench.sandbox.requested("inner.json"), ["/inner"]);
}

#[test]
fn a_task_of_an_annotated_test_goes_past_its_cassette() {
    #[cassette(config = staged)]
    async fn asks() {
        let task = tokio::spawn(async {
            let get = |path: &str| client().get(url_of(path)).send();
            unrecorded(get("/in")).await.unwrap();
            get("/out").await.unwrap();
        });
        task.await.unwrap();
    }

    let stage = Stage::new(Server::start(echo));
    ORIGIN.lock().unwrap().replace(url(""));
    for _ in 0..2 {
        run(asks()).unwrap();
        run_on(&two_workers(), asks()).unwrap();
    }
    assert_eq!(stage.server.paths(), ["/in", "/out", "/in", "/in", "/in"]);
    let file = &stage.sandbox.files()[0];
    assert_eq!(stage.sandbox.requested(file), ["/out"]);
}

/// Other threads have no stage.
static ORIGIN: std::sync::Mutex<Option<String>> = std::sync::Mutex::new(None);

fn url_of(path: &str) -> String {
    ORIGIN.lock().unwrap().clone().unwrap() + path
}

#[tokio::test]
async fn without_a_cassette_it_changes_nothing() {
    let bench = Bench::new();
    let refused = unrecorded(bench.request("/").send()).await.unwrap_err();
    assert!(format!("{refused:?}").contains("no cassette is in use here"));
    assert_eq!(bench.server.hits(), 0);
    assert_eq!(unrecorded(async { 7 }).await, 7);
}

#[tokio::test]
async fn what_is_inside_gets_real_keys_where_there_are_any() {
    let bench = Bench::recorded(&["/a"]).await;
    let keys = async |config: Config| {
        let a = bench.request("/a");
        let test = async {
            a.send().await.unwrap();
            let inside = unrecorded(async { secret("A_KEY").unwrap() }).await;
            (inside, secret("A_KEY").unwrap())
        };
        scope("c", config, test).await.unwrap()
    };
    let dummy = || "dummy-A_KEY".to_owned();
    let replay = || bench.config(Mode::Replay);
    assert_eq!(keys(replay()).await, (dummy(), dummy()));
    let with_key = replay().environment([("A_KEY", "hunter2-hunter2")]);
    assert_eq!(
        keys(with_key).await,
        ("hunter2-hunter2".to_owned(), dummy())
    );
    assert!(!bench.sandbox.read(FILE).contains("hunter2"));
}
