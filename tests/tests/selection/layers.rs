//! The attribute goes before its `config` function, that before `cassette.toml`.

use cassette_core::__private::run as run_test;
use cassette_core::Config;
use cassette_reqwest::client;
use cassette_tests::{Sandbox, parent_variable, url_of_parent};

use crate::bench::Bench;
use crate::versions::Version;

fn said(variable: &str, config: Config) -> Config {
    match &*parent_variable(variable) {
        "" => config,
        "none" => config.exclude_urls::<&str>([]),
        url => config.exclude_urls([url]),
    }
}

#[tokio::test]
#[ignore = "run by its parent"]
async fn asks_for_three() {
    let mut test = Version::default().test(|config| said("TEST_ATTRIBUTE", config));
    test.config = Some(|config| said("TEST_FUNCTION", config));
    let asks = async {
        for path in ["/file", "/function", "/attribute"] {
            client().get(url_of_parent(path)).send().await.unwrap();
        }
    };
    run_test(test, asks).await;
}

/// Records with what the three say; returns what is recorded.
fn recorded(file: &str, function: &str, attribute: &str) -> Vec<String> {
    let (bench, package) = (Bench::new(), Sandbox::new());
    package.write("cassette.toml", file);
    let child = bench.child("layers::asks_for_three");
    let child = child.variable("CARGO_MANIFEST_DIR", package.path());
    let child = child.variable("TEST_FUNCTION", function);
    let ran = child.variable("TEST_ATTRIBUTE", attribute).run();
    ran.expect_passed(1);
    bench.stored()
}

#[test]
fn what_says_more_takes_the_place_of_what_says_less() {
    let file = "exclude_urls = ['/file']";
    let (function, attribute) = ("/function", "/attribute");
    let all = ["/file", "/function", "/attribute"];
    let without = |path| {
        all.into_iter()
            .filter(|other| *other != path)
            .collect::<Vec<_>>()
    };
    assert_eq!(recorded("", "", ""), all);
    assert_eq!(recorded(file, "", ""), without("/file"));
    assert_eq!(recorded(file, function, ""), without("/function"));
    assert_eq!(recorded(file, function, attribute), without("/attribute"));
    assert_eq!(recorded(file, "", attribute), without("/attribute"));
    assert_eq!(recorded(file, "", "none"), all);
    assert_eq!(recorded(file, "none", ""), all);
}
