//! `tracks` from end to end: a package of its own, whose files change between runs of `cargo test`.

use std::process::Command;

use cassette_tests::{Sandbox, Server, echo};

const MANIFEST: &str = r#"
[package]
name = "tracked"
version = "0.0.0"
edition = "2024"

[dev-dependencies]
cassette-reqwest = { path = "ADAPTER" }
tokio = { version = "1", default-features = false, features = ["macros", "rt"] }

[workspace]
"#;

const CODE: &str = "
/// Returns what is asked.
pub fn question() -> &'static str { \"who\" }

pub fn other() {}
";

const TEST: &str = r#"
use cassette_reqwest::{cassette, client};

#[cassette(tracks = ["src/lib.rs::question", "prompts/system.txt"])]
#[tokio::test]
async fn asks() {
    let url = format!("{}/{}", env!("SERVER"), tracked::question());
    client().get(url).body(include_str!("../prompts/system.txt")).send().await.unwrap();
}
"#;

struct Package {
    sandbox: Sandbox,
    server: Server,
}

impl Package {
    fn new() -> Self {
        let (sandbox, server) = (Sandbox::new(), Server::start(echo));
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
        let adapter = format!("{root}/cassette-reqwest").replace('\\', "/");
        sandbox.write("Cargo.toml", MANIFEST.replace("ADAPTER", &adapter));
        // The versions that this workspace is built with, so that nothing is fetched.
        std::fs::copy(
            format!("{root}/Cargo.lock"),
            sandbox.path().join("Cargo.lock"),
        )
        .unwrap();
        sandbox.write("src/lib.rs", CODE);
        sandbox.write("prompts/system.txt", "Be brief.\n");
        sandbox.write("tests/api.rs", TEST);
        Self { sandbox, server }
    }

    /// Runs its test, and returns whether it passed and what was said.
    fn test(&self, mode: &str) -> (bool, String) {
        let output = Command::new(env!("CARGO"))
            .args(["test", "--offline", "--quiet", "--test", "api"])
            .current_dir(self.sandbox.path())
            .env("CARGO_TARGET_DIR", target())
            .env("SERVER", self.server.url(""))
            .env("CASSETTE_MODE", mode)
            .env_remove("CI")
            .env_remove("CASSETTE_DIR")
            .output()
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let said = text(&output.stdout) + &text(&output.stderr);
        (output.status.success(), said)
    }
}

/// What it stands on is built once, beside what this workspace is built into.
fn target() -> std::path::PathBuf {
    let binary = std::env::current_exe().unwrap();
    let target = binary.ancestors().nth(3).unwrap();
    target.join("generated")
}

#[test]
fn a_change_of_what_is_tracked_is_seen_by_the_next_cargo_test() {
    let package = Package::new();
    let (passed, said) = package.test("auto");
    assert!(passed, "{said}");
    let file = package.sandbox.cassette("tests/cassettes/api/asks.json");
    let tracked = file["tracked"].as_object().unwrap();
    let names: Vec<_> = tracked.keys().collect();
    assert_eq!(names, ["prompts/system.txt", "src/lib.rs::question"]);
    assert_eq!(package.server.hits(), 1);

    // Neither another function nor a comment is what is tracked.
    let edited = CODE
        .replace("pub fn other() {}", "pub fn other() -> u8 { 1 }")
        .replace("Returns what is asked.", "Returns the question.");
    package.sandbox.write("src/lib.rs", &edited);
    let (passed, said) = package.test("auto");
    assert!(passed && !said.contains("cassette:"), "{said}");
    assert_eq!(package.server.hits(), 1);

    package
        .sandbox
        .write("src/lib.rs", edited.replace("who", "what"));
    let (passed, said) = package.test("auto");
    assert!(passed, "{said}");
    let notice = "function question has changed; tests/cassettes/api/asks.json is recorded again (1 interaction)";
    assert!(said.contains(notice), "{said}");
    assert_eq!(package.server.hits(), 2);

    package.sandbox.write("prompts/system.txt", "Be long.\n");
    let (passed, said) = package.test("replay");
    assert!(!passed, "{said}");
    assert!(
        said.contains("the recording is stale: file prompts/system.txt has changed"),
        "{said}"
    );
    assert_eq!(package.server.hits(), 2);
}
