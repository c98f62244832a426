use std::process::Command;

use crate::both_runs;

/// Python with its library `requests`, as `tests/interop.sh` installs it.
#[expect(
    clippy::disallowed_methods,
    reason = "the path of a program comes from the script that installed it"
)]
fn python(script: &str) -> Command {
    let python = std::env::var("CASSETTE_INTEROP_PYTHON")
        .expect("CASSETTE_INTEROP_PYTHON is set: run these tests by `tests/interop.sh`");
    let mut python = Command::new(python);
    python.args(["-c", script]);
    python
}

/// Runs a script with the origins of both servers as its arguments.
async fn check(script: &str, expected: &str, paths: &[&str]) {
    let (text, asked) = both_runs(|plain, secure| {
        let mut python = python(script);
        python.args([plain, secure]);
        python
    })
    .await;
    assert_eq!(text, expected);
    assert_eq!(asked, paths);
}

#[tokio::test]
async fn requests_is_recorded_and_replayed_without_the_servers() {
    let script = r#"
import requests, sys
for origin in sys.argv[1:]:
    answer = requests.post(origin + "/ask", data="a question", timeout=30)
    print(answer.status_code, answer.text)
"#;
    let expected = "200 POST /ask a question\n200 POST /ask a question\n";
    check(script, expected, &["/ask", "/ask"]).await;
}

#[tokio::test]
async fn a_session_of_requests_keeps_its_cookies_and_follows_redirects() {
    let script = r#"
import requests, sys
with requests.Session() as session:
    for origin in sys.argv[1:]:
        session.cookies.clear()
        print(session.get(origin + "/inside", timeout=30).status_code)
        session.get(origin + "/login", timeout=30).raise_for_status()
        print(session.get(origin + "/inside", timeout=30).status_code)
        answer = session.get(origin + "/from", timeout=30)
        print(len(answer.history), answer.text)
"#;
    let expected = "403\n200\n1 GET /to \n".repeat(2);
    let paths = ["/inside", "/login", "/inside", "/from", "/to"];
    check(script, &expected, &[paths, paths].concat()).await;
}

#[tokio::test]
async fn urllib_is_recorded_too() {
    let script = r#"
import sys, urllib.request
for origin in sys.argv[1:]:
    print(urllib.request.urlopen(origin + "/ask", timeout=30).read().decode())
"#;
    check(script, "GET /ask \nGET /ask \n", &["/ask", "/ask"]).await;
}
