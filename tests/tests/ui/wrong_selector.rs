use cassette_reqwest::cassette;

#[cassette(redact = ["pin", "body:pin"])]
async fn gamer() {}

fn main() {}
