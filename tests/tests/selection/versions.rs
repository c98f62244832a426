//! Annotated functions with the hashes that they are given here.

use cassette_core::__private::{Name, Test, run as run_test};
use cassette_core::{Config, OnChange};
use cassette_reqwest::client;
use cassette_tests::{Child, parent_variable, run, url_of_parent};

use crate::bench::Bench;

/// What the attribute knows of a test, and what the test asks for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Version {
    pub(crate) body: &'static str,
    pub(crate) tracked: &'static [(&'static str, &'static str)],
    pub(crate) asks: &'static [&'static str],
}

impl Default for Version {
    fn default() -> Self {
        Self {
            body: "v1:1111111111111111",
            tracked: &[],
            asks: &["/a"],
        }
    }
}

impl Version {
    /// As the attribute has it, with the name `creates`.
    pub(crate) fn test(self, attribute: fn(Config) -> Config) -> Test {
        Test {
            function: "creates",
            module_path: module_path!(),
            file: file!(),
            package_dir: env!("CARGO_MANIFEST_DIR"),
            signature: "v1:0000000000000000",
            body: self.body,
            tracked: self.tracked,
            name: Name::Fixed("c"),
            config: None,
            attribute,
        }
    }
}

thread_local! {
    static FOLDER: std::cell::RefCell<std::path::PathBuf> = std::cell::RefCell::default();
}

/// What an attribute says in all these tests: the folder, and an empty environment.
fn here(config: Config) -> Config {
    let folder = FOLDER.with_borrow(Clone::clone);
    config.dir(folder).environment::<&str, &str>([])
}

/// Runs a test with this bench's cassette; a panic comes back as its text.
pub(crate) fn run_version(
    bench: &Bench,
    version: Version,
    say: fn(Config) -> Config,
) -> Result<(), String> {
    let asks = async {
        for path in version.asks {
            let _ = client().get(bench.server.url(path)).send().await;
        }
    };
    run_body(bench, version, say, asks)
}

/// The same with any body.
pub(crate) fn run_body(
    bench: &Bench,
    version: Version,
    say: fn(Config) -> Config,
    body: impl Future<Output = ()>,
) -> Result<(), String> {
    FOLDER.set(bench.sandbox.path().to_owned());
    let mut test = version.test(say);
    test.config = Some(here);
    run(run_test(test, body))
}

/// What the parent says: the test's hashes, what it asks for, and what its attribute says.
#[tokio::test]
#[ignore = "run by its parent"]
async fn creates() {
    let leaked = |name: &str| -> &'static str { parent_variable(name).leak() };
    let tracked = leaked("TEST_TRACKED").split_whitespace();
    let tracked: Vec<_> = tracked.filter_map(|pair| pair.split_once('=')).collect();
    let version = Version {
        body: leaked("TEST_BODY"),
        tracked: tracked.leak(),
        ..Version::default()
    };
    let asks = async {
        for path in parent_variable("TEST_ASKS").split_whitespace() {
            let _ = client().get(url_of_parent(path)).send().await;
        }
        assert_ne!(parent_variable("TEST_ASKS"), "", "the test fails by itself");
    };
    let test = version.test(|config| match &*parent_variable("TEST_ON_CHANGE") {
        "recheck" => config.on_change(OnChange::Recheck),
        "warn" => config.on_change(OnChange::Warn),
        "fail" => config.on_change(OnChange::Fail),
        _ => config,
    });
    run_test(test, asks).await;
}

/// Prepares that test with these hashes.
pub(crate) fn creating(bench: &Bench, body: &str, tracked: &str, asks: &str) -> Child {
    bench
        .child("versions::creates")
        .variable("TEST_BODY", body)
        .variable("TEST_TRACKED", tracked)
        .variable("TEST_ASKS", asks)
}
