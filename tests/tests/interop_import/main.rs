//! What recorders of other languages have really written, imported by `cargo cassette`: each request gets the
//! answer that the server gives.
#![cfg(feature = "interop")]

mod attribute;
mod case;
mod redirects;
mod reqwest_vcr;

use case::{Case, staying};
use cassette_tests::parent_variable;

/// Where the server is that the recorders have asked.
fn server() -> String {
    parent_variable("CASSETTE_INTEROP_IMPORT_SERVER")
}

/// The folder of the imported cassettes.
fn imported() -> std::path::PathBuf {
    let package = parent_variable("CASSETTE_INTEROP_IMPORT_PACKAGE");
    std::path::PathBuf::from(package).join("tests/cassettes")
}

#[tokio::test]
async fn vcrpy_with_requests_is_replayed() {
    Case::new("vcrpy").check().await;
}

/// Its JSON serializer refuses what is not UTF-8.
#[tokio::test]
async fn vcrpy_in_json_is_replayed() {
    let case = Case::new("vcrpy-json").without_requests(&["/binary", "/packed"]);
    case.check().await;
}

#[tokio::test]
async fn vcrpy_with_httpx_is_replayed() {
    Case::new("vcrpy-httpx").check().await;
}

#[tokio::test]
async fn vcr_of_ruby_is_replayed() {
    Case::new("vcr").check().await;
}

#[tokio::test]
async fn snapshot_agent_is_replayed() {
    Case::new("snapshot-agent").check().await;
}

#[tokio::test]
async fn mitmproxy_is_replayed() {
    Case::new("mitmproxy").check().await;
}

/// Go takes `transfer-encoding` out of the headers, and format 1 has no other place for it.
#[tokio::test]
async fn go_vcr_is_replayed() {
    let case = Case::new("go-vcr").without_header("transfer-encoding");
    case.check().await;
}

/// It drops cookies, and of JSON it keeps no bytes.
#[tokio::test]
async fn cassetter_is_replayed() {
    let case = Case::new("cassetter").without_header("set-cookie");
    case.values_only().check().await;
}

#[tokio::test]
async fn cassetter_in_toml_is_replayed() {
    let case = Case::new("cassetter-toml").without_header("set-cookie");
    case.values_only().check().await;
}

/// What was exported as an HTTP archive, and imported again.
#[tokio::test]
async fn our_own_archive_is_replayed() {
    Case::new("exported").counted_as("vcrpy").check().await;
}

#[test]
fn no_secret_that_was_recorded_is_left() {
    let text = std::fs::read_to_string(imported().join("vcrpy.json")).expect("it was imported");
    let masked = r#""authorization": "[REDACTED]""#;
    assert!(text.contains(masked), "{text}");
    assert!(!text.contains("t-5up3r-s3cr3t"), "{text}");
}
