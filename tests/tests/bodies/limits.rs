//! Where a body becomes too large for the cassette, and who says so.

use std::fs;

use cassette_reqwest::{cassette, client};
use cassette_tests::{Child, Sandbox, Server, Stage, json, run, staged, url, url_of_parent};
use serde_json::Value;

use crate::case::{Case, both_runs};
use crate::see::see;
use crate::servers::{mirror, mirror_in_chunks};

const LIMIT: usize = 256 * 1024;

/// Returns the names of the files that hold bodies.
pub(crate) fn bodies(sandbox: &Sandbox) -> Vec<String> {
    let mut files = sandbox.files();
    files.retain(|name| name.ends_with(".bin"));
    files
}

#[tokio::test]
async fn a_body_of_256_kib_stays_in_the_cassette_and_a_byte_more_gets_a_file() {
    let (inline, large) = ("x".repeat(LIMIT), "y".repeat(LIMIT + 1));
    let (sandbox, _) = both_runs(mirror(), async |asker| {
        let inline = see(asker.post("/inline").body(inline.clone())).await;
        [inline, see(asker.post("/large").body(large.clone())).await]
    })
    .await;
    let names = bodies(&sandbox);
    let [name] = &names[..] else {
        panic!("one file for the one large body: {names:?}");
    };
    let digits = name
        .strip_prefix("c.")
        .unwrap()
        .strip_suffix(".bin")
        .unwrap();
    let is_digit = |digit: u8| matches!(digit, b'0'..=b'9' | b'a'..=b'f');
    assert!(digits.len() == 12 && digits.bytes().all(is_digit), "{name}");
    assert_eq!(sandbox.read(name), large);
    let interactions = &sandbox.cassette("c.json")["interactions"];
    for side in ["request", "response"] {
        assert_eq!(interactions[0][side]["body"]["text"], inline);
        let stored = &interactions[1][side]["body"];
        assert_eq!(stored["file"], *name);
        assert_eq!(stored.as_object().map(serde_json::Map::len), Some(1));
    }
}

/// The first digits of the digest of `abc`, the example in its standard.
const ABC: &str = "ba7816bf8f01";

#[tokio::test]
async fn the_limit_can_be_configured() {
    let case = Case::new(mirror()).config(|config| config.body_limit(2));
    let (sandbox, _) = case
        .both_runs(async |asker| {
            let two = see(asker.post("/ab").body("ab")).await;
            [two, see(asker.post("/abc").body("abc")).await]
        })
        .await;
    assert_eq!(bodies(&sandbox), [format!("c.{ABC}.bin")]);
}

#[tokio::test]
async fn with_a_limit_of_zero_every_body_gets_a_file_but_an_empty_one() {
    let case = Case::new(mirror()).config(|config| config.body_limit(0));
    let (sandbox, _) = case
        .both_runs(async |asker| {
            let empty = see(asker.post("/empty").body("")).await;
            [empty, see(asker.post("/a").body("a")).await]
        })
        .await;
    assert_eq!(bodies(&sandbox).len(), 1);
    let interactions = &sandbox.cassette("c.json")["interactions"];
    assert_eq!(interactions[0]["response"]["body"], Value::Null);
}

#[cassette(config = staged, body_limit = 2)]
async fn asks_with_an_attribute() {
    let answer = client().get(url("/")).send().await.unwrap();
    assert_eq!(answer.text().await.unwrap(), "abc");
}

#[test]
fn the_limit_can_be_an_attributes() {
    let stage = Stage::new(Server::start(json(200, "abc")));
    for _ in 0..2 {
        run(asks_with_an_attribute()).unwrap();
    }
    assert_eq!(stage.server.hits(), 1);
    let name = format!("bodies/limits/asks_with_an_attribute.{ABC}.bin");
    assert_eq!(bodies(&stage.sandbox), [name]);
}

#[cassette]
#[tokio::test]
#[ignore = "run by its parent"]
async fn asks_its_parent() {
    let answer = client().get(url_of_parent("/")).send().await.unwrap();
    assert_eq!(answer.text().await.unwrap(), "abc");
}

#[test]
fn the_limit_can_be_that_of_the_packages_file() {
    let (sandbox, package) = (Sandbox::new(), Sandbox::new());
    package.write("cassette.toml", "body_limit = 2\n");
    let server = Server::start(json(200, "abc"));
    for _ in 0..2 {
        let child = Child::exactly("limits::asks_its_parent", &sandbox, &server.url(""));
        let child = child.variable("CARGO_MANIFEST_DIR", package.path());
        child.run().expect_passed(1);
    }
    assert_eq!(server.hits(), 1);
    let name = format!("bodies/limits/asks_its_parent.{ABC}.bin");
    assert_eq!(bodies(&sandbox), [name]);
}

#[tokio::test]
async fn json_of_any_size_is_masked_in_its_file() {
    let pad = "x".repeat(LIMIT);
    let secret =
        format!(r#"{{"user":"ada","pad":"{pad}","api_key":"s3cret","access_token":"s3cret"}}"#);
    let (sandbox, _) = both_runs(mirror(), async |asker| {
        let request = asker.post("/").header("content-type", "application/json");
        let seen = see(request.body(secret.clone())).await;
        let length = seen.header("content-length").map(str::parse);
        assert_eq!(length, Some(Ok(seen.body.len())));
        seen.text().replace("s3cret", "[REDACTED]")
    })
    .await;
    let names = bodies(&sandbox);
    assert_eq!(names.len(), 1);
    assert_eq!(
        sandbox.read(&names[0]),
        secret.replace("s3cret", "[REDACTED]")
    );
    assert!(!sandbox.read("c.json").contains("s3cret"));
}

#[tokio::test]
async fn equal_bodies_share_a_file() {
    let large = "z".repeat(LIMIT + 1);
    let (sandbox, _) = both_runs(mirror(), async |asker| {
        let mut seen = Vec::new();
        for path in ["/1", "/2", "/3"] {
            seen.push(see(asker.post(path).body(large.clone())).await);
        }
        seen
    })
    .await;
    assert_eq!(bodies(&sandbox).len(), 1);
}

#[tokio::test]
async fn bytes_that_are_no_text_are_in_their_file_as_they_are() {
    let case = Case::new(mirror()).config(|config| config.body_limit(16));
    let every_byte: Vec<u8> = (0..=255).collect();
    let (sandbox, _) = case
        .both_runs(async |asker| see(asker.post("/").body(every_byte.clone())).await)
        .await;
    let path = sandbox.path().join(&bodies(&sandbox)[0]);
    assert_eq!(fs::read(path).unwrap(), every_byte);
}

#[tokio::test]
async fn many_small_parts_and_parts_of_a_stream_go_to_a_file_as_well() {
    let parts = |kind: &str| {
        let part = "--b\r\ncontent-type: text/plain\r\n\r\n0123456789\r\n";
        (
            format!("multipart/{kind}; boundary=b"),
            part.repeat(9) + "--b--\r\n",
        )
    };
    for kind in ["mixed", "x-mixed-replace"] {
        let (content_type, body) = parts(kind);
        let case = Case::new(mirror_in_chunks()).config(|config| config.body_limit(80));
        let (sandbox, _) = case
            .both_runs(async |asker| {
                let request = asker.post("/").header("content-type", &content_type);
                see(request.body(body.clone())).await
            })
            .await;
        let response = &sandbox.cassette("c.json")["interactions"][0]["response"]["body"];
        assert_eq!(sandbox.read(response["file"].as_str().unwrap()), body);
    }
}
