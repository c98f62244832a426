use reqwest_middleware::ClientWithMiddleware;
use serde::Deserialize;

use crate::api::{Api, Result, fetch};

/// Weather forecasts, one request for each city.
#[derive(Clone, Debug)]
pub struct Forecasts {
    api: Api,
}

#[derive(Deserialize)]
struct Forecast {
    celsius: i32,
}

impl Forecasts {
    /// Returns forecasts of the API at `base`.
    #[must_use]
    pub fn new(client: ClientWithMiddleware, base: &str, key: &str) -> Self {
        let api = Api::new(client, base, key);
        Self { api }
    }

    /// Returns tomorrow's temperature in a city.
    ///
    /// # Errors
    ///
    /// When the API cannot be reached or does not know the city.
    pub async fn celsius(&self, city: &str) -> Result<i32> {
        let request = self.api.get("/v1/forecast").query(&[("city", city)]);
        let forecast: Forecast = fetch(request).await?;
        Ok(forecast.celsius)
    }

    /// Returns the warmest of some cities and its temperature; `None` when there are no cities.
    ///
    /// # Errors
    ///
    /// As [`celsius`](Self::celsius).
    pub async fn warmest<'a>(&self, cities: &[&'a str]) -> Result<Option<(&'a str, i32)>> {
        let mut warmest = None;
        for &city in cities {
            let celsius = self.celsius(city).await?;
            if warmest.is_none_or(|(_, highest)| celsius > highest) {
                warmest = Some((city, celsius));
            }
        }
        Ok(warmest)
    }
}
