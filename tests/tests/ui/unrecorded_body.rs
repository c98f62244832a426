use cassette_reqwest::unrecorded;

struct Client;

// The errors must stand on the user's own expressions, not on the attribute.
impl Client {
    #[unrecorded]
    async fn age(&self) -> Result<u8, String> {
        let age: u8 = "25";
        "25"
    }

    #[unrecorded]
    async fn name(&self) -> Result<String, String> {
        missing().await?;
    }
}

fn main() {}
