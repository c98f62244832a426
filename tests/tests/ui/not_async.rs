use cassette_reqwest::{cassette, unrecorded};

// The errors must stand on the user's own expressions, not on the attribute.
#[cassette]
fn gamer() -> Result<(), String> {
    "25"
}

#[cassette]
fn property(age: u8) -> bool {
    age > 17
}

struct Client;

impl Client {
    #[unrecorded]
    fn age(&self) -> Result<u8, String> {
        let age: u8 = missing()?;
        "25"
    }

    #[unrecorded]
    fn name(&self) -> impl Future<Output = String> {
        async { "gamer".to_owned() }
    }
}

fn main() {}
