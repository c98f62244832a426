use cassette_reqwest::{cassette, unrecorded};

#[cassette]
#[unrecorded]
async fn first() {}

#[unrecorded]
#[cassette]
async fn last() {}

#[unrecorded("localhost:*")]
fn blocking() {}

fn main() {}
