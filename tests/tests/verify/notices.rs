//! The form that only reports, in a process of its own: what it says goes past the capture.

use cassette_reqwest::{cassette, client};
use cassette_tests::{Child, Sandbox, Server, json, url_of_parent};

use super::timeless;

#[cassette(on_drift = "warn")]
#[tokio::test]
#[ignore = "run by its parent"]
async fn reports_drift() {
    let response = client().get(url_of_parent("/")).send().await.unwrap();
    assert_eq!(response.text().await.unwrap(), r#"{"name":"ada"}"#);
}

#[test]
fn a_nightly_job_is_told_of_a_drift_and_passes() {
    let (sandbox, server) = (
        Sandbox::new(),
        Server::start(json(200, r#"{"name":"ada"}"#)),
    );
    let run = |mode: &str, server: &Server| {
        let child = Child::exactly("notices::reports_drift", &sandbox, &server.url(""));
        child.variable("CASSETTE_MODE", mode).run()
    };
    run("record", &server).expect_passed(1);
    let same = run("verify", &server);
    same.expect_passed(1);
    assert_eq!(same.stderr, "", "nothing to say");

    let port = server.port();
    server.stop();
    let server = Server::start_at(port, json(200, r#"{"name":"grace"}"#));
    let ran = run("verify", &server);
    ran.expect_passed(1);
    let said = cassette_tests::masked(&ran.stderr, &sandbox, &server.url(""));
    insta::assert_snapshot!(timeless(&said), @r#"
    cassette: 1 of 1 answer is no longer what was recorded

          cassette: [sandbox]/verify/notices/reports_drift.json (recorded … ago)
          mode: verify

          interaction 1: GET http://server/
              body /name    recorded: "ada"    actual: "grace"

      help: to record again, run `CASSETTE_MODE=record cargo test reports_drift`
      help: to let a place change, write `#[cassette(verify_ignore = ["/name"])]`
      help: to be told and not to fail, write `#[cassette(on_drift = "warn")]`
    "#);
}
