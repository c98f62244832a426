use reqwest_middleware::ClientWithMiddleware;
use serde::Deserialize;
use serde_json::json;

use crate::api::{Api, Result, fetch};

/// Builds personas with a language model behind a chat-completions API.
#[derive(Clone, Debug)]
pub struct Personas {
    api: Api,
}

/// A made-up person.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Persona {
    /// In one word, what they are.
    pub kind: String,
    /// Their first name.
    pub name: String,
    /// Their age in years.
    pub age: u8,
    /// What they like.
    pub likes: Vec<String>,
}

#[derive(Deserialize)]
struct Completion {
    choices: Vec<Choice>,
}

#[derive(Deserialize)]
struct Choice {
    message: Message,
}

#[derive(Deserialize)]
struct Message {
    content: String,
}

impl Personas {
    const MODEL: &str = "demo-1";
    const INSTRUCTIONS: &str =
        "Answer with one JSON object that has the keys kind, name, age and likes.";

    /// Returns a builder that asks the API at `base`.
    #[must_use]
    pub fn new(client: ClientWithMiddleware, base: &str, key: &str) -> Self {
        let api = Api::new(client, base, key);
        Self { api }
    }

    /// Returns the persona that the model makes of a prompt.
    ///
    /// # Errors
    ///
    /// When the API cannot be reached, and when the model's answer is no persona.
    pub async fn from_prompt(&self, prompt: &str) -> Result<Persona> {
        let body = json!({
            "model": Self::MODEL,
            "messages": [
                { "role": "system", "content": Self::INSTRUCTIONS },
                { "role": "user", "content": prompt },
            ],
        });
        let request = self.api.post("/v1/chat/completions").json(&body);
        let completion: Completion = fetch(request).await?;
        let choice = completion.choices.first().ok_or("the model said nothing")?;
        Ok(serde_json::from_str(&choice.message.content)?)
    }
}
