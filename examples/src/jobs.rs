use std::time::Duration;

use reqwest_middleware::ClientWithMiddleware;
use serde::Deserialize;
use serde_json::json;

use crate::api::{Api, Result, fetch};

/// Reports that are made in the background: submitted, then asked for until they are done.
#[derive(Clone, Debug)]
pub struct Jobs {
    api: Api,
}

/// A report in the making.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Job {
    /// What to ask for it by.
    pub id: String,
    /// How far it is.
    pub state: State,
    /// How many rows the report has, once it is done.
    pub rows: Option<u32>,
}

/// How far a [`Job`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// It waits for its turn.
    Queued,
    /// It is being made.
    Running,
    /// It is there.
    Done,
}

impl Jobs {
    /// Returns the jobs of the API at `base`.
    #[must_use]
    pub fn new(client: ClientWithMiddleware, base: &str, key: &str) -> Self {
        let api = Api::new(client, base, key);
        Self { api }
    }

    /// Asks for a report.
    ///
    /// # Errors
    ///
    /// When the API cannot be reached or refuses.
    pub async fn submit(&self, report: &str) -> Result<Job> {
        let body = json!({ "report": report });
        fetch(self.api.post("/v1/jobs").json(&body)).await
    }

    /// Asks for a job again and again, `interval` apart, until it is done.
    ///
    /// # Errors
    ///
    /// When the API cannot be reached or does not know the job.
    pub async fn wait(&self, id: &str, interval: Duration) -> Result<Job> {
        loop {
            let job: Job = fetch(self.api.get(&format!("/v1/jobs/{id}"))).await?;
            if job.state == State::Done {
                return Ok(job);
            }
            tokio::time::sleep(interval).await;
        }
    }
}
