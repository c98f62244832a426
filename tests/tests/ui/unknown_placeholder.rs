use cassette_reqwest::cassette;

#[cassette(name = "gamer-{agee}")]
async fn gamer(age: u8) {
    assert!(age > 0);
}

fn main() {}
