use cassette_reqwest::cassette;

#[cassette(mode = "once")]
async fn gamer() {}

fn main() {}
