use cassette_tests::{Connection, RawServer, chunk, last_chunk};
use eventsource_stream::Eventsource;
use futures_util::{StreamExt, TryStreamExt};

use crate::CHUNKED;

/// Splits an event, a multi-byte character and a line end; a comment and the end of an event stand
/// in one chunk.
const EVENTS: [&[u8]; 6] = [
    b": hi\n\nid: 1\ndata: first\n\n",
    b"event: gr",
    b"\xc3",
    b"\xbc\xc3\x9fe\r",
    b"\ndata: one \xf0\x9f\x93",
    b"\xbc\ndata: two\n\ndata: last\n\n",
];

#[tokio::test]
async fn events_are_parsed_rightly_wherever_their_chunks_are_split() {
    let server = RawServer::start(async |mut connection: Connection| {
        connection.request().await;
        connection.write(CHUNKED).await;
        for part in EVENTS {
            connection.write(chunk(part)).await;
            connection.released().await;
        }
        connection.write(last_chunk()).await;
    });
    let response = reqwest::get(server.url("/")).await.unwrap();
    // Released only here, each chunk has arrived before the next is sent.
    let parts = response.bytes_stream().inspect(|_| server.release());
    let mut sent = EVENTS.iter();
    let parts = parts.inspect_ok(|part| assert_eq!(part, sent.next().unwrap()));
    let events: Vec<_> = parts.eventsource().try_collect().await.unwrap();
    assert_eq!(sent.len(), 0);
    let events: Vec<_> = events
        .iter()
        .map(|event| (event.id.as_str(), event.event.as_str(), event.data.as_str()))
        .collect();
    assert_eq!(
        events,
        [
            ("1", "message", "first"),
            ("1", "grüße", "one 📼\ntwo"),
            ("1", "message", "last"),
        ]
    );
}
