//! Bodies with signatures between their pieces, as SDKs of other languages send them where there is no
//! TLS. The one for Rust signs none of it, so they are made here.

use cassette_reqwest::plain_client_builder;
use cassette_tests::{Foreign, Run};

use crate::aws::client_with_bucket;
use crate::{SERVER, both_runs};

const TEXT: &[u8] = b"snow fell and stayed";
const NO_TEXT: &[u8] = b"\xff\x00\xfe snow \x80";

#[tokio::test]
async fn a_body_with_signatures_in_it_is_another_one_in_each_run() {
    let run = async |run: Run| upload(&run, "chunked", TEXT).await;
    let report = Foreign::http(SERVER).missed(run).await;
    assert!(report.contains("chunk-signature="), "{report}");
}

#[tokio::test]
async fn a_text_with_signatures_in_it_is_replayed_where_they_are_masked() {
    let foreign =
        Foreign::http(SERVER).config(|config| config.redact(["text:chunk-signature=[0-9a-f]{64}"]));
    both_runs(foreign, async |run| {
        upload(&run, "chunked-text", TEXT).await
    })
    .await;
}

#[tokio::test]
async fn bytes_with_signatures_in_them_are_replayed_where_bodies_are_not_compared() {
    let foreign = Foreign::http(SERVER).config(|config| config.match_body(false));
    both_runs(foreign, async |run| {
        upload(&run, "chunked-bytes", NO_TEXT).await
    })
    .await;
}

/// Puts an object in one piece and its end, and returns what is there then.
async fn upload(run: &Run, bucket: &str, content: &[u8]) -> String {
    let client = client_with_bucket(run, bucket).await;
    let signature = if run.is_replay { "0d" } else { "a7" }.repeat(32);
    let length = content.len();
    let head = format!("{length:x};chunk-signature={signature}\r\n");
    let end = format!("\r\n0;chunk-signature={signature}\r\n\r\n");
    let plain = plain_client_builder().build().expect("it is built");
    let put = plain.put(format!("{}/{bucket}/a", run.base));
    let put = put
        .header("content-encoding", "aws-chunked")
        .header("x-amz-content-sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD")
        .header("x-amz-decoded-content-length", length)
        .body([head.as_bytes(), content, end.as_bytes()].concat());
    let status = put.send().await.expect("it is answered").status();
    let Ok(got) = client.get_object().bucket(bucket).key("a").send().await else {
        return status.to_string();
    };
    let body = got.body.collect().await.expect("it is whole").to_vec();
    assert_eq!(body, content);
    status.to_string()
}
