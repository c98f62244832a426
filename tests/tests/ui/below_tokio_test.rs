use cassette_reqwest::cassette;

#[tokio::test]
#[cassette]
async fn gamer() {}

fn main() {}
