//! Large parts of a multipart body: they go to files, the fields beside them stay readable.

use std::fs;

use cassette_core::{Error, Mode};
use cassette_reqwest::{client, scope};
use cassette_tests::{Sandbox, Server, json as answer};
use reqwest::multipart::{Form, Part};
use serde_json::json;

use crate::limits::bodies;

fn form(upload: &[u8]) -> Form {
    let file = Part::bytes(upload.to_vec()).file_name("large.bin");
    Form::new().text("title", "Ada").part("upload", file)
}

async fn send(sandbox: &Sandbox, server: &Server, mode: Mode, upload: &[u8]) -> Result<(), Error> {
    let request = client().post(server.url("/")).multipart(form(upload));
    let session = scope("c", sandbox.config(mode).body_limit(16), async {
        drop(request.send().await);
    });
    session.await
}

#[tokio::test]
async fn a_large_part_goes_to_a_file_and_the_fields_stay_readable() {
    let (sandbox, server) = (Sandbox::new(), Server::start(answer(200, "{}")));
    let large: Vec<u8> = (0..=255).collect();
    send(&sandbox, &server, Mode::Record, &large).await.unwrap();
    send(&sandbox, &server, Mode::Replay, &large).await.unwrap();
    assert_eq!(server.hits(), 1);
    let names = bodies(&sandbox);
    assert_eq!(names.len(), 1);
    assert_eq!(fs::read(sandbox.path().join(&names[0])).unwrap(), large);
    let body = &sandbox.cassette("c.json")["interactions"][0]["request"]["body"];
    assert_eq!(body["parts"][0]["body"], json!({ "text": "Ada" }));
    assert_eq!(body["parts"][1]["body"], json!({ "file": names[0] }));

    let error = send(&sandbox, &server, Mode::Replay, b"something else").await;
    let report = error.unwrap_err().to_string();
    assert!(report.contains("part \"upload\" body"), "{report}");
}

#[tokio::test]
async fn a_large_part_recorded_again_keeps_or_changes_its_file() {
    let (sandbox, server) = (Sandbox::new(), Server::start(answer(200, "{}")));
    let record = async |upload: &[u8]| {
        send(&sandbox, &server, Mode::Record, upload).await.unwrap();
        (bodies(&sandbox), sandbox.read("c.json"))
    };
    let first = record(b"the first large upload").await;
    assert_eq!(record(b"the first large upload").await, first);
    let (second, _) = record(b"the second large upload").await;
    assert!(second.len() == 1 && second != first.0);
    assert_eq!(record(b"small").await.0.len(), 0);
}

#[tokio::test]
async fn a_missing_file_of_a_part_is_named() {
    let (sandbox, server) = (Sandbox::new(), Server::start(answer(200, "{}")));
    let upload = b"a large upload of a form";
    send(&sandbox, &server, Mode::Record, upload).await.unwrap();
    let name = bodies(&sandbox).remove(0);
    fs::remove_file(sandbox.path().join(&name)).unwrap();
    let error = send(&sandbox, &server, Mode::Replay, upload)
        .await
        .unwrap_err();
    assert!(
        error.is_format() && error.to_string().contains(&name),
        "{error}"
    );
}
