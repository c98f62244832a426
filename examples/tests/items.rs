//! A paginated listing: each request depends on the answer before it.
//!
//! The cassette is `cassettes/items/collects_every_page.json`. What to look at in it: the `next_cursor` of one response
//! is the `cursor` of the next request, and the last one is `null`. Cursors are no secrets, so they stay as they are.

use cassette_examples::{ApiServer, Items, Result};
use cassette_reqwest::cassette;

#[cassette]
#[tokio::test]
async fn collects_every_page() -> Result<()> {
    let client = cassette_reqwest::client();
    // Used when recording only: `cargo run --example api-server` listens there.
    let items = Items::new(client, ApiServer::DEMO_URL, ApiServer::KEY);

    let all = items.all().await?;

    let names: Vec<&str> = all.iter().map(|item| item.name.as_str()).collect();
    assert_eq!(
        names,
        ["anvil", "bellows", "chisel", "drill", "easel", "file"]
    );
    Ok(())
}
