use cassette_reqwest::cassette;

#[cassette(match_boddy = false)]
async fn gamer() {}

fn main() {}
