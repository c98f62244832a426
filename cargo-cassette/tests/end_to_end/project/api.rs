//! The tests of the generated project. What they do can be changed by files beside `Cargo.toml`.

use std::path::Path;

use cassette_reqwest::cassette;

/// Asks the server that the test of the tests runs.
async fn ask(path: &str) -> String {
    let origin = std::fs::read_to_string("origin").unwrap();
    let client = cassette_reqwest::client();
    let answer = client.get(format!("{origin}{path}")).send().await.unwrap();
    answer.text().await.unwrap()
}

fn is_set(switch: &str) -> bool {
    Path::new(switch).exists()
}

#[cassette]
#[tokio::test]
async fn pings() {
    assert!(std::env::var_os("CI").is_none(), "the tests hear nothing of CI");
    assert_eq!(ask("/ping").await, "pong");
}

#[cassette]
#[tokio::test]
async fn changes() {
    let path = "/changes"; // the line that changes
    assert_eq!(ask(path).await, "pong");
}

#[cassette]
#[tokio::test]
async fn fails_when_told() {
    assert_eq!(ask("/fails").await, "pong");
    assert!(!is_set("fail"), "told to fail");
}

#[cassette(unused = "warn")]
#[tokio::test]
async fn asks_less_when_told() {
    ask("/first").await;
    if !is_set("less") {
        ask("/second").await;
    }
}

#[cassette(max_age = "30d", keep = ["shape:stripe"])]
#[tokio::test]
async fn grows_old() {
    ask("/old").await;
}

#[cassette(dir = "tests/tapes")]
#[tokio::test]
async fn is_kept_elsewhere() {
    ask("/elsewhere").await;
}

#[cassette]
#[tokio::test]
#[ignore = "its cassette is no orphan"]
async fn is_ignored() {
    ask("/ignored").await;
}

#[cassette]
#[tokio::test]
async fn is_held_when_told() {
    ask("/quick").await;
    if is_set("hold") {
        ask("/held").await;
    }
    if is_set("abort") {
        std::process::abort();
    }
}

#[test]
fn has_no_network_when_told() {
    let origin = std::fs::read_to_string("origin").unwrap();
    let connects = std::net::TcpStream::connect(&origin["http://".len()..]).is_ok();
    assert_eq!(connects, !is_set("offline"));
}
