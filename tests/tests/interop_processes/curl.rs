use std::process::Command;

use cassette_reqwest::Mode;
use cassette_tests::{Refusing, Sandbox};

use crate::{FILE, Servers, both_runs, proxy, run};

/// It reads no configuration, and waits for nothing for ever.
fn curl() -> Command {
    let mut curl = Command::new("curl");
    curl.args(["--disable", "--silent", "--show-error", "--max-time", "30"]);
    curl
}

#[tokio::test]
async fn it_is_recorded_and_replayed_without_the_servers() {
    let (text, asked) = both_runs(|plain, secure| {
        let mut curl = curl();
        curl.args(["--fail", "--data", "a question"]);
        curl.args([plain, secure].map(|origin| format!("{origin}/ask")));
        curl
    })
    .await;
    assert_eq!(text, "POST /ask a questionPOST /ask a question");
    assert_eq!(asked, ["/ask", "/ask"]);
}

#[tokio::test]
async fn its_redirects_are_interactions() {
    let (text, asked) = both_runs(|plain, secure| {
        let mut curl = curl();
        curl.args(["--fail", "--location"]);
        curl.args([plain, secure].map(|origin| format!("{origin}/from")));
        curl
    })
    .await;
    assert_eq!(text, "GET /to GET /to ");
    assert_eq!(asked, ["/from", "/to", "/from", "/to"]);
}

#[tokio::test]
async fn its_cookies_are_its_own() {
    let (text, _) = both_runs(|_, secure| {
        let mut curl = curl();
        // An empty file: cookies are kept, and none is read.
        curl.args(["--fail", "--cookie", ""]);
        curl.args(["/login", "/inside"].map(|path| format!("{secure}{path}")));
        curl
    })
    .await;
    assert_eq!(text, "GET /login GET /inside ");
}

#[tokio::test]
async fn it_speaks_http_2_with_the_proxy() {
    let (text, _) = both_runs(|_, secure| {
        let mut curl = curl();
        curl.args(["--fail", "--http2", "--write-out", "%{http_version}"]);
        curl.arg(format!("{secure}/ask"));
        curl
    })
    .await;
    assert_eq!(text, "GET /ask 2");
}

#[tokio::test]
async fn a_miss_is_an_answer_with_the_report() {
    let (sandbox, servers) = (Sandbox::new(), Servers::start());
    let ask = async |path: &str| {
        let mut curl = curl();
        curl.args(["--write-out", "%{http_code}"]);
        curl.arg(servers.plain.url(path))
            .envs(proxy().env().unwrap());
        crate::wrote(&mut curl)
    };
    run(&sandbox, Mode::Record, async || ask("/a").await)
        .await
        .unwrap();
    let missed = run(&sandbox, Mode::Replay, async || {
        let text = ask("/b").await;
        assert!(
            text.starts_with("no recorded interaction matches"),
            "{text}"
        );
        assert!(text.ends_with("501"), "{text}");
    });
    assert!(missed.await.unwrap_err().is_unmatched());
    assert_eq!(servers.hits(), 1);
}

#[tokio::test]
async fn a_server_that_refuses_gives_it_no_answer_in_both_runs() {
    let (sandbox, refusing) = (Sandbox::new(), Refusing::new());
    let ask = async || {
        let mut curl = curl();
        curl.arg(refusing.url("/")).envs(proxy().env().unwrap());
        curl.output().unwrap().status.code()
    };
    for mode in [Mode::Record, Mode::Replay] {
        let empty_reply = Some(52);
        assert_eq!(run(&sandbox, mode, ask).await.unwrap(), empty_reply);
    }
    let stored = &sandbox.cassette(FILE)["interactions"][0]["error"];
    assert_eq!(stored["kind"], "connect");
}

#[tokio::test]
async fn one_that_trusts_others_only_is_told_of() {
    let (sandbox, servers) = (Sandbox::new(), Servers::start());
    let foreign = sandbox.path().join("foreign.pem");
    sandbox.write("foreign.pem", servers.secure.certificate_pem());
    let ask = async || {
        let mut curl = curl();
        curl.envs(proxy().env().unwrap())
            .arg("--cacert")
            .arg(&foreign);
        curl.arg(servers.secure.url("/"))
            .output()
            .unwrap()
            .status
            .code()
    };
    let untrusted = Some(60);
    assert_eq!(run(&sandbox, Mode::Record, ask).await.unwrap(), untrusted);
    // What was recorded is not asked for, so that the test fails.
    let trusting = async || {
        let mut curl = curl();
        curl.arg(servers.plain.url("/"))
            .envs(proxy().env().unwrap());
        crate::wrote(&mut curl)
    };
    run(&sandbox, Mode::Record, trusting).await.unwrap();
    let failed = run(&sandbox, Mode::Replay, ask);
    let error = failed.await.unwrap_err().to_string();
    assert!(
        error.contains("did not take the test's proxy for 127.0.0.1"),
        "{error}"
    );
    assert!(
        error.contains("give another program `Proxy::env()`"),
        "{error}"
    );
}
