//! `async-openai`, which takes a plain `reqwest::Client`, against the npm package `openai-mock-api`:
//! asked once while recording, once with the server gone.

use async_openai::Client;
use async_openai::config::OpenAIConfig;
use async_openai::error::OpenAIError;
use async_openai::types::chat::{
    ChatCompletionRequestMessage, ChatCompletionRequestUserMessage, CreateChatCompletionRequest,
};
use cassette_core::{Mode, scope};
use cassette_reqwest::plain_client_builder;
use cassette_tests::{Foreign, Recorded, Run, Sandbox};
use futures_util::StreamExt;

const SERVER: &str = "CASSETTE_INTEROP_OPENAI";

/// The key that `tests/interop/openai.yaml` asks for.
const KEY: &str = "sk-interop-4f9a1c7e2b8d6053";

#[tokio::test]
async fn a_completion_is_replayed_without_the_server_and_the_key() {
    let recorded = both_runs(async |client| {
        let completion = client.chat().create(asking("Say good day.")).await;
        format!("{:#?}", completion.expect("the model answers"))
    });
    let recorded = recorded.await;
    assert_eq!(recorded.requests(), ["POST /v1/chat/completions"]);
    assert!(recorded.cassette().contains("Good day to you"));
}

#[tokio::test]
async fn a_streamed_completion_is_replayed_event_by_event() {
    let recorded = both_runs(async |client| {
        let events = client.chat().create_stream(asking("Say good day.")).await;
        let events: Vec<_> = events.expect("the stream begins").collect().await;
        assert_eq!(events.len(), WORDS + 2, "a role, words, a reason to stop");
        let events = events.iter().map(|event| event.as_ref().expect("an event"));
        events.map(|event| format!("{event:?}\n")).collect()
    });
    let recorded = recorded.await;
    assert_eq!(recorded.requests(), ["POST /v1/chat/completions"]);
    assert!(recorded.cassette().contains("\"split\": "), "in its chunks");
}

/// Those of `tests/interop/openai.yaml`.
const WORDS: usize = 10;

#[tokio::test]
async fn a_call_of_a_tool_is_replayed() {
    let recorded = both_runs(async |client| {
        let request = asking("What is the weather in Oslo?");
        let completion = client.chat().create(request).await;
        let completion = completion.expect("the model answers");
        let message = &completion.choices[0].message;
        assert!(message.tool_calls.is_some(), "{message:?}");
        format!("{completion:#?}")
    });
    assert!(recorded.await.cassette().contains("call_of_the_weather"));
}

#[tokio::test]
async fn an_error_of_the_api_is_replayed_as_one() {
    let recorded = both_runs(async |client| {
        let completion = client.chat().create(asking("Nobody has an answer.")).await;
        let error = completion.expect_err("the server knows no answer");
        assert!(matches!(error, OpenAIError::ApiError(_)), "{error:?}");
        format!("{error:?}")
    });
    assert_eq!(recorded.await.requests(), ["POST /v1/chat/completions"]);
}

/// The server gives each an id, and is asked the same twice.
#[tokio::test]
async fn several_completions_keep_their_order() {
    let recorded = both_runs(async |client| {
        let mut text = String::new();
        for _ in 0..2 {
            let completion = client.chat().create(asking("Say good day.")).await;
            let completion = completion.expect("the model answers");
            text += &format!("{} {}\n", completion.id, completion.created);
        }
        text
    });
    assert_eq!(recorded.await.requests().len(), 2);
}

#[tokio::test]
async fn what_was_not_recorded_fails_with_the_report() {
    let sandbox = Sandbox::new();
    scope("c", sandbox.config(Mode::Record), async {})
        .await
        .expect("an empty recording is none");
    let replayed = scope("c", sandbox.config(Mode::Replay), async {
        let client = client("http://127.0.0.1:1", "no key");
        client.chat().create(asking("Say good day.")).await
    });
    let error = replayed.await.expect_err("nothing was recorded");
    assert!(
        error.to_string().contains("/v1/chat/completions"),
        "{error}"
    );
}

/// Runs it with the key while recording, and with another one in the replay.
async fn both_runs(run: impl AsyncFn(Client<OpenAIConfig>) -> String) -> Recorded {
    let run = async |Run {
                         base, is_replay, ..
                     }| {
        let key = if is_replay { "no key at all" } else { KEY };
        run(client(&base, key)).await
    };
    let recorded = Foreign::http(SERVER).both_runs(run).await;
    recorded.expect_without(&[KEY]);
    recorded
}

/// The one line that a user writes is the last one's.
fn client(base: &str, key: &str) -> Client<OpenAIConfig> {
    let config = OpenAIConfig::new()
        .with_api_base(format!("{base}/v1"))
        .with_api_key(key);
    let plain = plain_client_builder()
        .build()
        .expect("the client can be built");
    Client::with_config(config).with_http_client(plain)
}

fn asking(question: &str) -> CreateChatCompletionRequest {
    let message = ChatCompletionRequestUserMessage::from(question);
    CreateChatCompletionRequest {
        model: "gpt-4".to_owned(),
        messages: vec![ChatCompletionRequestMessage::User(message)],
        ..Default::default()
    }
}
