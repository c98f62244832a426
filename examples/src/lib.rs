//! What the examples stand on: a real HTTP API to record from, and the kind of code that calls one.
//!
//! [`Forecasts`], [`Personas`], [`Jobs`] and [`Items`] are production code as a service would have it. None of it knows
//! of cassettes: each is given a [`ClientWithMiddleware`](reqwest_middleware::ClientWithMiddleware), which in a test is
//! `cassette_reqwest::client()`. [`ApiServer`] is the other side. [`CachedForecasts`] and [`without_api`] use cassettes outside tests.

mod api;
mod api_server;
mod cached;
mod forecasts;
mod items;
mod jobs;
mod mock;
mod personas;
mod routes;

pub use api::{Error, Result};
pub use api_server::ApiServer;
pub use cached::CachedForecasts;
pub use forecasts::Forecasts;
pub use items::{Item, Items};
pub use jobs::{Job, Jobs, State};
pub use mock::{with_recorded_api, without_api};
pub use personas::{Persona, Personas};
