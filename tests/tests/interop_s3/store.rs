//! `object_store`, which has a client of its own, told of the proxy and its certificate.

use std::time::Duration;

use cassette_core::{Mode, scope};
use cassette_reqwest::{certificate_pem, plain_client_builder};
use cassette_tests::{Foreign, Run, Sandbox};
use futures_util::TryStreamExt;
use http::Method;
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::path::Path;
use object_store::signer::Signer;
use object_store::{
    Certificate, ClientOptions, MultipartUpload, ObjectStore, ObjectStoreExt, PutPayload,
    RetryConfig,
};

use crate::aws::client_with_bucket;
use crate::{SERVER, both_runs, keys, proxy, text};

#[tokio::test]
async fn objects_are_put_listed_read_and_deleted() {
    let run = async |run: Run| {
        let store = store(&run, "store").await;
        for name in ["a/1", "a/2", "b/1"] {
            let put = store
                .put(&Path::from(name), PutPayload::from(name.to_owned()))
                .await;
            put.expect("it is put");
        }
        let listed: Vec<_> = store
            .list(Some(&Path::from("a")))
            .try_collect()
            .await
            .expect("a list");
        assert_eq!(listed.len(), 2);
        let got = store.get(&Path::from("a/2")).await.expect("it is there");
        let text = format!("{listed:#?}\n{:#?}\n", got.meta);
        assert_eq!(got.bytes().await.expect("it is whole"), "a/2");
        let part = store.get_range(&Path::from("b/1"), 1..3).await;
        assert_eq!(part.expect("it is there"), "/1");
        store
            .delete(&Path::from("a/1"))
            .await
            .expect("it is deleted");
        let gone = store.get(&Path::from("a/1")).await.expect_err("it is gone");
        assert!(
            matches!(gone, object_store::Error::NotFound { .. }),
            "{gone}"
        );
        text
    };
    both_runs(Foreign::https(SERVER), run).await;
}

#[tokio::test]
async fn an_upload_in_parts_is_replayed() {
    let run = async |run: Run| {
        let store = store(&run, "store-parts").await;
        let path = Path::from("large");
        let mut upload = store.put_multipart(&path).await.expect("it begins");
        for part in [text(5 * 1024 * 1024), b"the end".to_vec()] {
            upload
                .put_part(part.into())
                .await
                .expect("the part is taken");
        }
        let put = upload.complete().await.expect("it is complete");
        format!("{put:#?}")
    };
    both_runs(Foreign::http(SERVER), run).await;
}

#[tokio::test]
async fn a_signed_url_of_another_time_is_replayed_where_the_time_is_ignored() {
    let foreign = Foreign::https(SERVER).config(|config| config.ignore_query(["X-Amz-Date"]));
    let run = async |run: Run| {
        let store = store(&run, "store-signed").await;
        let path = Path::from("a");
        store
            .put(&path, "for everybody".into())
            .await
            .expect("it is put");
        let url = store
            .signed_url(Method::GET, &path, Duration::from_secs(600))
            .await;
        let plain = plain_client_builder().build().expect("the client is built");
        let got = plain.get(url.expect("it is signed")).send().await;
        got.expect("it is answered")
            .text()
            .await
            .expect("it is text")
    };
    both_runs(foreign, run).await;
}

/// As after any answer of the 5xx it would try again, ten times.
#[tokio::test]
async fn what_was_not_recorded_fails_with_the_report() {
    let sandbox = Sandbox::new();
    let run = Run {
        base: "https://127.0.0.1:1".to_owned(),
        certificate: None,
        is_replay: true,
    };
    let recorded = scope("c", sandbox.config(Mode::Record), async {}).await;
    recorded.expect("nothing is recorded");
    let replayed = scope("c", sandbox.config(Mode::Replay), async {
        let once = RetryConfig {
            max_retries: 0,
            ..RetryConfig::default()
        };
        let store = builder(&run, "b").with_retry(once).build();
        let store = store.expect("the store is built");
        store.get(&Path::from("k")).await.map(|_| ())
    });
    let report = replayed
        .await
        .expect_err("nothing was recorded")
        .to_string();
    assert!(report.contains("GET https://127.0.0.1:1/b/k"), "{report}");
}

/// Returns a store whose bucket was made by the other SDK: one cassette, two clients.
async fn store(run: &Run, bucket: &str) -> AmazonS3 {
    client_with_bucket(run, bucket).await;
    builder(run, bucket).build().expect("the store is built")
}

fn builder(run: &Run, bucket: &str) -> AmazonS3Builder {
    let keys = keys(run);
    AmazonS3Builder::new()
        .with_region("us-east-1")
        .with_endpoint(&run.base)
        .with_bucket_name(bucket)
        .with_access_key_id(keys.id)
        .with_secret_access_key(keys.secret)
        .with_token(keys.session)
        .with_client_options(options(proxy(run).url()).with_allow_http(true))
}

/// What a user writes.
fn options(proxy: &str) -> ClientOptions {
    let certificate = certificate_pem().expect("there is one").as_bytes();
    let certificate = Certificate::from_pem(certificate).expect("it is one");
    ClientOptions::new()
        .with_proxy_url(proxy)
        .with_root_certificate(certificate)
}
