//! What a build says that has no TLS: this package's tests alone are built without it.

#![cfg(not(feature = "rustls"))]

use cassette_reqwest::{Config, Mode, client, scope};

#[tokio::test]
async fn https_without_tls_says_which_feature_to_add_and_is_not_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let config = Config::new()
        .dir(folder.path())
        .environment::<&str, &str>([]);
    let mut said = String::new();
    let session = scope("c", config.mode(Mode::Record), async {
        let sent = client().get("https://127.0.0.1:1/").send().await;
        said = sent.unwrap_err().to_string();
    });
    let error = session.await.unwrap_err();
    assert!(error.is_unmatched() && error.to_string() == said, "{error}");
    assert_eq!(
        said,
        "an https request was to be recorded, and this build of reqwest has no TLS\n\n\
         help: add it, `cargo add --dev cassette-reqwest --features rustls`, or enable a TLS feature of reqwest"
    );
    assert_eq!(folder.path().read_dir().unwrap().count(), 0);
}
