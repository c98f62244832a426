use cassette_reqwest::cassette;

#[cassette(match_body = "no", max_age = "3 months", match_headers = ["x version"])]
async fn gamer() {}

fn main() {}
