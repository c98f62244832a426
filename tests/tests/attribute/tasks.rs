//! Which cassette a task has: that of the test on its runtime, the one it carries, or none.

use std::thread;

use cassette_reqwest::{InCurrentCassette, cassette, current};
use cassette_tests::{Server, Stage, echo, one_thread, run, run_on, staged, two_workers, url};
use reqwest_middleware::Result;
use tokio::runtime::Handle;
use tokio::sync::Barrier;
use tokio::task::{JoinSet, LocalSet, spawn_blocking, spawn_local};

use crate::get;

/// Runs a function on both flavours: each time it is recorded by so many requests, then replayed.
fn check_on_both_flavours<F: Future<Output = ()>>(function: impl Fn() -> F, requests: usize) {
    for runtime in [one_thread, two_workers] {
        let stage = Stage::new(Server::start(echo));
        assert_eq!(run_on(&runtime(), function()), Ok(()));
        assert_eq!(stage.server.hits(), requests);
        assert_eq!(stage.sandbox.files().len(), 1);
        assert_eq!(run_on(&runtime(), function()), Ok(()));
        assert_eq!(stage.server.hits(), requests, "it is replayed");
    }
}

#[test]
fn spawned_tasks_have_the_cassette() {
    #[cassette(config = staged)]
    async fn spawns() {
        let (outer, inner) = (url("/outer"), url("/inner"));
        let task = tokio::spawn(async {
            get(outer).await.unwrap();
            tokio::spawn(get(inner)).await.unwrap().unwrap();
        });
        task.await.unwrap();
    }

    check_on_both_flavours(spawns, 2);
}

#[test]
fn a_set_of_tasks_has_the_cassette() {
    #[cassette(config = staged)]
    async fn spawns() {
        let urls = (0..8).map(|number| url(&format!("/{number}")));
        let tasks: JoinSet<_> = urls.map(get).collect();
        for answer in tasks.join_all().await {
            answer.unwrap();
        }
    }

    check_on_both_flavours(spawns, 8);
}

#[test]
fn blocking_tasks_have_the_cassette() {
    #[cassette(config = staged)]
    async fn spawns() {
        let url = url("/");
        let task = spawn_blocking(move || Handle::current().block_on(get(url)));
        task.await.unwrap().unwrap();
    }

    check_on_both_flavours(spawns, 1);
}

#[test]
fn tasks_that_stay_on_their_thread_have_the_cassette() {
    #[cassette(config = staged)]
    async fn spawns() {
        let url = url("/");
        let tasks = LocalSet::new();
        let answer = tasks.run_until(async { spawn_local(get(url)).await });
        answer.await.unwrap().unwrap();
    }

    check_on_both_flavours(spawns, 1);
}

#[cassette(config = staged)]
async fn shares_its_runtime(both: &Barrier, strays: bool) -> Result<()> {
    both.wait().await;
    get(url("/own")).await?;
    let carried = tokio::spawn(get(url("/carried")).in_current_cassette());
    carried.await.expect("the task ends")?;
    if strays {
        let stray = tokio::spawn(get(url("/stray"))).await;
        stray.expect("the task ends").expect_err("it is refused");
    }
    both.wait().await;
    Ok(())
}

#[cassette(config = staged)]
async fn shares_it_too(both: &Barrier) -> Result<()> {
    both.wait().await;
    get(url("/too")).await?;
    both.wait().await;
    Ok(())
}

/// Runs both at once on one runtime; a panic comes back as its text.
fn check_shared_runtime(strays: bool, check: impl Fn(std::result::Result<(), String>, &Stage)) {
    for runtime in [one_thread, two_workers] {
        let stage = Stage::new(Server::start(echo));
        let both = Barrier::new(2);
        let tests = async { tokio::join!(shares_its_runtime(&both, strays), shares_it_too(&both)) };
        let ends = run_on(&runtime(), tests).map(|(one, other)| {
            one.unwrap();
            other.unwrap();
        });
        let mut asked = stage.server.paths();
        asked.sort();
        assert_eq!(asked, ["/carried", "/own", "/too"]);
        check(ends, &stage);
    }
}

#[test]
fn two_cassettes_on_one_runtime_each_get_what_is_carried_to_them() {
    check_shared_runtime(false, |ends, stage| {
        ends.unwrap();
        let cassette = stage
            .sandbox
            .read("attribute/tasks/shares_its_runtime.json");
        assert!(cassette.contains("/carried") && !cassette.contains("/too"));
    });
}

#[test]
fn a_task_that_could_belong_to_two_cassettes_fails_both_even_if_nobody_looks() {
    check_shared_runtime(true, |ends, stage| {
        insta::allow_duplicates! {
            insta::assert_snapshot!(ends.unwrap_err(), @"
            two cassettes are in use on this runtime, those of attribute::tasks::shares_its_runtime and attribute::tasks::shares_it_too, and this task belongs to neither

            help: carry the right one into the task: `tokio::spawn(future.in_current_cassette())`
            ");
        }
        assert!(
            !stage
                .sandbox
                .exists("attribute/tasks/shares_its_runtime.json")
        );
        assert!(!stage.sandbox.exists("attribute/tasks/shares_it_too.json"));
    });
}

/// Runs a future in a thread and on a runtime of its own.
fn elsewhere<T: Send + 'static>(future: impl Future<Output = T> + Send + 'static) -> T {
    thread::spawn(|| one_thread().block_on(future))
        .join()
        .expect("the thread ends")
}

#[test]
fn a_thread_of_its_own_has_no_cassette_unless_it_is_carried_there() {
    #[cassette(config = staged)]
    async fn asks_from_a_thread() -> Result<String> {
        let refused = elsewhere(get(url("/stray")));
        elsewhere(get(url("/carried")).in_current_cassette())?;
        Ok(refused.unwrap_err().to_string())
    }

    let stage = Stage::new(Server::start(echo));
    let refused = run(asks_from_a_thread()).unwrap().unwrap();
    insta::assert_snapshot!(refused, @"
    no cassette is in use here

    help: put `#[cassette]` above the test, or wrap the call in `scope(…)`
    help: into a thread or runtime of your own, carry it: `in_current_cassette(closure)`, `future.in_current_cassette()`
    ");
    assert_eq!(stage.server.requests()[0].path, "/carried");
    assert_eq!(stage.server.hits(), 1);
    run(asks_from_a_thread()).unwrap().unwrap();
    assert_eq!(stage.server.hits(), 1, "it is replayed");
}

#[tokio::test]
async fn outside_a_cassette_the_client_refuses_and_the_server_sees_nothing() {
    let server = Server::start(echo);
    let refused = get(server.url("/")).await.unwrap_err().to_string();
    assert!(
        refused.starts_with("no cassette is in use here"),
        "{refused}"
    );
    assert!(current().unwrap_err().is_no_session());
    assert_eq!(server.hits(), 0);
}

#[test]
fn the_runtime_has_no_cassette_any_more_when_the_test_has_ended() {
    #[cassette(config = staged)]
    async fn asks() {
        get(url("/")).await.unwrap();
    }

    let stage = Stage::new(Server::start(echo));
    let runtime = one_thread();
    run_on(&runtime, asks()).unwrap();
    let later = run_on(&runtime, async { tokio::spawn(get(url("/later"))).await });
    let refused = later.unwrap().unwrap().unwrap_err().to_string();
    assert!(
        refused.starts_with("no cassette is in use here"),
        "{refused}"
    );
    assert_eq!(stage.server.hits(), 1);
}
