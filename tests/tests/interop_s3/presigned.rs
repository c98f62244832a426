//! URLs that hold their signature, for clients that have no keys.

use std::time::{Duration, SystemTime};

use aws_sdk_s3::presigning::PresigningConfig;
use aws_sdk_s3::primitives::ByteStream;
use cassette_reqwest::{current, plain_client_builder};
use cassette_tests::{Foreign, Run};

use crate::aws::client_with_bucket;
use crate::{REAL, SERVER, both_runs, now};

/// Only the time differs: what else changes is masked as a secret.
#[tokio::test]
async fn a_presigned_url_of_another_time_is_another_request() {
    let run = async |run: Run| fetch(&run, now(&run)).await;
    let report = Foreign::https(SERVER).missed(run).await;
    assert!(report.contains("differs in 1 place"), "{report}");
    assert!(report.contains("query X-Amz-Date"), "{report}");
}

#[tokio::test]
async fn a_presigned_url_of_another_time_is_replayed_where_the_time_is_ignored() {
    let foreign = Foreign::https(SERVER).config(|config| config.ignore_query(["X-Amz-Date"]));
    let recorded = both_runs(foreign, async |run| fetch(&run, now(&run)).await);
    let requests = recorded.await.requests();
    let presigned = requests.last().expect("there are some");
    for name in ["Credential", "Signature", "Security-Token"] {
        let masked = format!("X-Amz-{name}=[REDACTED]");
        assert!(presigned.contains(&masked), "{name} is masked: {presigned}");
    }
}

/// Signed for the time of the recording, it needs no configuration.
#[tokio::test]
async fn a_presigned_url_of_the_recordings_time_is_replayed() {
    let run = async |run: Run| {
        let recorded_at = current().expect("a cassette is in use").recorded_at();
        fetch(&run, recorded_at).await
    };
    both_runs(Foreign::https(SERVER), run).await;
}

/// Puts an object with the keys, and gets it without.
async fn fetch(run: &Run, at: SystemTime) -> String {
    let client = client_with_bucket(run, "presigned").await;
    let put = client.put_object().bucket("presigned").key("a");
    let put = put.body(ByteStream::from_static(b"for everybody"));
    put.send().await.expect("it is put");
    let until = PresigningConfig::builder().start_time(at);
    let until = until.expires_in(Duration::from_secs(600)).build();
    let url = client.get_object().bucket("presigned").key("a");
    let url = url.presigned(until.expect("it is a short time")).await;
    let url = url.expect("it is signed").uri().to_owned();
    assert_eq!(url.contains(REAL.id), !run.is_replay, "{url}");
    let plain = plain_client_builder().build().expect("it is built");
    let got = plain.get(url).send().await.expect("it is answered");
    let status = got.status();
    format!("{status} {}", got.text().await.expect("it is text"))
}
