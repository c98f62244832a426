//! An upload in parts.

use aws_sdk_s3::Client;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart};
use cassette_tests::{Foreign, Run};

use crate::aws::client_with_bucket;
use crate::{SERVER, both_runs, noise};

const BUCKET: &str = "parts";
/// All parts but the last have at least so much.
const PART: usize = 5 * 1024 * 1024;

#[tokio::test]
async fn an_upload_in_parts_is_replayed() {
    let recorded = both_runs(Foreign::https(SERVER), upload).await;
    let requests = recorded.requests();
    let parts = requests
        .iter()
        .filter(|request| request.contains("partNumber="));
    assert_eq!(parts.count(), 2, "{requests:#?}");
}

async fn upload(run: Run) -> String {
    let client = client_with_bucket(&run, BUCKET).await;
    let begun = client.create_multipart_upload().bucket(BUCKET).key("large");
    let begun = begun.send().await.expect("it begins");
    let id = begun.upload_id().expect("it has an id");
    let parts = [
        part(&client, id, 1, noise(PART)).await,
        part(&client, id, 2, b"the end".to_vec()).await,
    ];
    let parts = CompletedMultipartUpload::builder().set_parts(Some(parts.to_vec()));
    let completed = client
        .complete_multipart_upload()
        .bucket(BUCKET)
        .key("large");
    let completed = completed.upload_id(id).multipart_upload(parts.build());
    let completed = completed.send().await.expect("it is complete");
    let end = client.get_object().bucket(BUCKET).key("large");
    let end = end.range(format!("bytes={}-", PART - 1)).send().await;
    let end = end.expect("it is there").body.collect().await;
    let end = end.expect("it is whole").to_vec();
    assert_eq!(end.get(1..), Some(b"the end".as_slice()));
    format!("{begun:#?}\n{completed:#?}\n{end:?}")
}

async fn part(client: &Client, upload: &str, number: i32, bytes: Vec<u8>) -> CompletedPart {
    let part = client.upload_part().bucket(BUCKET).key("large");
    let part = part.upload_id(upload).part_number(number);
    let part = part.body(ByteStream::from(bytes)).send().await;
    let part = part.expect("the part is taken");
    let completed = CompletedPart::builder().part_number(number);
    completed.set_e_tag(part.e_tag().map(str::to_owned)).build()
}
