//! Which threads have the cassette of a function that is not `async`.

use std::thread;

use cassette_reqwest::{InCurrentCassette, cassette, client, current, in_current_cassette};
use cassette_tests::{Server, Stage, echo, one_thread, run_on, staged, two_workers, url};
use reqwest_middleware::Result;

use crate::get;

async fn ask(url: String) -> Result<String> {
    Ok(client().get(url).send().await?.text().await?)
}

#[test]
fn a_thread_has_no_cassette_unless_it_is_carried_there() {
    #[cassette(config = staged)]
    fn asks_from_threads() -> reqwest::Result<String> {
        let (stray, carried) = (url("/stray"), url("/carried"));
        let stray = thread::spawn(move || get(&stray)).join().unwrap()?;
        let carried = in_current_cassette(move || get(&carried));
        thread::spawn(carried).join().unwrap()?;
        Ok(stray)
    }

    let stage = Stage::new(Server::start(echo));
    let refused = asks_from_threads().unwrap();
    insta::assert_snapshot!(refused, @"
    no cassette is in use here

    help: put `#[cassette]` above the test, or wrap the call in `scope(…)`
    help: into a thread or runtime of your own, carry it: `in_current_cassette(closure)`, `future.in_current_cassette()`
    help: a client that is bound to a test, as blocking ones are, is built in the test that uses it
    ");
    assert_eq!(stage.server.paths(), ["/carried"]);
    asks_from_threads().unwrap();
    assert_eq!(stage.server.hits(), 1, "it is replayed");
}

#[test]
fn scoped_threads_may_carry_it_as_well() {
    #[cassette(config = staged)]
    fn asks_from_threads() {
        let urls: Vec<_> = (0..4).map(|number| url(&format!("/{number}"))).collect();
        thread::scope(|scope| {
            for url in &urls {
                scope.spawn(in_current_cassette(|| get(url).unwrap()));
            }
        });
    }

    let stage = Stage::new(Server::start(echo));
    asks_from_threads();
    asks_from_threads();
    assert_eq!(stage.server.hits(), 4, "it is replayed");
}

#[test]
fn a_closure_without_a_cassette_to_carry_is_bound_to_none() {
    let stage = Stage::new(Server::start(echo));
    let carried = in_current_cassette(current);
    #[cassette(config = staged)]
    fn asks() {
        get(&url("/")).unwrap();
    }
    asks();
    assert!(carried().unwrap_err().is_no_session());
    drop(stage);
}

#[test]
fn the_cassette_is_gone_when_the_function_has_ended() {
    #[cassette(config = staged)]
    fn asks() -> reqwest::Result<String> {
        get(&url("/"))
    }

    let stage = Stage::new(Server::start(echo));
    asks().unwrap();
    assert!(current().unwrap_err().is_no_session());
    let refused = get(&url("/later")).unwrap();
    assert!(
        refused.starts_with("no cassette is in use here"),
        "{refused}"
    );
    assert_eq!(stage.server.hits(), 1);
}

#[test]
fn what_a_runtime_of_its_own_spawns_on_other_threads_has_it_if_it_is_carried() {
    #[cassette(config = staged)]
    fn spawns() -> Result<String> {
        let (stray, carried) = (ask(url("/stray")), ask(url("/carried")));
        let inside = async {
            let stray = tokio::spawn(stray).await.unwrap();
            let carried = tokio::spawn(carried.in_current_cassette());
            carried.await.unwrap()?;
            ask(url("/inside")).await?;
            Ok(stray.unwrap_err().to_string())
        };
        run_on(&two_workers(), inside).unwrap()
    }

    let stage = Stage::new(Server::start(echo));
    let refused = spawns().unwrap();
    assert!(
        refused.starts_with("no cassette is in use here"),
        "{refused}"
    );
    assert_eq!(stage.server.paths(), ["/carried", "/inside"]);
    spawns().unwrap();
    assert_eq!(stage.server.hits(), 2, "it is replayed");
}

#[test]
fn what_a_runtime_of_its_own_spawns_on_the_same_thread_has_it() {
    #[cassette(config = staged)]
    fn spawns() {
        let spawned = ask(url("/spawned"));
        let inside = async { tokio::spawn(spawned).await.unwrap() };
        run_on(&one_thread(), inside).unwrap().unwrap();
    }

    let stage = Stage::new(Server::start(echo));
    spawns();
    spawns();
    assert_eq!(stage.server.paths(), ["/spawned"], "it is replayed");
}
