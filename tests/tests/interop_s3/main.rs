//! S3 by `aws-sdk-s3` and by `object_store` against moto's server: each request is signed, with
//! another time and other keys in the replay, when the server is gone.

mod aws;
mod chunked;
mod downloads;
mod multipart;
mod objects;
mod pages;
mod presigned;
mod store;

use std::time::{Duration, SystemTime};

use cassette_reqwest::{Proxy, current};
use cassette_tests::{Foreign, Recorded, Run};

const SERVER: &str = "CASSETTE_INTEROP_MOTO";

/// What a run signs with.
struct Keys {
    id: &'static str,
    secret: &'static str,
    session: &'static str,
}

/// While it is recorded.
const REAL: Keys = Keys {
    id: "AKIA7QH2ZK4MWX9TDRN5",
    secret: "kT9vQm2xWc7LrZ4bNf8sHd1yGp6jUa3eRo5iVt0B",
    session: "FwoGZXIvYXdzEJr7Lq2Vb9Xc4Tn8Ws1Mz6Kp3Hd5Gf0Ya",
};

/// In the replay.
const OTHERS: Keys = Keys {
    id: "none",
    secret: "none at all",
    session: "no session",
};

fn keys(run: &Run) -> &'static Keys {
    if run.is_replay { &OTHERS } else { &REAL }
}

/// The time of a run: a replay is far from its recording.
fn now(run: &Run) -> SystemTime {
    const FAR: Duration = Duration::from_secs(400 * 24 * 60 * 60);
    let now = SystemTime::now();
    if run.is_replay { now + FAR } else { now }
}

/// The proxy of the cassette in use, which trusts the server.
fn proxy(run: &Run) -> Proxy {
    let session = current().expect("a cassette is in use");
    let proxy = Proxy::start(&session).expect("a port is free");
    if let Some(certificate) = &run.certificate {
        proxy.trust(certificate).expect("it is a certificate");
    }
    proxy
}

/// Records and replays what a client does, and looks for secrets in the files.
async fn both_runs(foreign: Foreign, run: impl AsyncFn(Run) -> String) -> Recorded {
    let recorded = foreign.both_runs(run).await;
    recorded.expect_without(&[REAL.id, REAL.secret, REAL.session]);
    recorded
}

/// Bytes that are no text and do not repeat soon.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_u32;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state.to_le_bytes()[0]
    };
    (0..length).map(|_| next()).collect()
}

/// Lines of text.
fn text(length: usize) -> Vec<u8> {
    let lines = (1..).flat_map(|number| format!("line {number}\n").into_bytes());
    lines.take(length).collect()
}
