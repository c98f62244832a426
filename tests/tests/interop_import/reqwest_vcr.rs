use std::path::Path;
use std::process::Command;

use cassette_core::{Config, Mode, scope};
use cassette_tests::{Sandbox, parent_variable};
use reqwest_middleware::ClientBuilder;
use reqwest_vcr::{VCRMiddleware, VCRMode};

use crate::case::{live, staying};
use crate::server;

const PATHS: [&str; 4] = ["/json?a=1", "/text", "/missing", "/events"];

/// It panics where a body is not UTF-8, and keeps one value of a header.
#[tokio::test]
async fn reqwest_vcr_is_replayed() {
    let sandbox = Sandbox::new();
    record(&sandbox.path().join("recorded.vcr.json")).await;
    sandbox.write(
        "Cargo.toml",
        "[package]\nname = \"a\"\nversion = \"0.0.0\"\n[workspace]\n",
    );
    sandbox.write("src/lib.rs", "");
    import(sandbox.path());
    let config = Config::new().dir(sandbox.path().join("tests/cassettes"));
    let config = config.environment::<&str, &str>([]).mode(Mode::Replay);
    let replayed = scope("recorded", config, async {
        let mut answers = Vec::new();
        for path in PATHS {
            let answer = staying().get(server() + path).send().await;
            answers.push(answer.expect("it is recorded"));
        }
        answers
    });
    let replayed = replayed.await.unwrap_or_else(|error| panic!("{error:?}"));
    for (path, replayed) in PATHS.into_iter().zip(replayed) {
        let live = live()
            .get(server() + path)
            .send()
            .await
            .expect("the server answers");
        assert_eq!(replayed.status(), live.status(), "{path}");
        let kind = |answer: &reqwest::Response| answer.headers().get("content-type").cloned();
        assert_eq!(kind(&replayed), kind(&live), "{path}");
        let live = live.bytes().await.expect("a body");
        assert_eq!(replayed.bytes().await.expect("a body"), live, "{path}");
    }
}

/// It writes the file when it is dropped.
async fn record(file: &Path) {
    let recorder = VCRMiddleware::try_from(file.to_owned()).expect("it begins a file");
    let client = ClientBuilder::new(live())
        .with(recorder.with_mode(VCRMode::Record))
        .build();
    for path in PATHS {
        client
            .get(server() + path)
            .send()
            .await
            .expect("the server answers");
    }
}

fn import(package: &Path) {
    let mut cli = Command::new(parent_variable("CASSETTE_INTEROP_IMPORT_CLI"));
    cli.args(["cassette", "import", "recorded.vcr.json"])
        .current_dir(package);
    let output = cli.output().expect("the command is there");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
