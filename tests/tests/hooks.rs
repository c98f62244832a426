//! The steps of a user's own, each at its point of an interaction's way, once for each, on copies.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use cassette_core::{Config, Interaction, Mode, Recorded, Repeat, Result};
use cassette_reqwest::{client, current, scope};
use cassette_tests::{Sandbox, Server, channel, echo, json};
use http::{Response, StatusCode};

/// Counts how often a step is taken, and says in the answer that it was.
fn marking(mark: &'static str) -> (Arc<AtomicUsize>, impl Fn(&mut Interaction) + Clone) {
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    let mark = move |interaction: &mut Interaction| {
        counted.fetch_add(1, Ordering::SeqCst);
        let response = interaction.response_mut().unwrap();
        let text = response.body().text().unwrap().to_owned();
        response.set_body(text + mark);
    };
    (count, mark)
}

async fn ask(server: &Server, paths: &[&str], config: Config) -> Result<Vec<String>> {
    scope("c", config, async {
        let mut texts = Vec::new();
        for path in paths {
            let answer = client().get(server.url(path)).send().await.unwrap();
            texts.push(answer.text().await.unwrap());
        }
        texts
    })
    .await
}

fn stored(sandbox: &Sandbox) -> Vec<String> {
    let cassette = sandbox.cassette("c.json");
    let interactions = cassette["interactions"].as_array().unwrap().iter();
    let text = |interaction: &serde_json::Value| {
        let body = &interaction["response"]["body"];
        body["text"].as_str().unwrap().to_owned()
    };
    interactions.map(text).collect()
}

#[tokio::test]
async fn each_step_is_taken_once_for_each_interaction_and_where_it_belongs() {
    let (sandbox, server) = (Sandbox::new(), Server::start(json(200, "0")));
    let steps = [marking("c"), marking("s"), marking("l"), marking("r")];
    let config = |mode| {
        let [capture, save, load, replay] = [0, 1, 2, 3].map(|step: usize| steps[step].1.clone());
        let config = sandbox.config(mode).repeat(Repeat::Last);
        config
            .on_capture(capture)
            .before_save(save)
            .on_load(load)
            .before_replay(replay)
    };
    let counts = || {
        steps
            .each_ref()
            .map(|(count, _)| count.swap(0, Ordering::SeqCst))
    };
    let recorded = ask(&server, &["/a", "/b"], config(Mode::Record))
        .await
        .unwrap();
    assert_eq!(recorded, ["0", "0"], "the test sees what came");
    assert_eq!(stored(&sandbox), ["0cs", "0cs"]);
    assert_eq!(counts(), [2, 2, 0, 0]);

    let file = sandbox.read("c.json");
    let played = ask(&server, &["/a", "/b", "/b"], config(Mode::Replay))
        .await
        .unwrap();
    assert_eq!(played, ["0cslr", "0cslr", "0cslr"]);
    assert_eq!(counts(), [0, 0, 2, 3]);
    assert_eq!(sandbox.read("c.json"), file);

    let updated = ask(&server, &["/a", "/b", "/new"], config(Mode::Update))
        .await
        .unwrap();
    assert_eq!(updated, ["0cslr", "0cslr", "0"]);
    assert_eq!(
        stored(&sandbox),
        ["0cs", "0cs", "0cs"],
        "what was there is not changed again"
    );
    assert_eq!(counts(), [1, 1, 2, 2]);

    ask(&server, &["/a"], config(Mode::Record)).await.unwrap();
    assert_eq!(
        counts(),
        [1, 1, 0, 0],
        "nothing of what was there is played"
    );
}

#[tokio::test]
async fn what_a_step_puts_in_is_masked_and_the_length_follows() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let config = sandbox.config(Mode::Record).on_capture(|interaction| {
        let request = interaction.request_mut();
        request
            .headers_mut()
            .insert("authorization", "Bearer the-key-of-a-step".parse().unwrap());
        let response = interaction.response_mut().unwrap();
        response.set_status(StatusCode::ACCEPTED);
        response
            .headers_mut()
            .insert("x-step", "taken".parse().unwrap());
        response.set_body(r#"{"password":"the-word-of-a-step"}"#.to_owned());
    });
    ask(&server, &["/"], config).await.unwrap();
    let text = sandbox.read("c.json");
    assert!(!text.contains("of-a-step"), "{text}");
    let response = &sandbox.cassette("c.json")["interactions"][0]["response"];
    assert_eq!(response["status"], 202);
    assert_eq!(response["headers"]["x-step"], "taken");
    assert_eq!(response["headers"]["content-length"], "25");
    assert_eq!(response["body"]["json"]["password"], "[REDACTED]");
}

#[tokio::test]
async fn a_step_may_ask_the_session_also_for_a_stream_that_is_open_at_the_end() {
    let sandbox = Sandbox::new();
    let server = Server::start_body(|_| async {
        let (sender, body) = channel();
        sender.send(Ok(Bytes::from("data: 1\n\n"))).unwrap();
        std::mem::forget(sender);
        let response = Response::builder().header("content-type", "text/event-stream");
        response.body(body).unwrap()
    });
    let seen = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&seen);
    let config = sandbox.config(Mode::Record).on_capture(move |interaction| {
        let _ = current().map(|session| session.len());
        assert!(matches!(interaction.recorded(), Recorded::Response(_)));
        counted.fetch_add(1, Ordering::SeqCst);
    });
    let kept = scope("c", config, async {
        let mut response = client().get(server.url("/")).send().await.unwrap();
        response.chunk().await.unwrap();
        response
    });
    let response = kept.await.unwrap();
    assert_eq!(seen.load(Ordering::SeqCst), 1);
    drop(response);
    assert_eq!(seen.load(Ordering::SeqCst), 1);
    assert_eq!(sandbox.requested("c.json"), ["/"]);
}

/// The shape of a token.
const TOKEN: &str = "ghp_0123456789abcdefABCDEF0123456789abcd";

#[tokio::test]
async fn a_step_that_leaves_a_token_does_not_let_the_recording_pass() {
    let (sandbox, server) = (
        Sandbox::new(),
        Server::start(|_| Response::new(Bytes::from(TOKEN))),
    );
    let config = || sandbox.config(Mode::Record);
    let refused = ask(&server, &["/"], config().on_capture(|_| {})).await;
    assert!(refused.unwrap_err().is_secret());
    let refused = ask(&server, &["/"], config().before_save(|_| {})).await;
    assert!(refused.unwrap_err().is_secret());
    assert!(!sandbox.exists("c.json"));

    let without_body = |interaction: &mut Interaction| {
        let response = interaction.response_mut().unwrap();
        response.set_body("nothing to see".to_owned());
    };
    let taken_out = ask(&server, &["/"], config().on_capture(without_body)).await;
    assert_eq!(taken_out.unwrap(), [TOKEN], "the test sees what came");
    assert_eq!(stored(&sandbox), ["nothing to see"]);
    ask(&server, &["/"], config().before_save(without_body))
        .await
        .unwrap();
    assert_eq!(stored(&sandbox), ["nothing to see"]);
}

#[tokio::test]
async fn a_token_that_a_step_puts_in_before_saving_refuses_the_recording() {
    let (sandbox, server) = (Sandbox::new(), Server::start(json(200, "0")));
    let config = sandbox.config(Mode::Record).before_save(|interaction| {
        let headers = interaction.request_mut().headers_mut();
        headers.insert("x-token", TOKEN.parse().unwrap());
    });
    let refused = ask(&server, &["/"], config).await.unwrap_err();
    assert!(refused.is_secret(), "{refused}");
    assert_eq!(sandbox.files(), ["c.rejected.json"]);
    assert!(!sandbox.read("c.rejected.json").contains(TOKEN));
}

#[tokio::test]
async fn what_is_saved_in_between_is_changed_once_and_what_fails_is_not_changed() {
    let (sandbox, server) = (Sandbox::new(), Server::start(json(200, "0")));
    let (count, mark) = marking("s");
    let asks_session = |_: &mut Interaction| {
        let _ = current().map(|session| session.len());
    };
    let config = || {
        let config = sandbox.config(Mode::Record).before_save(mark.clone());
        config.before_save(asks_session)
    };
    let flushed = scope("c", config(), async {
        for path in ["/a", "/b"] {
            client().get(server.url(path)).send().await.unwrap();
            current().unwrap().flush().unwrap();
        }
    });
    flushed.await.unwrap();
    assert_eq!(stored(&sandbox), ["0s", "0s"]);
    assert_eq!(count.swap(0, Ordering::SeqCst), 2);

    let file = sandbox.read("c.json");
    let failed = tokio::spawn(scope("c", config(), {
        let url = server.url("/a");
        async move {
            client().get(url).send().await.unwrap();
            panic!("as a test does that fails");
        }
    }));
    assert!(failed.await.unwrap_err().is_panic());
    assert_eq!(count.load(Ordering::SeqCst), 0);
    assert_eq!(sandbox.read("c.json"), file);
}

#[tokio::test]
async fn what_is_compared_with_a_changed_recording_is_changed_in_the_same_way() {
    let sandbox = Sandbox::new();
    let config = |mode| {
        let steps = [marking("c"), marking("s"), marking("l")];
        let [capture, save, load] = steps.map(|(_, step)| step);
        let config = sandbox.config(mode);
        config.on_capture(capture).before_save(save).on_load(load)
    };
    let server = Server::start(json(200, "0"));
    ask(&server, &["/"], config(Mode::Record)).await.unwrap();
    let same = ask(&server, &["/"], config(Mode::Verify)).await;
    assert_eq!(same.unwrap(), ["0csl"]);

    let port = server.port();
    server.stop();
    let server = Server::start_at(port, json(200, "1"));
    let drifted = ask(&server, &["/"], config(Mode::Verify)).await;
    let said = drifted.unwrap_err().to_string();
    assert!(said.contains("recorded: 0csl    actual: 1csl"), "{said}");
}

/// What is loaded is changed for this run; what is in the file is old all the same.
#[tokio::test]
async fn what_a_step_changes_of_what_is_loaded_does_not_make_it_new() {
    let (sandbox, server) = (Sandbox::new(), Server::start(json(401, "0")));
    let recorded = sandbox.config(Mode::Record).reject_status(["5xx"]);
    ask(&server, &["/a"], recorded).await.unwrap();
    let update = sandbox
        .config(Mode::Update)
        .reject_status(["401"])
        .on_load(|interaction| {
            let headers = interaction.request_mut().headers_mut();
            headers.insert("x-loaded", "yes".parse().unwrap());
        });
    let error = ask(&server, &["/a", "/b"], update).await.unwrap_err();
    let said = error.to_string();
    assert!(said.contains("interaction 2: 401 to GET"), "{said}");
    assert!(!said.contains("interaction 1"), "{said}");
    assert_eq!(server.hits(), 2);
    assert!(!sandbox.read("c.json").contains("x-loaded"));
}
