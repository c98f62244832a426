use cassette_reqwest::cassette;

#[cassette(match_body = false, ignore_json = ["/created"])]
async fn gamer() {}

fn main() {}
