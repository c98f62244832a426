//! A polled job: the same request three times, with three different answers.
//!
//! The cassette is `cassettes/jobs/waits_for_a_report.json`. What to look at in it: three equal requests to
//! `/v1/jobs/job-sales`, answered `queued`, `running` and `done`. Each answer is given once, in this order; a fourth
//! request would fail the test, unless the attribute says `repeat = "last"`.

use std::time::Duration;

use cassette_examples::{ApiServer, Jobs, Result, State};
use cassette_reqwest::cassette;

#[cassette]
#[tokio::test]
async fn waits_for_a_report() -> Result<()> {
    let client = cassette_reqwest::client();
    // Used when recording only: `cargo run --example api-server` listens there.
    let jobs = Jobs::new(client, ApiServer::DEMO_URL, ApiServer::KEY);

    let job = jobs.submit("sales").await?;
    assert_eq!(job.state, State::Queued);

    // A replay waits as well: what sleeps is the code under test, so its interval is a parameter.
    let job = jobs.wait(&job.id, Duration::from_millis(5)).await?;
    assert_eq!(job.rows, Some(42));
    Ok(())
}
