//! Functions of every shape, among them some that are tests to the harness, too.

use std::convert::Infallible;
use std::fmt::Display;

use cassette_reqwest::cassette;
use cassette_tests::{Server, Stage, echo, json, run, staged, url};
use reqwest_middleware::Result;

use crate::get;

#[cassette(config = staged)]
#[tokio::test]
#[ignore = "run by a test that sets the stage"]
async fn on_one_thread() {
    get(url("/")).await.unwrap();
}

#[cassette(config = staged)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "run by a test that sets the stage"]
async fn on_two_workers() {
    let answer = tokio::spawn(get(url("/")));
    answer.await.unwrap().unwrap();
}

#[cassette(config = staged)]
#[tokio::test]
#[ignore = "run by a test that sets the stage"]
async fn with_a_result() -> Result<()> {
    get(url("/")).await?;
    Ok(())
}

#[cassette(config = staged)]
#[tokio::test]
#[ignore = "run by a test that sets the stage"]
async fn r#type() {
    get(url("/")).await.unwrap();
}

/// Comments of this kind are attributes.
#[cfg_attr(all(), cassette(config = staged))]
#[expect(unused_variables, reason = "the attribute must reach the body")]
#[tokio::test]
#[ignore = "run by a test that sets the stage"]
#[inline]
async fn among_other_attributes() {
    let unused = get(url("/")).await.unwrap();
}

#[cassette(config = staged)]
#[tokio::test]
#[ignore = "run by a test that sets the stage"]
async fn whose_name_is_seen_inside() {
    fn here() {}
    let name = std::any::type_name_of_val(&here);
    let function = name.trim_end_matches("::here").replace("::{{closure}}", "");
    assert!(function.ends_with("::whose_name_is_seen_inside"), "{name}");
    get(url("/")).await.unwrap();
}

mod inner {
    use super::{cassette, get, staged, url};

    macro_rules! test_of {
        ($name:ident, $path:literal) => {
            #[cassette(config = staged)]
            #[tokio::test]
            #[ignore = "run by a test that sets the stage"]
            pub(super) async fn $name() {
                get(url($path)).await.unwrap();
            }
        };
    }

    test_of!(by_a_macro, "/macro");
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
    check_subject(on_one_thread, "attribute/subjects/on_one_thread.json");
}

#[test]
fn a_test_on_two_workers_is_recorded_then_replayed() {
    check_subject(on_two_workers, "attribute/subjects/on_two_workers.json");
}

#[test]
fn a_test_with_a_result_is_recorded_then_replayed() {
    check_subject(
        || with_a_result().unwrap(),
        "attribute/subjects/with_a_result.json",
    );
}

#[test]
fn a_raw_identifier_names_its_cassette_without_the_prefix() {
    check_subject(r#type, "attribute/subjects/type.json");
}

#[test]
fn other_attributes_stay_as_they_are() {
    check_subject(
        among_other_attributes,
        "attribute/subjects/among_other_attributes.json",
    );
}

#[test]
fn tools_that_ask_for_the_name_of_the_test_get_it() {
    check_subject(
        whose_name_is_seen_inside,
        "attribute/subjects/whose_name_is_seen_inside.json",
    );
}

#[test]
fn a_test_made_by_a_macro_in_an_inner_module_is_recorded_then_replayed() {
    check_subject(
        inner::by_a_macro,
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
    assert_eq!(stage.sandbox.files(), ["attribute/subjects/asks.json"]);
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
