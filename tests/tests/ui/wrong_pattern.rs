use cassette_reqwest::cassette;

#[cassette(
    reject_status = [429, 42],
    extends = ["login", "../login"],
    unrecorded = ["localhost:*", "get localhost"],
    exclude_urls = ["regex:("],
    verify_tolerance = ["/price ten"]
)]
async fn gamer() {}

fn main() {}
