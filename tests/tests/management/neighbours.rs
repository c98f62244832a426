//! What is recorded for one test, and what belongs to others.

use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;
use std::time::SystemTime;

use cassette_core::{Config, Mode, current, scope};
use futures_util::future::join_all;
use tokio::task::JoinSet;

use crate::bench::Bench;

/// All files with their bytes and times.
fn traces(bench: &Bench) -> BTreeMap<String, (Vec<u8>, SystemTime)> {
    let trace = |name: String| {
        let path = bench.sandbox.path().join(&name);
        let modified = fs::metadata(&path).unwrap().modified().unwrap();
        (name, (fs::read(&path).unwrap(), modified))
    };
    bench.sandbox.files().into_iter().map(trace).collect()
}

/// Records and fails, so that something is kept aside.
async fn reject(bench: &Bench, id: &str, config: Config) {
    let asked = tokio::sync::Notify::new();
    let session = scope(id, config, async {
        bench.ask("rejected").await;
        asked.notify_one();
        std::future::pending::<()>().await;
    });
    tokio::select! {
        _ = session => unreachable!("it waits for ever"),
        () = asked.notified() => {}
    }
}

/// Number 3 of what others get wrong: recording a second test erased what the first had.
#[tokio::test]
async fn recording_one_test_touches_no_file_of_another() {
    let bench = Bench::new();
    let neighbours = [
        "c.2",
        "c.json",
        "c-2",
        "c/c",
        "cc",
        "c.rejected.2",
        "c.2.rejected.2",
        "d",
    ];
    let large = |mode| bench.config(mode).body_limit(1);
    for id in neighbours {
        bench.run_as(id, large(Mode::Record), "a b").await.unwrap();
        reject(&bench, id, large(Mode::Record)).await;
        reject(&bench, id, large(Mode::Record)).await;
    }
    for id in ["only.2", "only.3"] {
        reject(&bench, id, large(Mode::Record)).await;
    }
    let before = traces(&bench);
    for id in ["c", "only"] {
        for mode in [Mode::Record, Mode::Update, Mode::Record] {
            bench
                .run_as(id, large(mode), &format!("a {mode}"))
                .await
                .unwrap();
        }
        for _ in 0..3 {
            reject(&bench, id, large(Mode::Record)).await;
        }
        let config = large(Mode::Record).compress(true);
        bench.run_as(id, config, "a").await.unwrap();
        for file in bench.sandbox.files() {
            let is_own = file.starts_with(&format!("{id}.")) && !before.contains_key(&file);
            if is_own {
                fs::remove_file(bench.sandbox.path().join(file)).unwrap();
            }
        }
    }
    let after = traces(&bench);
    let is_touched = |file: &&String| after.get(*file) != before.get(*file);
    let files = before.keys().chain(after.keys());
    let touched: Vec<_> = files.filter(is_touched).collect();
    assert_eq!(touched, Vec::<&String>::new());
}

async fn record_own(bench: &Bench, number: usize) {
    let names = format!("{number}- {number}- common");
    let config = bench.config(Mode::Record).body_limit(3);
    let session = scope(format!("folder{}/t{number}", number % 5), config, async {
        bench.ask(&names).await;
        assert_eq!(current().unwrap().len(), 3);
    });
    session.await.unwrap();
}

fn check_own(bench: &Bench) {
    for number in 0..50 {
        let stored = bench.stored(&format!("folder{}/t{number}.json", number % 5));
        assert_eq!(stored, format!("{number}- {number}- common"));
    }
    let files = bench.sandbox.files();
    let cassettes = files.iter().filter(|file| file.ends_with(".json"));
    assert_eq!(cassettes.count(), 50);
    assert!(
        !files.iter().any(|file| file.ends_with(".jsonl")),
        "{files:?}"
    );
}

#[tokio::test]
async fn fifty_recordings_at_once_on_one_task_have_each_its_own() {
    let bench = Bench::new();
    join_all((0..50).map(|number| record_own(&bench, number))).await;
    check_own(&bench);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_recordings_at_once_on_many_threads_have_each_its_own() {
    let bench = Arc::new(Bench::new());
    let mut tasks = JoinSet::new();
    for number in 0..50 {
        let bench = Arc::clone(&bench);
        tasks.spawn(async move { record_own(&bench, number).await });
    }
    tasks.join_all().await;
    check_own(&bench);
}
