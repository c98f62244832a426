use cassette_reqwest::cassette;

// `main.rs` is that of the package in which this is compiled.
#[cassette(tracks = ["../Cargo.lock", "main.rs::gamer"])]
async fn gamer() {}

fn main() {}
