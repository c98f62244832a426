//! A persona builder against a chat-completions API: one POST whose body decides what is answered.
//!
//! The cassette is `cassettes/personas/builds_a_gamer_persona.json`. What to look at in it: the prompt stands in the
//! request's body, the answer in the response's, and in place of the key there is `[REDACTED]`.

use cassette_examples::{ApiServer, Personas, Result};
use cassette_reqwest::cassette;

#[cassette]
#[tokio::test]
async fn builds_a_gamer_persona() -> Result<()> {
    let client = cassette_reqwest::client();
    // Used when recording only: `cargo run --example api-server` listens there.
    let personas = Personas::new(client, ApiServer::DEMO_URL, ApiServer::KEY);

    let persona = personas.from_prompt("Create a gamer persona").await?;

    assert_eq!(persona.kind, "gamer");
    assert_eq!(persona.age, 25);
    Ok(())
}
