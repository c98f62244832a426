use cassette_reqwest::cassette;

// Without cases: with them, rstest puts what it writes behind `cfg(test)`, where a ui test never looks.
#[rstest::rstest]
#[cassette]
#[tokio::test]
async fn gamer() {}

fn main() {}
