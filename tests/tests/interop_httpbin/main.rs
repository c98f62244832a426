//! The real httpbin, asked twice: once through an open gate while recording, once through a closed
//! one while replaying. A client must not be able to tell the two apart.
#![cfg(feature = "interop")]

mod answers;
mod bodies;
mod case;
mod coded;
mod failures;
mod heads;
mod order;
mod redirects;
mod secrets;
mod streams;

use cassette_reqwest::client_with;
use cassette_tests::visible_outcome;
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder};
use reqwest_middleware::{ClientWithMiddleware, RequestBuilder};
use serde_json::Value;

fn built(builder: ClientBuilder) -> ClientWithMiddleware {
    client_with(builder).expect("the client can be built")
}

fn staying() -> ClientWithMiddleware {
    built(Client::builder().redirect(Policy::none()))
}

/// Sends a request and shows all of its outcome.
async fn see(request: RequestBuilder) -> String {
    visible_outcome(request.send().await).await
}

async fn see_all(client: &ClientWithMiddleware, base: &str, paths: &[&str]) -> String {
    let mut text = String::new();
    for path in paths {
        text += &see(client.get(format!("{base}{path}"))).await;
    }
    text
}

/// The interactions of a cassette, one behind the other.
fn interactions(cassette: &str) -> Vec<Value> {
    let cassette: Value = serde_json::from_str(cassette).expect("a cassette is JSON");
    let interactions = cassette["interactions"].as_array();
    interactions.expect("a cassette has interactions").clone()
}

/// The bodies of the answers in a cassette, in the form in which it has them.
fn answered_bodies(cassette: &str) -> Vec<Value> {
    let interactions = interactions(cassette).into_iter();
    interactions
        .map(|interaction| interaction["response"]["body"].clone())
        .collect()
}

/// The only form among those of a body, notes left out.
fn form(body: &Value) -> &str {
    const FORMS: [&str; 6] = ["json", "text", "base64", "chunks", "parts", "file"];
    let mut forms = FORMS.into_iter().filter(|form| body.get(form).is_some());
    let form = forms.next().unwrap_or("none");
    assert_eq!(forms.next(), None, "one form: {body}");
    form
}
