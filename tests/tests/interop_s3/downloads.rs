//! Bodies that are not in memory as a whole, in both directions.

use std::io::Write;

use aws_sdk_s3::primitives::ByteStream;
use cassette_tests::{Foreign, Run};

use crate::aws::client_with_bucket;
use crate::{SERVER, both_runs, noise, text};

const LENGTH: usize = 2 * 1024 * 1024;

#[tokio::test]
async fn a_download_of_two_mebibytes_is_replayed_over_tls() {
    let run = async |run: Run| download(&run, "stream-tls", noise(LENGTH)).await;
    both_runs(Foreign::https(SERVER), run).await;
}

#[tokio::test]
async fn a_download_of_two_mebibytes_is_replayed_without_tls() {
    let run = async |run: Run| download(&run, "stream", text(LENGTH)).await;
    both_runs(Foreign::http(SERVER), run).await;
}

/// Puts an object from memory, so that it is sent as it is, and reads it piece by piece.
async fn download(run: &Run, bucket: &str, content: Vec<u8>) -> String {
    let client = client_with_bucket(run, bucket).await;
    let put = client.put_object().bucket(bucket).key("large");
    let put = put.body(ByteStream::from(content.clone())).send().await;
    put.expect("it is put");
    let get = client.get_object().bucket(bucket).key("large").send().await;
    let mut body = get.expect("it is there").body;
    let mut chunks = Vec::new();
    while let Some(chunk) = body.next().await {
        chunks.push(chunk.expect("a chunk"));
    }
    assert!(chunks.len() > 1, "it is streamed");
    assert!(chunks.concat() == content, "what was sent comes back");
    "as sent".to_owned()
}

/// From a file it is sent as `aws-chunked`, with the checksum in a trailer of the body.
#[tokio::test]
async fn an_upload_from_a_file_is_replayed() {
    let run = async |run: Run| {
        let client = client_with_bucket(&run, "files").await;
        let mut file = tempfile::NamedTempFile::new().expect("a file can be made");
        file.write_all(&noise(LENGTH)).expect("it can be written");
        let body = ByteStream::from_path(file.path()).await;
        let put = client.put_object().bucket("files").key("large");
        let put = put.body(body.expect("the file is there")).send().await;
        let head = client
            .head_object()
            .bucket("files")
            .key("large")
            .send()
            .await;
        let head = head.expect("it is there");
        assert_eq!(head.content_length(), i64::try_from(LENGTH).ok());
        format!("{:#?}\n{head:#?}", put.expect("it is put"))
    };
    let recorded = both_runs(Foreign::https(SERVER), run).await;
    assert!(recorded.cassette().contains("x-amz-trailer"));
}
