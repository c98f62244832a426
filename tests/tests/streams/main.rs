//! Streams: recorded while the test reads them, replayed as the test read them.

mod again;
mod arrival;
mod boundaries;
mod buffering;
mod endless;
mod forms;
mod held;
mod partial;
mod pressure;
mod property;
mod requests;
mod scene;
mod secrets;
mod together;
mod truncated;

use bytes::Bytes;
use cassette_tests::visible_error;
use eventsource_stream::Eventsource;
use futures_util::{StreamExt, TryStreamExt};
use reqwest::Response;

use scene::Scene;

/// What a reader got: the chunks, and what it can ask of the error that stood in place of the end.
type Got = (Vec<Bytes>, Option<String>);

async fn by_chunk(mut response: Response) -> Got {
    let mut chunks = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) => chunks.push(chunk),
            Ok(None) => return (chunks, None),
            Err(error) => return (chunks, Some(shown(error))),
        }
    }
}

async fn by_stream(response: Response) -> Got {
    let (mut chunks, mut stream) = (Vec::new(), response.bytes_stream());
    while let Some(chunk) = stream.next().await {
        match chunk {
            Ok(chunk) => chunks.push(chunk),
            Err(error) => return (chunks, Some(shown(error))),
        }
    }
    (chunks, None)
}

async fn by_bytes(response: Response) -> Got {
    match response.bytes().await {
        Ok(bytes) => (vec![bytes], None),
        Err(error) => (Vec::new(), Some(shown(error))),
    }
}

/// The type and the data of each event.
async fn by_events(response: Response) -> Vec<(String, String)> {
    let events = response.bytes_stream().eventsource();
    let events = events.map_ok(|event| (event.event, event.data));
    events.try_collect().await.unwrap()
}

fn shown(error: reqwest::Error) -> String {
    visible_error(&error.into())
}
