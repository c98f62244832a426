use cassette_reqwest::cassette;

#[cassette]
fn gamer() {}

fn main() {}
