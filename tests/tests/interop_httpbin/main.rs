//! The real httpbin, asked twice: once through an open gate while recording, once through a closed
//! one while replaying. A client must not be able to tell the two apart.
#![cfg(feature = "interop")]

mod answers;
mod bodies;
mod case;
mod heads;
mod order;
mod secrets;

use cassette_reqwest::client_with;
use cassette_tests::visible_outcome;
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder};
use reqwest_middleware::{ClientWithMiddleware, RequestBuilder};

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
