//! Cassettes that are loaded once.

use std::fs::{self, File};
use std::time::{Duration, SystemTime};

use cassette_core::{CassettePool, Mode};
use tokio::task::JoinSet;

use crate::bench::Bench;

/// Changes an answer and nothing that the pool can see: neither the length nor the time.
fn forge(bench: &Bench, file: &str) {
    let old = "\"a1\"";
    let text = bench.sandbox.read(file);
    assert!(text.contains(old), "{text}");
    put(bench, file, &text.replace(old, "\"XX\""));
}

/// Writes a file as if long ago.
fn put(bench: &Bench, file: &str, text: &str) {
    bench.sandbox.write(file, text);
    grow_old(bench, file);
}

fn grow_old(bench: &Bench, file: &str) {
    let opened = File::options()
        .write(true)
        .open(bench.sandbox.path().join(file));
    let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    opened.unwrap().set_modified(long_ago).unwrap();
}

async fn recorded(names: &str) -> (Bench, CassettePool) {
    let bench = Bench::new();
    bench.run(Mode::Record, names).await.unwrap();
    grow_old(&bench, "c.json");
    (bench, CassettePool::new(2))
}

async fn replay(bench: &Bench, pool: &CassettePool, names: &str) -> String {
    let config = bench.config(Mode::Replay).pool(pool);
    bench.run_as("c", config, names).await.unwrap()
}

#[tokio::test]
async fn the_second_session_does_not_read_the_file() {
    let (bench, pool) = recorded("a").await;
    assert_eq!(replay(&bench, &pool, "a").await, "a1");
    assert_eq!(pool.len(), 1);
    forge(&bench, "c.json");
    assert_eq!(replay(&bench, &pool, "a").await, "a1");
    // Without the pool it does.
    assert_eq!(bench.run(Mode::Replay, "a").await.unwrap(), "XX");
}

#[tokio::test]
async fn sessions_with_one_pool_do_not_share_what_is_played() {
    let (bench, pool) = recorded("a a").await;
    for _ in 0..3 {
        assert_eq!(replay(&bench, &pool, "a a").await, "a1 a2");
    }
}

#[tokio::test]
async fn what_a_session_changes_in_memory_is_not_seen_by_the_next() {
    let (bench, pool) = recorded("a b").await;
    let config = bench.config(Mode::Replay).pool(&pool);
    let session = cassette_core::scope("c", config, async {
        bench.delete("a");
        cassette_core::current().unwrap().replace([]).unwrap();
    });
    session.await.unwrap();
    assert_eq!(replay(&bench, &pool, "a b").await, "a1 b1");
}

#[tokio::test]
async fn a_file_that_has_changed_is_read_anew() {
    let (bench, pool) = recorded("a").await;
    assert_eq!(replay(&bench, &pool, "a").await, "a1");
    // Longer.
    let text = bench.sandbox.read("c.json").replace("\"a1\"", "\"longer\"");
    put(&bench, "c.json", &text);
    assert_eq!(replay(&bench, &pool, "a").await, "longer");
    // Of the same length, but written now: file systems may not tell that from a moment ago.
    bench
        .sandbox
        .write("c.json", text.replace("longer", "LONGER"));
    assert_eq!(replay(&bench, &pool, "a").await, "LONGER");
    bench.sandbox.write("c.json", &text);
    assert_eq!(replay(&bench, &pool, "a").await, "longer");
    // Gone.
    fs::remove_file(bench.sandbox.path().join("c.json")).unwrap();
    let config = bench.config(Mode::Replay).pool(&pool);
    let error = bench.run_as("c", config, "a").await.unwrap_err();
    assert!(error.is_missing_cassette(), "{error}");
    // Broken.
    put(&bench, "c.json", "{");
    let config = bench.config(Mode::Replay).pool(&pool);
    assert!(
        bench
            .run_as("c", config, "a")
            .await
            .unwrap_err()
            .is_format()
    );
}

#[tokio::test]
async fn of_too_many_the_one_not_used_for_the_longest_time_goes() {
    let (bench, pool) = recorded("a").await;
    let text = bench.sandbox.read("c.json");
    let play = async |id: &str| {
        let config = bench.config(Mode::Replay).pool(&pool);
        bench.run_as(id, config, "a").await.unwrap()
    };
    for id in ["d", "e"] {
        put(
            &bench,
            &format!("{id}.json"),
            &text.replace("\"test\": \"c\"", &format!("\"test\": \"{id}\"")),
        );
    }
    for id in ["c", "d", "c", "e"] {
        assert_eq!(play(id).await, "a1");
        assert!(pool.len() <= 2);
    }
    for id in ["c", "d", "e"] {
        forge(&bench, &format!("{id}.json"));
    }
    assert_eq!(
        (play("c").await, play("e").await),
        ("a1".to_owned(), "a1".to_owned())
    );
    assert_eq!(play("d").await, "XX", "it was dropped");
    let none = CassettePool::new(0);
    let config = bench.config(Mode::Replay).pool(&none);
    assert_eq!(bench.run_as("c", config, "a").await.unwrap(), "XX");
    assert!(none.is_empty());
}

#[tokio::test]
async fn what_is_saved_is_what_the_next_session_sees() {
    let (bench, pool) = recorded("a").await;
    let run = async |mode, names| {
        let config = bench.config(mode).pool(&pool);
        bench.run_as("c", config, names).await.unwrap()
    };
    assert_eq!(run(Mode::Replay, "a").await, "a1");
    assert_eq!(run(Mode::Update, "a b").await, "a1 b1");
    assert_eq!(run(Mode::Replay, "a b").await, "a1 b1");
    assert_eq!(run(Mode::Record, "a").await, "a2");
    assert_eq!(run(Mode::Auto, "a").await, "a2");
    for mode in [Mode::Replay, Mode::Update, Mode::Auto] {
        assert_eq!(run(mode, "a").await, "a2");
    }
}

#[tokio::test]
async fn what_others_extend_is_taken_from_it_as_well() {
    let (bench, pool) = recorded("a").await;
    for id in ["one", "two"] {
        let config = bench.config(Mode::Auto).extends(["c"]).pool(&pool);
        assert_eq!(bench.run_as(id, config, "a").await.unwrap(), "a1", "{id}");
        if id == "one" {
            forge(&bench, "c.json");
        }
    }
}

#[tokio::test]
async fn compressed_ones_are_in_it_too() {
    let (bench, pool) = recorded("a").await;
    let config = bench.config(Mode::Update).compress(true).pool(&pool);
    bench.run_as("c", config, "a").await.unwrap();
    grow_old(&bench, "c.json.gz");
    assert_eq!(replay(&bench, &pool, "a").await, "a1");
    let length = fs::metadata(bench.sandbox.path().join("c.json.gz"))
        .unwrap()
        .len();
    put(
        &bench,
        "c.json.gz",
        &"x".repeat(usize::try_from(length).unwrap()),
    );
    assert_eq!(replay(&bench, &pool, "a").await, "a1");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_sessions_use_one_pool_at_once() {
    let bench = std::sync::Arc::new(Bench::new());
    let pool = CassettePool::new(3);
    for id in 0..8 {
        let config = bench.config(Mode::Record);
        bench
            .run_as(&format!("t{id}"), config, &format!("{id}-"))
            .await
            .unwrap();
        grow_old(&bench, &format!("t{id}.json"));
    }
    let mut tasks = JoinSet::new();
    for id in 0..8 {
        let (bench, pool) = (std::sync::Arc::clone(&bench), pool.clone());
        tasks.spawn(async move {
            for _ in 0..20 {
                let config = bench.config(Mode::Replay).pool(&pool);
                let names = format!("{id}-");
                let answer = bench.run_as(&format!("t{id}"), config, &names).await;
                assert_eq!(answer.unwrap(), format!("{id}-1"));
                assert!(pool.len() <= 3);
            }
        });
    }
    tasks.join_all().await;
    assert_eq!(bench.server.hits(), 8);
}
