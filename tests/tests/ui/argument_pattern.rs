use cassette_reqwest::cassette;

#[cassette]
async fn gamer((a, b): (u8, u8)) {
    assert_eq!(a, b);
}

fn main() {}
