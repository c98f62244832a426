//! Rules in `cassette.toml`.

use cassette_core::Config;
use cassette_reqwest::{client, scope};
use cassette_tests::{Sandbox, url_of_parent};

use crate::bench::Bench;

#[tokio::test]
#[ignore = "run by its parent"]
async fn asks_for_three() {
    let asks = async {
        for path in ["/api", "/health", "/metrics?a=1"] {
            let answer = client().get(url_of_parent(path)).send().await.unwrap();
            assert_eq!(answer.status(), 200);
        }
    };
    scope("c", Config::new(), asks).await.unwrap();
}

/// Runs it twice in a package with this `cassette.toml`; returns what each run sent.
#[track_caller]
fn sent(toml: &str) -> (String, String) {
    let (bench, package) = (Bench::new(), Sandbox::new());
    package.write("cassette.toml", toml);
    let run = || {
        let hits = bench.server.hits();
        let child = bench.child("rules_file::asks_for_three");
        let ran = child.variable("CARGO_MANIFEST_DIR", package.path()).run();
        ran.expect_passed(1);
        bench.server.paths()[hits..].join(" ")
    };
    (run(), run())
}

#[test]
fn the_file_of_the_package_has_rules() {
    let all = "/api /health /metrics?a=1".to_owned();
    let table = [
        ("", ""),
        ("unrecorded = ['*/health']", "/health"),
        ("unrecorded = ['*', '!*/api']", "/health /metrics?a=1"),
        ("exclude_urls = ['/metrics']", "/metrics?a=1"),
        ("exclude_urls = ['regex:a=\\d']", "/metrics?a=1"),
        (
            "exclude_urls = ['/metrics']\nunrecorded = ['GET */health']",
            "/health /metrics?a=1",
        ),
    ];
    for (toml, again) in table {
        assert_eq!(sent(toml), (all.clone(), again.to_owned()), "{toml}");
    }
}
