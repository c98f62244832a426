//! `#[cassette]` on functions of every shape, run in this process.
//!
//! Most of them carry no `#[tokio::test]`, so that a test can run them, and look at what they left.

use std::convert::Infallible;
use std::fmt::Display;
use std::sync::Arc;
use std::thread;

use bytes::Bytes;
use cassette_reqwest::{InCurrentCassette, cassette, client, current};
use cassette_tests::{
    Server, Stage, echo, json, one_thread, run, run_on, staged, two_workers, url,
};
use http::{Request, Response};
use reqwest_middleware::Result;
use serde_json::Value;
use tokio::runtime::Handle;
use tokio::sync::{Barrier, Notify};
use tokio::task::{JoinSet, LocalSet, spawn_blocking, spawn_local};

async fn get(url: String) -> Result<String> {
    Ok(client().get(url).send().await?.text().await?)
}

/// The functions that are tests to the harness, too.
mod subjects {
    use super::{cassette, get, staged, url};

    #[cassette(config = staged)]
    #[tokio::test]
    #[ignore = "run by a test that sets the stage"]
    pub(super) async fn on_one_thread() {
        get(url("/")).await.unwrap();
    }

    #[cassette(config = staged)]
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    #[ignore = "run by a test that sets the stage"]
    pub(super) async fn on_two_workers() {
        let answer = tokio::spawn(get(url("/")));
        answer.await.unwrap().unwrap();
    }

    #[cassette(config = staged)]
    #[tokio::test]
    #[ignore = "run by a test that sets the stage"]
    pub(super) async fn with_a_result() -> super::Result<()> {
        get(url("/")).await?;
        Ok(())
    }

    #[cassette(config = staged)]
    #[tokio::test]
    #[ignore = "run by a test that sets the stage"]
    pub(super) async fn r#type() {
        get(url("/")).await.unwrap();
    }

    /// Comments of this kind are attributes.
    #[cfg_attr(all(), cassette(config = staged))]
    #[expect(unused_variables, reason = "the attribute must reach the body")]
    #[tokio::test]
    #[ignore = "run by a test that sets the stage"]
    #[inline]
    pub(super) async fn among_other_attributes() {
        let unused = get(url("/")).await.unwrap();
    }

    #[cassette(config = staged)]
    #[tokio::test]
    #[ignore = "run by a test that sets the stage"]
    pub(super) async fn whose_name_is_seen_inside() {
        fn here() {}
        let name = std::any::type_name_of_val(&here);
        let function = name.trim_end_matches("::here").replace("::{{closure}}", "");
        assert!(function.ends_with("::whose_name_is_seen_inside"), "{name}");
        get(url("/")).await.unwrap();
    }

    pub(super) mod inner {
        use super::{cassette, get, staged, url};

        macro_rules! test_of {
            ($name:ident, $path:literal) => {
                #[cassette(config = staged)]
                #[tokio::test]
                #[ignore = "run by a test that sets the stage"]
                pub(crate) async fn $name() {
                    get(url($path)).await.unwrap();
                }
            };
        }

        test_of!(by_a_macro, "/macro");
    }
}

/// Runs a test twice: it is recorded into this file, then replayed.
fn check_subject<T>(test: impl Fn() -> T, file: &str) {
    let stage = Stage::new(Server::start(echo));
    test();
    assert_eq!(stage.sandbox.files(), [file]);
    assert_eq!(stage.server.hits(), 1);
    let recorded = stage.sandbox.read(file);
    test();
    assert_eq!(stage.server.hits(), 1, "it is replayed");
    assert_eq!(stage.sandbox.read(file), recorded);
}

#[test]
fn a_test_on_one_thread_is_recorded_then_replayed() {
    check_subject(
        subjects::on_one_thread,
        "attribute/subjects/on_one_thread.json",
    );
}

#[test]
fn a_test_on_two_workers_is_recorded_then_replayed() {
    check_subject(
        subjects::on_two_workers,
        "attribute/subjects/on_two_workers.json",
    );
}

#[test]
fn a_test_with_a_result_is_recorded_then_replayed() {
    check_subject(
        || subjects::with_a_result().unwrap(),
        "attribute/subjects/with_a_result.json",
    );
}

#[test]
fn a_raw_identifier_names_its_cassette_without_the_prefix() {
    check_subject(subjects::r#type, "attribute/subjects/type.json");
}

#[test]
fn other_attributes_stay_as_they_are() {
    check_subject(
        subjects::among_other_attributes,
        "attribute/subjects/among_other_attributes.json",
    );
}

#[test]
fn tools_that_ask_for_the_name_of_the_test_get_it() {
    check_subject(
        subjects::whose_name_is_seen_inside,
        "attribute/subjects/whose_name_is_seen_inside.json",
    );
}

#[test]
fn a_test_made_by_a_macro_in_an_inner_module_is_recorded_then_replayed() {
    check_subject(
        subjects::inner::by_a_macro,
        "attribute/subjects/inner/by_a_macro.json",
    );
}

#[test]
fn arguments_of_every_kind_reach_the_function() {
    #[cassette(config = staged)]
    async fn asks<T>(mut page: u8, r#in: &str, of: T, end: impl Display)
    where
        T: Into<String>,
    {
        page += 1;
        let of = of.into();
        get(url(&format!("/{page}/{in}/{of}/{end}"))).await.unwrap();
    }

    let stage = Stage::new(Server::start(echo));
    run(asks(1, "in", "of", 'c')).unwrap();
    assert_eq!(stage.server.requests()[0].path, "/2/in/of/c");
    assert_eq!(stage.sandbox.files(), ["attribute/asks.json"]);
}

#[test]
fn a_name_written_by_hand_is_the_files() {
    #[cassette("by hand/{{gamer}}", config = staged)]
    async fn creates() {
        get(url("/")).await.unwrap();
    }

    let stage = Stage::new(Server::start(echo));
    run(creates()).unwrap();
    assert_eq!(stage.sandbox.files(), ["by hand/{gamer}.json"]);
}

#[test]
fn what_the_function_returns_comes_back() {
    #[cassette(config = staged)]
    async fn counts() -> std::result::Result<usize, Infallible> {
        Ok(get(url("/")).await.unwrap().len())
    }

    let stage = Stage::new(Server::start(json(200, "12345")));
    assert_eq!(run(counts()), Ok(Ok(5)));
    assert_eq!(run(counts()), Ok(Ok(5)));
    assert_eq!(stage.server.hits(), 1);
}

/// Functions of one name in two blocks of a test have one test's name between them, as have two
/// versions of a source file.
#[test]
fn a_changed_body_is_recorded_again() {
    let stage = Stage::new(Server::start(echo));
    let requested = || {
        let text = stage.sandbox.read("attribute/creates.json");
        let cassette: Value = serde_json::from_str(&text).unwrap();
        cassette["interactions"]
            .as_array()
            .unwrap()
            .iter()
            .map(|interaction| stage.masked(interaction["request"]["url"].as_str().unwrap()))
            .collect::<Vec<_>>()
    };
    {
        #[cassette(config = staged)]
        async fn creates() {
            get(url("/gamer")).await.unwrap();
        }
        run(creates()).unwrap();
        assert_eq!(requested(), ["http://server/gamer"]);
    }
    {
        #[cassette(config = staged)]
        async fn creates() {
            get(url("/gamer?kind=pro")).await.unwrap();
        }
        run(creates()).unwrap();
        assert_eq!(requested(), ["http://server/gamer?kind=pro"]);
        assert_eq!(stage.server.hits(), 2);
        run(creates()).unwrap();
        assert_eq!(stage.server.hits(), 2, "then it is fresh");
    }
}

#[test]
fn a_changed_signature_is_recorded_again() {
    let stage = Stage::new(Server::start(echo));
    {
        #[cassette(config = staged)]
        async fn creates(age: u8) {
            get(url(&format!("/{age}"))).await.unwrap();
        }
        run(creates(25)).unwrap();
    }
    {
        #[cassette(config = staged)]
        async fn creates(age: u16) {
            get(url(&format!("/{age}"))).await.unwrap();
        }
        run(creates(25)).unwrap();
    }
    assert_eq!(stage.server.hits(), 2);
}

#[test]
fn a_reformatted_function_is_replayed() {
    let stage = Stage::new(Server::start(echo));
    {
        #[cassette(config = staged)]
        async fn creates(kind: &str) -> std::result::Result<(), Infallible> {
            let path = format!("/{}?kind={kind}", "gamer");
            get(url(&path)).await.unwrap();
            Ok(())
        }
        run(creates("pro")).unwrap().unwrap();
    }
    let recorded = stage.sandbox.read("attribute/creates.json");
    {
        /// With a documentation,
        #[rustfmt::skip]
        #[cassette(config = staged)]
        // a comment,
        async fn creates(
            kind: &str,
        ) -> std::result::Result<(), Infallible>
        {
            // another one,
            let path=format!( "/{}?kind={kind}",
                "gamer", /* a comma behind the last argument, */);

            get( url(& path,), ) . await
                .unwrap( );
            Ok (())
        }
        run(creates("pro")).unwrap().unwrap();
    }
    assert_eq!(stage.server.hits(), 1);
    assert_eq!(stage.sandbox.read("attribute/creates.json"), recorded);
}

#[test]
fn a_changed_body_is_replayed_where_nobody_tracks_it() {
    let stage = Stage::new(Server::start(echo));
    {
        #[cassette(config = staged, track = "signature")]
        async fn creates() {
            get(url("/")).await.unwrap();
        }
        run(creates()).unwrap();
    }
    {
        #[cassette(config = staged, track = "signature")]
        async fn creates() {
            let answer = get(url("/")).await;
            answer.unwrap();
        }
        run(creates()).unwrap();
    }
    assert_eq!(stage.server.hits(), 1);
}

/// How a function ends after its request.
#[derive(Clone, Copy)]
enum Ending {
    Well,
    InPanic,
    InError,
}

#[cassette(config = staged)]
async fn asks_with_a_key(ending: Ending) -> std::result::Result<(), String> {
    let request = client().get(url("/")).bearer_auth("hunter2-hunter2");
    request.send().await.expect("the server answers");
    match ending {
        Ending::Well => Ok(()),
        Ending::InPanic => panic!("the panic of the test"),
        Ending::InError => Err("the error of the test".into()),
    }
}

/// What `run` makes of a test: what it returned, or the text of its panic.
type Outcome = std::result::Result<std::result::Result<(), String>, String>;

/// Records well, then once more with this ending: the first recording stays, the second is kept
/// beside it.
fn check_failing(ending: Ending, expect: &Outcome) {
    let stage = Stage::new(Server::start(|request: Request<Bytes>| {
        let mut response = echo(request);
        let cookie = http::HeaderValue::from_static("session=s3cr3t-s3cr3t; Path=/");
        response.headers_mut().insert("set-cookie", cookie);
        response
    }));
    let (file, rejected) = (
        "attribute/asks_with_a_key.json",
        "attribute/asks_with_a_key.rejected.json",
    );
    assert_eq!(run(asks_with_a_key(Ending::Well)), Ok(Ok(())));
    let recorded = stage.sandbox.read(file);
    stage.variable("CASSETTE_MODE", "record");
    assert_eq!(run(asks_with_a_key(ending)), *expect);
    assert_eq!(stage.server.hits(), 2);
    assert_eq!(stage.sandbox.read(file), recorded);
    assert_eq!(stage.sandbox.files(), [file, rejected]);
    let rejected = stage.sandbox.read(rejected);
    let kept: Value = serde_json::from_str(&rejected).expect("it is JSON");
    let interaction = &kept["interactions"][0];
    assert_eq!(
        interaction["request"]["headers"]["authorization"],
        "[REDACTED]"
    );
    assert_eq!(interaction["response"]["body"]["json"]["path"], "/");
    for secret in ["hunter2", "s3cr3t"] {
        assert!(!rejected.contains(secret), "{rejected}");
    }
}

#[test]
fn a_panic_leaves_the_old_file_and_keeps_the_new_recording_beside_it() {
    check_failing(Ending::InPanic, &Err("the panic of the test".into()));
}

#[test]
fn an_error_leaves_the_old_file_and_keeps_the_new_recording_beside_it() {
    check_failing(Ending::InError, &Ok(Err("the error of the test".into())));
}

#[cassette(config = staged)]
async fn swallows_its_miss(path: &str) {
    let _ = get(url(path)).await;
}

#[test]
fn a_miss_that_the_test_swallows_fails_it_at_its_end_with_the_report() {
    let stage = Stage::new(Server::start(echo));
    run(swallows_its_miss("/first")).unwrap();
    let recorded = stage.sandbox.read("attribute/swallows_its_miss.json");
    let report = run(swallows_its_miss("/second")).unwrap_err();
    insta::assert_snapshot!(stage.masked(&report), @"
    no recorded interaction matches this request

        GET http://server/second
        cassette: [sandbox]/attribute/swallows_its_miss.json (1 interaction, 0 already played)
        mode: auto   matching on: method, url, body

    closest is interaction 1; it differs in 1 place

        path    recorded: /first    actual: /second

    help: to record again, run `CASSETTE_MODE=record cargo test swallows_its_miss`
    help: to add it to the recording, run `CASSETTE_MODE=update cargo test swallows_its_miss`
    ");
    assert_eq!(stage.server.hits(), 1);
    assert_eq!(
        stage.sandbox.read("attribute/swallows_its_miss.json"),
        recorded
    );
}

#[tokio::test]
async fn a_miss_fails_a_test_that_runs_in_a_task() {
    let stage = Stage::new(Server::start(echo));
    swallows_its_miss("/first").await;
    let ended = tokio::spawn(swallows_its_miss("/second")).await;
    let panic = ended.unwrap_err().into_panic();
    let text = panic.downcast_ref::<String>().unwrap();
    assert!(text.contains("no recorded interaction matches"), "{text}");
    assert_eq!(stage.server.hits(), 1);
}

#[test]
fn a_miss_is_an_error_to_the_client_as_well() {
    #[cassette(config = staged)]
    async fn asks(path: &str) {
        get(url(path)).await.unwrap();
    }

    let stage = Stage::new(Server::start(echo));
    run(asks("/first")).unwrap();
    let panic = run(asks("/second")).unwrap_err();
    assert!(
        panic.starts_with("called `Result::unwrap()` on an `Err` value"),
        "{panic}"
    );
    assert!(
        stage
            .masked(&panic)
            .contains("\n    GET http://server/second\n"),
        "{panic}"
    );
}

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
async fn shares_its_runtime(both: &Barrier) -> Result<String> {
    both.wait().await;
    get(url("/own")).await?;
    let carried = tokio::spawn(get(url("/carried")).in_current_cassette());
    carried.await.expect("the task ends")?;
    let stray = tokio::spawn(get(url("/stray"))).await;
    both.wait().await;
    let refused = stray.expect("the task ends").expect_err("it is refused");
    Ok(refused.to_string())
}

#[cassette(config = staged)]
async fn shares_it_too(both: &Barrier) -> Result<()> {
    both.wait().await;
    get(url("/too")).await?;
    both.wait().await;
    Ok(())
}

#[test]
fn a_task_that_could_belong_to_two_cassettes_must_say_to_which() {
    for runtime in [one_thread, two_workers] {
        let stage = Stage::new(Server::start(echo));
        let both = Barrier::new(2);
        let tests = async { tokio::join!(shares_its_runtime(&both), shares_it_too(&both)) };
        let (stray, too) = run_on(&runtime(), tests).unwrap();
        too.unwrap();
        insta::allow_duplicates! {
            insta::assert_snapshot!(stray.unwrap(), @"
            two cassettes are in use on this runtime, those of attribute::shares_its_runtime and attribute::shares_it_too, and this task belongs to neither

            help: carry the right one into the task: `tokio::spawn(future.in_current_cassette())`
            ");
        }
        let mut asked: Vec<_> = stage
            .server
            .requests()
            .iter()
            .map(|seen| seen.path.clone())
            .collect();
        asked.sort();
        assert_eq!(asked, ["/carried", "/own", "/too"]);
        let cassette = stage.sandbox.read("attribute/shares_its_runtime.json");
        assert!(cassette.contains("/carried") && !cassette.contains("/too"));
    }
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
    help: into a thread or runtime of your own, carry it with `.in_current_cassette()`
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

/// Answers at once but for `/slow`, of which it only tells that it came.
fn slow_server() -> (Server, Arc<Notify>) {
    let arrived = Arc::new(Notify::new());
    let arrival = Arc::clone(&arrived);
    let server = Server::start_async(move |request: Request<Bytes>| {
        let arrival = Arc::clone(&arrival);
        async move {
            if request.uri().path() == "/slow" {
                arrival.notify_one();
                std::future::pending::<Response<Bytes>>().await;
            }
            echo(request)
        }
    });
    (server, arrived)
}

#[test]
fn a_request_that_outlives_its_test_refuses_the_save_and_is_named() {
    #[cassette(config = staged)]
    async fn leaves_a_request_behind(arrived: &Notify) {
        get(url("/fast")).await.unwrap();
        tokio::spawn(get(url("/slow")));
        arrived.notified().await;
    }

    for runtime in [one_thread, two_workers] {
        let (server, arrived) = slow_server();
        let stage = Stage::new(server);
        let report = run_on(&runtime(), leaves_a_request_behind(&arrived)).unwrap_err();
        insta::allow_duplicates! {
            insta::assert_snapshot!(stage.masked(&report), @"
            the test ended while 1 request had no answer, so the recording is not saved

                GET http://server/slow

            help: await what the test spawns, then run `CASSETTE_MODE=record cargo test leaves_a_request_behind`
            ");
        }
        let rejected = "attribute/leaves_a_request_behind.rejected.json";
        assert_eq!(stage.sandbox.files(), [rejected]);
        assert!(stage.sandbox.read(rejected).contains("/fast"));
    }
}

#[test]
fn a_request_dropped_within_the_test_does_not_refuse_the_save() {
    #[cassette(config = staged)]
    async fn gives_up(arrived: &Notify) {
        let slow = tokio::spawn(get(url("/slow")));
        arrived.notified().await;
        slow.abort();
        assert!(slow.await.unwrap_err().is_cancelled());
    }

    let (server, arrived) = slow_server();
    let stage = Stage::new(server);
    run(gives_up(&arrived)).unwrap();
    let text = stage.sandbox.read("attribute/gives_up.json");
    let cassette: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(cassette["interactions"][0]["error"]["kind"], "cancelled");
}

#[test]
fn a_request_made_after_the_end_of_its_test_is_refused() {
    #[cassette(config = staged)]
    async fn leaves_a_task_behind(
        go: Arc<Notify>,
    ) -> std::result::Result<tokio::task::JoinHandle<Result<String>>, Infallible> {
        get(url("/")).await.unwrap();
        let late = url("/late");
        let task = async move {
            go.notified().await;
            get(late).await
        };
        Ok(tokio::spawn(task.in_current_cassette()))
    }

    let stage = Stage::new(Server::start(echo));
    let go = Arc::new(Notify::new());
    let late = async {
        let late = leaves_a_task_behind(Arc::clone(&go)).await.unwrap();
        go.notify_one();
        late.await.unwrap()
    };
    let refused = run(late).unwrap().unwrap_err();
    insta::assert_snapshot!(refused, @"
    a request was made after attribute::leaves_a_task_behind had ended

    help: await what the test spawns before it returns
    ");
    assert_eq!(stage.server.hits(), 1);
}
