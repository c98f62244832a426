//! One object: put, looked at, fetched, deleted, missed.

use aws_sdk_s3::error::ProvideErrorMetadata;
use aws_sdk_s3::operation::get_object::GetObjectError;
use aws_sdk_s3::operation::head_object::HeadObjectError;
use aws_sdk_s3::primitives::ByteStream;
use cassette_core::{Mode, scope};
use cassette_tests::{Foreign, Run, Sandbox};

use crate::aws::{client, client_with_bucket, failure};
use crate::{SERVER, both_runs, noise};

#[tokio::test]
async fn an_object_is_replayed_over_tls() {
    let recorded = both_runs(Foreign::https(SERVER), async |run| {
        life(&run, "over-tls").await
    });
    let recorded = recorded.await;
    let cassette = recorded.cassette();
    for header in ["authorization", "x-amz-security-token"] {
        let masked = format!("\"{header}\": \"[REDACTED]\"");
        assert!(cassette.contains(&masked), "{header} is masked: {cassette}");
    }
    assert_eq!(
        recorded.requests(),
        [
            "PUT /over-tls/",
            "PUT /over-tls/notes/day%20one.txt?x-id=PutObject",
            "HEAD /over-tls/notes/day%20one.txt",
            "GET /over-tls/notes/day%20one.txt?x-id=GetObject",
            "DELETE /over-tls/notes/day%20one.txt?x-id=DeleteObject",
            "GET /over-tls/notes/day%20one.txt?x-id=GetObject",
        ]
    );
}

#[tokio::test]
async fn an_object_is_replayed_without_tls() {
    let recorded = both_runs(Foreign::http(SERVER), async |run| life(&run, "plain").await);
    assert_eq!(recorded.await.requests().len(), 6);
}

/// Why headers are not compared unless a test asks for it.
#[tokio::test]
async fn the_time_in_the_headers_is_another_one_in_each_run() {
    let foreign = Foreign::http(SERVER).config(|config| config.match_headers(["x-amz-date"]));
    let run = async |run: Run| {
        let made = client(&run).create_bucket().bucket("times").send().await;
        format!("{}", made.is_ok())
    };
    let report = foreign.missed(run).await;
    assert!(report.contains("header x-amz-date"), "{report}");
}

/// From its beginning to its end.
async fn life(run: &Run, bucket: &str) -> String {
    const KEY: &str = "notes/day one.txt";
    let client = client_with_bucket(run, bucket).await;
    let put = client.put_object().bucket(bucket).key(KEY);
    let put = put.body(ByteStream::from_static(b"snow <fell> & stayed"));
    let put = put.content_type("text/plain").metadata("weather", "cold");
    let put = put.send().await.expect("it is put");
    let head = client.head_object().bucket(bucket).key(KEY).send().await;
    let get = client.get_object().bucket(bucket).key(KEY).send().await;
    let get = get.expect("it is there");
    let mut text = format!("{put:#?}\n{head:#?}\n{get:#?}\n");
    let body = get.body.collect().await.expect("it is whole").to_vec();
    assert_eq!(body, b"snow <fell> & stayed");
    let delete = client.delete_object().bucket(bucket).key(KEY).send().await;
    text += &format!("{:#?}\n", delete.expect("it is deleted"));
    let gone = client.get_object().bucket(bucket).key(KEY).send().await;
    let gone = gone.expect_err("it is gone");
    assert_eq!(gone.code(), Some("NoSuchKey"));
    text + &failure(&gone)
}

#[tokio::test]
async fn bytes_that_are_no_text_are_replayed() {
    let run = async |run: Run| {
        let client = client_with_bucket(&run, "bytes").await;
        let put = client.put_object().bucket("bytes").key("noise");
        let put = put.body(ByteStream::from(noise(3000))).send().await;
        let get = client
            .get_object()
            .bucket("bytes")
            .key("noise")
            .send()
            .await;
        let body = get.expect("it is there").body.collect().await;
        assert_eq!(body.expect("it is whole").to_vec(), noise(3000));
        format!("{:#?}", put.expect("it is put"))
    };
    both_runs(Foreign::https(SERVER), run).await;
}

#[tokio::test]
async fn an_object_that_is_not_there_is_missed_again() {
    let run = async |run: Run| {
        let client = client_with_bucket(&run, "missing").await;
        let get = client.get_object().bucket("missing").key("a").send().await;
        let get = get.expect_err("it is not there");
        assert!(
            get.as_service_error()
                .is_some_and(GetObjectError::is_no_such_key)
        );
        // An answer to HEAD has no body to say so.
        let head = client.head_object().bucket("missing").key("a").send().await;
        let head = head.expect_err("it is not there");
        assert!(
            head.as_service_error()
                .is_some_and(HeadObjectError::is_not_found)
        );
        let bucket = client
            .list_objects_v2()
            .bucket("no-such-bucket")
            .send()
            .await;
        let bucket = bucket.expect_err("it is not there");
        assert_eq!(bucket.code(), Some("NoSuchBucket"));
        failure(&get) + &failure(&head) + &failure(&bucket)
    };
    both_runs(Foreign::https(SERVER), run).await;
}

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
    let mut seen = String::new();
    let replayed = scope("c", sandbox.config(Mode::Replay), async {
        let got = client(&run).get_object().bucket("b").key("k").send().await;
        seen = failure(&got.expect_err("it has no answer"));
    });
    let report = replayed
        .await
        .expect_err("nothing was recorded")
        .to_string();
    assert!(seen.contains("501"), "{seen}");
    assert!(report.contains("GET https://127.0.0.1:1/b/k"), "{report}");
}
