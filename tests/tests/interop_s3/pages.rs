//! Lists of objects, page by page.

use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{Delete, ObjectIdentifier};
use cassette_tests::{Foreign, Run};

use crate::aws::client_with_bucket;
use crate::{SERVER, both_runs};

#[tokio::test]
async fn a_list_is_replayed_page_by_page() {
    let recorded = both_runs(Foreign::https(SERVER), pages).await;
    let requests = recorded.requests();
    let lists = requests
        .iter()
        .filter(|request| request.contains("list-type=2"));
    assert_eq!(lists.count(), 3, "{requests:#?}");
    let further = requests
        .iter()
        .filter(|request| request.contains("continuation-token"));
    assert_eq!(further.count(), 2, "{requests:#?}");
}

async fn pages(run: Run) -> String {
    let client = client_with_bucket(&run, "pages").await;
    for number in 0..5 {
        let put = client
            .put_object()
            .bucket("pages")
            .key(format!("{number} & more"));
        let put = put.body(ByteStream::from_static(b"a page")).send().await;
        put.expect("it is put");
    }
    let pages = client.list_objects_v2().bucket("pages").max_keys(2);
    let mut pages = pages.into_paginator().send();
    let mut text = String::new();
    let mut keys = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.expect("a page");
        text += &format!("{page:#?}\n");
        keys.extend(
            page.contents()
                .iter()
                .filter_map(|object| object.key().map(str::to_owned)),
        );
    }
    assert_eq!(
        keys,
        ["0 & more", "1 & more", "2 & more", "3 & more", "4 & more"]
    );
    text
}

/// The body of the request is XML, and has a checksum in a header.
#[tokio::test]
async fn several_objects_are_deleted_at_once() {
    let run = async |run: Run| {
        let client = client_with_bucket(&run, "deletes").await;
        let objects = ["a", "b"].map(|key| ObjectIdentifier::builder().key(key).build());
        let objects = objects.map(|object| object.expect("it has a key"));
        let objects = Delete::builder()
            .set_objects(Some(objects.to_vec()))
            .build();
        let deleted = client.delete_objects().bucket("deletes");
        let deleted = deleted
            .delete(objects.expect("there are some"))
            .send()
            .await;
        format!("{:#?}", deleted.expect("they are deleted"))
    };
    both_runs(Foreign::https(SERVER), run).await;
}
