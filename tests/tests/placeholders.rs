//! What a placeholder stands for in a replay: any value of a request; and of an answer, something that
//! a test may fail for want of.
//!
//! What is masked here is masked by hand, so that it is in a place that the rules do not know.

use bytes::Bytes;
use cassette_core::{Mode, Order};
use cassette_reqwest::{cassette, client, scope};
use cassette_tests::{
    Child, Ran, Sandbox, Server, count, echo, masked, parent_variable, url_of_parent,
};
use http::{Request, Response};
use reqwest_middleware::RequestBuilder;
use serde_json::{Value, json};

/// Asks with a key somewhere.
type Ask = fn(&Server, &str) -> RequestBuilder;

const PLACES: [(&str, Ask); 7] = [
    ("path", |server, key| {
        client().get(server.url(&format!("/bot{key}/send")))
    }),
    ("query", |server, key| {
        client().get(server.url(&format!("/?page=1&sid={key}")))
    }),
    ("json", |server, key| {
        let body = json!({ "pin": key, "list": [1.5, format!("pin: {key}.")] });
        client().post(server.url("/")).json(&body)
    }),
    ("form", |server, key| {
        let form = "application/x-www-form-urlencoded";
        let request = client().post(server.url("/")).header("content-type", form);
        request.body(format!("page=1&pin={key}"))
    }),
    ("part", |server, key| {
        let kind = "multipart/form-data; boundary=b";
        let request = client().post(server.url("/")).header("content-type", kind);
        let head = "--b\r\ncontent-disposition: form-data; name=pin\r\n\r\n";
        request.body(format!("{head}{key}\r\n--b--\r\n"))
    }),
    ("text", |server, key| {
        client()
            .post(server.url("/"))
            .body(format!("pin\n{key}\nend"))
    }),
    ("bytes", |server, key| {
        let body = [b"\xff", key.as_bytes(), b"\xfe"].concat();
        client().post(server.url("/")).body(body)
    }),
];

/// Sends these requests one after another, and returns the answers.
async fn send(requests: impl IntoIterator<Item = RequestBuilder>) -> Vec<String> {
    let mut answers = Vec::new();
    for request in requests {
        let answer = request.send().await.unwrap();
        answers.push(answer.text().await.unwrap());
    }
    answers
}

async fn record(sandbox: &Sandbox, requests: impl IntoIterator<Item = RequestBuilder>) {
    let answers = scope("c", sandbox.config(Mode::Record), send(requests));
    answers.await.unwrap();
}

/// Writes a placeholder in place of each of these in the cassette.
fn mask(sandbox: &Sandbox, secrets: &[&str]) {
    let mut text = sandbox.read("c.json");
    for secret in secrets {
        assert!(text.contains(secret), "{text}");
        text = text.replace(secret, "[REDACTED]");
    }
    sandbox.write("c.json", text);
}

#[tokio::test]
async fn what_was_recorded_with_one_key_is_replayed_with_another_and_with_none() {
    for (place, ask) in PLACES {
        let (sandbox, server) = (Sandbox::new(), Server::start(count()));
        // Bytes that are no text are stored in base64, where nothing is masked by hand.
        let recorded = if place == "bytes" {
            "[REDACTED]"
        } else {
            "ada-q7eleven"
        };
        record(&sandbox, [ask(&server, recorded)]).await;
        if place != "bytes" {
            mask(&sandbox, &[recorded]);
        }
        for key in ["ada-q7eleven", "grace-1", "a%20\"b", ""] {
            let replay = scope("c", sandbox.config(Mode::Replay), send([ask(&server, key)]));
            assert_eq!(replay.await.unwrap(), ["0"], "{place} {key}");
        }
        assert_eq!(server.hits(), 1);
    }
}

#[tokio::test]
async fn a_placeholder_that_a_request_brings_matches_what_was_recorded() {
    for (place, ask) in PLACES {
        let (sandbox, server) = (Sandbox::new(), Server::start(count()));
        record(&sandbox, [ask(&server, "ada-q7eleven")]).await;
        let request = ask(&server, "[REDACTED]");
        let replay = scope("c", sandbox.config(Mode::Replay), send([request]));
        assert_eq!(replay.await.unwrap(), ["0"], "{place}");
    }
}

#[tokio::test]
async fn what_is_known_of_a_request_still_decides() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let ask = |key: &str, name: &str| {
        let url = server.url(&format!("/bot{key}/send?sid={key}&name={name}"));
        client()
            .post(url)
            .json(&json!({ "pin": key, "name": name }))
    };
    record(&sandbox, [ask("q7eleven", "ada")]).await;
    mask(&sandbox, &["q7eleven"]);
    let replay = scope("c", sandbox.config(Mode::Replay), async {
        ask("0815", "grace").send().await.unwrap_err().to_string()
    });
    let error = replay.await.unwrap_err();
    assert!(error.is_unmatched(), "{error}");
    insta::assert_snapshot!(masked(&error.to_string(), &sandbox, &server.url("")), @r#"
    no recorded interaction matches this request

        POST http://server/bot0815/send?sid=0815&name=grace
        cassette: [sandbox]/c.json (1 interaction, 0 already played)
        mode: replay   matching on: method, url, body

    closest is interaction 1; it differs in 2 places

        query name    recorded: ada      actual: grace
        body /name    recorded: "ada"    actual: "grace"

    help: to record again, run it with `CASSETTE_MODE=record`
    help: to add it to the recording, run it with `CASSETTE_MODE=update`
    "#);
}

#[tokio::test]
async fn answers_come_in_their_order_and_go_first_to_who_asks_exactly() {
    let (sandbox, server) = (Sandbox::new(), Server::start(count()));
    let ask = |key: &str| client().get(server.url(&format!("/{key}")));
    record(
        &sandbox,
        ["k-q7eleven", "k-q7eleven", "k-other", "x"].map(ask),
    )
    .await;
    mask(&sandbox, &["q7eleven"]);
    let replay = |order, keys: [&'static str; 4]| {
        let config = sandbox.config(Mode::Replay).order(order);
        scope("c", config, send(keys.map(ask)))
    };
    let answers = replay(Order::Any, ["k-other", "k-1", "k-2", "x"]).await;
    assert_eq!(answers.unwrap(), ["2", "0", "1", "3"]);
    let answers = replay(Order::Strict, ["k-1", "k-2", "k-other", "x"]).await;
    assert_eq!(answers.unwrap(), ["0", "1", "2", "3"]);
    assert_eq!(server.hits(), 4);
}

#[tokio::test]
async fn an_update_records_nothing_that_a_placeholder_answers() {
    let (sandbox, server) = (Sandbox::new(), Server::start(count()));
    let ask = |key: &str| client().get(server.url(&format!("/{key}")));
    record(&sandbox, ["k-q7eleven", "a"].map(ask)).await;
    mask(&sandbox, &["q7eleven"]);
    let update = scope(
        "c",
        sandbox.config(Mode::Update),
        send(["k-1", "b"].map(ask)),
    );
    assert_eq!(update.await.unwrap(), ["0", "2"]);
    let paths = ["/k-[REDACTED]", "/b", "/a"];
    assert_eq!(sandbox.requested("c.json"), paths);
}

#[tokio::test]
async fn recorded_again_a_masked_request_keeps_its_place() {
    let (sandbox, server) = (
        Sandbox::new(),
        Server::start(|_| Response::new(Bytes::new())),
    );
    let ask = |key: &str| client().get(server.url(&format!("/{key}")));
    record(&sandbox, ["k-q7eleven", "a"].map(ask)).await;
    mask(&sandbox, &["q7eleven"]);
    record(&sandbox, ["a", "k-1"].map(ask)).await;
    assert_eq!(sandbox.requested("c.json"), ["/k-1", "/a"]);
}

/// Gives tokens, and echoes what else it is asked.
fn login(request: Request<Bytes>) -> Response<Bytes> {
    if request.uri().path() != "/login" {
        return echo(request);
    }
    let body = json!({ "access_token": "token-of-ada", "expires_in": 3600 });
    Response::builder()
        .header("content-type", "application/json")
        .header("set-cookie", "session=cookie-of-ada; Path=/")
        .body(body.to_string().into())
        .unwrap()
}

async fn token() -> String {
    let answer = client().get(url_of_parent("/login")).send().await.unwrap();
    let answer: Value = answer.json().await.unwrap();
    answer["access_token"].as_str().unwrap().to_owned()
}

#[cassette]
#[tokio::test]
#[ignore = "run by its parent"]
async fn uses_a_token() -> Result<(), String> {
    let token = token().await;
    match parent_variable("TEST_ENDING").as_str() {
        "panic" => assert_eq!(token, "token-of-ada"),
        "error" if token != "token-of-ada" => return Err("no such token".to_owned()),
        "miss" => {
            let url = url_of_parent(&format!("/length/{}", token.len()));
            drop(client().get(url).send().await);
        }
        _ => {}
    }
    Ok(())
}

/// Records a test that uses a token, and replays it, where there is none.
fn replayed(ending: &str) -> (Ran, String) {
    let (sandbox, server) = (Sandbox::new(), Server::start(login));
    let origin = server.url("");
    let child =
        || Child::exactly("uses_a_token", &sandbox, &origin).variable("TEST_ENDING", ending);
    child().run().expect_passed(1);
    server.stop();
    let replayed = child().run();
    let told = masked(&replayed.stderr, &sandbox, &origin);
    (replayed, told)
}

#[test]
fn a_replay_that_passes_says_nothing_of_placeholders() {
    let (replayed, told) = replayed("well");
    replayed.expect_passed(1);
    assert_eq!(told, "");
}

#[test]
fn a_replay_that_panics_lists_the_placeholders_it_was_given() {
    let (replayed, told) = replayed("panic");
    replayed.expect_failed();
    insta::assert_snapshot!(told, @"
    cassette: the answers held placeholders where secrets had been

          interaction 1 (GET http://server/login): header set-cookie, body /access_token
    ");
}

#[test]
fn a_replay_that_returns_an_error_lists_the_placeholders_it_was_given() {
    let (replayed, told) = replayed("error");
    replayed.expect_failed();
    assert!(replayed.stdout.contains("no such token"), "{replayed:#?}");
    insta::assert_snapshot!(told, @"
    cassette: the answers held placeholders where secrets had been

          interaction 1 (GET http://server/login): header set-cookie, body /access_token
    ");
}

#[test]
fn a_miss_after_placeholders_lists_them_too() {
    let (replayed, told) = replayed("miss");
    replayed.expect_failed();
    let report = replayed.panic();
    assert!(
        report.starts_with("no recorded interaction matches"),
        "{report}"
    );
    insta::assert_snapshot!(told, @"
    cassette: the answers held placeholders where secrets had been

          interaction 1 (GET http://server/login): header set-cookie, body /access_token
    ");
}

#[tokio::test]
async fn in_a_scope_the_error_lists_them() {
    let (sandbox, server) = (Sandbox::new(), Server::start(login));
    let run = |mode, path: &str| {
        let requests = ["/login", path].map(|path| client().get(server.url(path)));
        scope("c", sandbox.config(mode), async {
            for request in requests {
                drop(request.send().await);
            }
        })
    };
    run(Mode::Record, "/a").await.unwrap();
    let error = run(Mode::Replay, "/b").await.unwrap_err().to_string();
    let (_, note) = error.split_once("\n\nnote: ").unwrap();
    insta::assert_snapshot!(masked(note, &sandbox, &server.url("")), @"
    the answers held placeholders where secrets had been

        interaction 1 (GET http://server/login): header set-cookie, body /access_token
    ");
}
