use cassette_reqwest::cassette;

// The error must stand on the user's own expression, not on the attribute.
#[cassette]
async fn gamer() {
    let age: u8 = "25";
    assert_eq!(age, 25);
}

fn main() {}
