//! Functions of every shape.

use std::convert::Infallible;
use std::fmt::Display;

use cassette_reqwest::cassette;
use cassette_tests::{Server, Stage, caught, echo, json, run, staged, url};

use crate::get;

#[cassette(config = staged)]
#[test]
#[ignore = "run by a test that sets the stage"]
fn plain() {
    get(&url("/")).unwrap();
}

#[cassette(config = staged)]
#[test]
#[ignore = "run by a test that sets the stage"]
fn with_a_result() -> reqwest::Result<()> {
    get(&url("/"))?;
    Ok(())
}

/// Comments of this kind are attributes.
#[cfg_attr(all(), cassette(config = staged))]
#[expect(unused_variables, reason = "the attribute must reach the body")]
#[test]
#[ignore = "run by a test that sets the stage"]
#[inline]
fn among_other_attributes() {
    let unused = get(&url("/")).unwrap();
}

#[cassette(config = staged)]
#[test]
#[ignore = "run by a test that sets the stage"]
fn whose_name_is_seen_inside() {
    fn here() {}
    let name = std::any::type_name_of_val(&here);
    let function = name.trim_end_matches("::here");
    assert!(function.ends_with("::whose_name_is_seen_inside"), "{name}");
    get(&url("/")).unwrap();
}

mod inner {
    use super::{cassette, get, staged, url};

    macro_rules! test_of {
        ($name:ident, $path:literal) => {
            #[cassette(config = staged)]
            #[test]
            #[ignore = "run by a test that sets the stage"]
            pub(super) fn $name() {
                get(&url($path)).unwrap();
            }
        };
    }

    test_of!(by_a_macro, "/macro");
}

/// Runs a test twice: it is recorded into this file, then replayed.
fn check_subject(test: impl Fn(), file: &str) {
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
fn a_test_is_recorded_then_replayed() {
    check_subject(plain, "sync/subjects/plain.json");
}

#[test]
fn a_test_with_a_result_is_recorded_then_replayed() {
    check_subject(
        || with_a_result().unwrap(),
        "sync/subjects/with_a_result.json",
    );
}

#[test]
fn other_attributes_stay_as_they_are() {
    check_subject(
        among_other_attributes,
        "sync/subjects/among_other_attributes.json",
    );
}

#[test]
fn tools_that_ask_for_the_name_of_the_test_get_it() {
    check_subject(
        whose_name_is_seen_inside,
        "sync/subjects/whose_name_is_seen_inside.json",
    );
}

#[test]
fn a_test_made_by_a_macro_in_an_inner_module_is_recorded_then_replayed() {
    check_subject(inner::by_a_macro, "sync/subjects/inner/by_a_macro.json");
}

#[test]
fn arguments_of_every_kind_reach_the_function() {
    #[cassette(config = staged)]
    fn asks<T>(mut page: u8, r#in: &str, of: T, end: impl Display)
    where
        T: Into<String>,
    {
        page += 1;
        let of = of.into();
        get(&url(&format!("/{page}/{in}/{of}/{end}"))).unwrap();
    }

    let stage = Stage::new(Server::start(echo));
    asks(1, "in", "of", 'c');
    assert_eq!(stage.server.paths(), ["/2/in/of/c"]);
    assert_eq!(stage.sandbox.files(), ["sync/subjects/asks.json"]);
}

#[test]
fn a_name_may_hold_arguments() {
    #[cassette("gamers/{age:03}", config = staged)]
    fn asks(age: u8) {
        get(&url(&format!("/{age}"))).unwrap();
    }

    let stage = Stage::new(Server::start(echo));
    asks(17);
    asks(25);
    assert_eq!(
        stage.sandbox.files(),
        ["gamers/017.json", "gamers/025.json"]
    );
}

#[test]
fn what_the_function_returns_comes_back() {
    #[cassette(config = staged)]
    fn counts() -> Result<usize, Infallible> {
        Ok(get(&url("/")).unwrap().len())
    }

    let stage = Stage::new(Server::start(json(200, "12345")));
    assert_eq!(caught(counts), Ok(Ok(5)));
    assert_eq!(caught(counts), Ok(Ok(5)));
    assert_eq!(stage.server.hits(), 1);
}

#[test]
fn a_changed_body_is_recorded_again() {
    let stage = Stage::new(Server::start(echo));
    let requested = || stage.sandbox.requested("sync/subjects/creates.json");
    {
        #[cassette(config = staged)]
        fn creates() {
            get(&url("/gamer")).unwrap();
        }
        creates();
        assert_eq!(requested(), ["/gamer"]);
    }
    {
        #[cassette(config = staged)]
        fn creates() {
            get(&url("/gamer?kind=pro")).unwrap();
        }
        creates();
        creates();
        assert_eq!(requested(), ["/gamer?kind=pro"]);
        assert_eq!(stage.server.hits(), 2, "then it is fresh");
    }
}

/// What differs is the signature, since `async` is a part of it.
#[test]
fn a_cassette_is_the_same_but_for_the_signature_where_the_function_is_async() {
    let stage = Stage::new(Server::start(json(200, "1")));
    let file = "sync/subjects/asks.json";
    {
        #[cassette(config = staged)]
        fn asks(path: &str) {
            drop(get(&url(path)));
        }
        asks("/");
    }
    let sync = stage.sandbox.cassette(file);
    stage.variable("CASSETTE_MODE", "record");
    {
        #[cassette(config = staged)]
        async fn asks(path: &str) {
            drop(get(&url(path)));
        }
        // `reqwest::blocking` refuses to run on a runtime, and this one needs none.
        let mut asks = std::pin::pin!(asks("/"));
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        assert!(asks.as_mut().poll(&mut context).is_ready());
    }
    let mut other = stage.sandbox.cassette(file);
    assert_ne!(
        sync["fingerprint"]["signature"],
        other["fingerprint"]["signature"]
    );
    other["fingerprint"]["signature"] = sync["fingerprint"]["signature"].clone();
    other["recorded_at"] = sync["recorded_at"].clone();
    assert_eq!(sync, other);
}

/// A runtime of one's own is made and waited for on the thread of the test.
#[test]
fn an_async_client_works_in_a_runtime_of_the_tests_own() {
    #[cassette(config = staged)]
    fn asks() {
        let asked = run(cassette_reqwest::client().get(url("/")).send());
        assert_eq!(asked.unwrap().unwrap().status(), 200);
    }

    check_subject(asks, "sync/subjects/asks.json");
}
