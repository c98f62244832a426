use cassette_reqwest::cassette;

// Likewise for what does not fit the return type.
#[cassette]
async fn gamer() -> Result<u8, String> {
    "25"
}

fn main() {}
