//! What the guide says of `.gitattributes` and `.gitignore`, asked of git itself.

use std::path::Path;
use std::process::Command;

use cassette_tests::Sandbox;

const GUIDE: &str = include_str!("../../docs/guide.md");

/// Returns the block of the guide in this language.
fn block(language: &str) -> &'static str {
    let (_, rest) = GUIDE.split_once(&format!("```{language}\n")).unwrap();
    rest.split_once("```").unwrap().0
}

fn git(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

fn repository() -> Sandbox {
    let sandbox = Sandbox::new();
    git(sandbox.path(), &["init", "-q"]);
    sandbox.write(".gitattributes", block("gitattributes"));
    sandbox.write(".gitignore", block("gitignore"));
    sandbox
}

#[test]
fn git_ignores_what_failed_recordings_leave_and_cassettes_of_one_machine() {
    let sandbox = repository();
    let is_ignored = |name: &str| {
        let path = format!("tests/cassettes/api/{name}");
        !git(sandbox.path(), &["check-ignore", &path]).is_empty()
    };
    for name in [
        "reads.rejected.json",
        "reads.2.rejected.rejected.json",
        "reads.rejected.0123456789ab.bin",
        "reads.2.rejected.rejected.0123456789ab.bin",
        "reads.partial.jsonl",
        "reads-local.json",
        "reads-local.json.gz",
        "reads-local.0123456789ab.bin",
    ] {
        assert!(is_ignored(name), "{name}");
    }
    for name in ["reads.json", "reads.json.gz", "reads.0123456789ab.bin"] {
        assert!(!is_ignored(name), "{name}");
    }
}

#[test]
fn git_shows_cassettes_as_text_and_leaves_large_bodies_alone() {
    let sandbox = repository();
    let attribute = |name: &str, attribute: &str| {
        let path = format!("tests/cassettes/api/{name}");
        let said = git(sandbox.path(), &["check-attr", attribute, "--", &path]);
        said.trim_end().rsplit(": ").next().unwrap().to_owned()
    };
    assert_eq!(attribute("reads.json", "text"), "set");
    assert_eq!(attribute("reads.json", "eol"), "lf");
    assert_eq!(attribute("reads.json", "linguist-generated"), "false");
    assert_eq!(attribute("reads.0123456789ab.bin", "text"), "unset");
    assert_eq!(attribute("reads.json.gz", "text"), "unset");
    assert_eq!(attribute("reads.json.gz", "diff"), "gzip");
}

#[test]
fn a_compressed_cassette_is_shown_as_text() {
    let sandbox = repository();
    let folder = sandbox.path();
    git(folder, &["config", "diff.gzip.textconv", "gzip -dc"]);
    let cassette = |status: &str| {
        let packed = Command::new("sh")
            .args([
                "-c",
                &format!("printf '{{\n  \"status\": {status}\n}}\n' | gzip -n"),
            ])
            .output();
        sandbox.write("tests/cassettes/c.json.gz", packed.unwrap().stdout);
    };
    cassette("200");
    git(folder, &["add", "."]);
    cassette("404");
    let shown = git(folder, &["diff"]);
    assert!(
        shown.contains("-  \"status\": 200\n+  \"status\": 404"),
        "{shown}"
    );
}
