use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use cassette_reqwest::{CassettePool, Config, scope};

use crate::api::Result;
use crate::forecasts::Forecasts;

/// Forecasts that are asked for once an hour at most: each city has a cassette, which is recorded again
/// when it is too old.
#[derive(Clone, Debug)]
pub struct CachedForecasts {
    forecasts: Forecasts,
    folder: PathBuf,
    /// What was read stays in memory.
    pool: CassettePool,
}

impl CachedForecasts {
    /// Returns forecasts that are kept in `folder`.
    #[must_use]
    pub fn new(forecasts: Forecasts, folder: impl Into<PathBuf>) -> Self {
        Self {
            forecasts,
            folder: folder.into(),
            pool: CassettePool::new(1000),
        }
    }

    /// Returns tomorrow's temperature in a city.
    ///
    /// # Errors
    ///
    /// When the API cannot be reached or does not know the city: nothing is kept then.
    pub async fn celsius(&self, city: &str) -> Result<i32> {
        let config = Config::new()
            .dir(&self.folder)
            .max_age(Duration::from_secs(60 * 60))
            // A failure is not kept.
            .reject_status(["4xx", "5xx"])
            .pool(&self.pool)
            // A cache works in CI as anywhere else.
            .environment::<&str, &str>([]);
        let name = format!("forecast-{}", city.to_lowercase());
        let forecast = scope(&*name, config, self.forecasts.celsius(city)).await?;
        if forecast.is_err() {
            // That no answer came is recorded as well.
            let _ = fs::remove_file(self.folder.join(name + ".json"));
        }
        forecast
    }
}
