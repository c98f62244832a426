//! What is learned from the environment of the process itself.

use cassette_core::Config;
use cassette_reqwest::{client, scope};
use cassette_tests::{
    Child, RawServer, Sandbox, chunk, last_chunk, parent_variable, url_of_parent,
};

use crate::search::find;

const SECRET: &str = "tr0ub4dor&3-of-the-process";

#[tokio::test]
#[ignore = "run by its parent"]
async fn records_with_a_key_in_the_environment() {
    let key = parent_variable("ACME_API_KEY");
    let recording = scope("c", Config::new(), async {
        let request = client().post(url_of_parent("/echo")).body(key.clone());
        let answer = request.send().await.unwrap().text().await.unwrap();
        assert_eq!(answer, key, "the test sees the real answer");
    });
    recording.await.unwrap();
}

#[test]
fn a_key_in_the_environment_of_the_process_is_masked() {
    let (sandbox, server) = (
        Sandbox::new(),
        RawServer::start(async |mut connection| {
            while let Some(request) = connection.request().await {
                let head = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
                connection
                    .write([head, &chunk(&request.body)[..], &last_chunk()].concat())
                    .await;
            }
        }),
    );
    let child = Child::exactly(
        "process::records_with_a_key_in_the_environment",
        &sandbox,
        &server.url(""),
    );
    let ran = child
        .variable("ACME_API_KEY", SECRET)
        .variable("RUST_TEST_NOCAPTURE", "1")
        .run();
    ran.expect_passed(1);
    assert_eq!(find(SECRET, sandbox.read("c.json").as_bytes()), None);
    assert_eq!(find(SECRET, (ran.stdout + &ran.stderr).as_bytes()), None);
}
