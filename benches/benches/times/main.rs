//! How long everything takes, beside what else could be done: `cargo bench -p cassette-benches`.

mod opening;
mod recording;
mod redacting;
mod replay;

use cassette_benches::Options;

fn main() {
    let options = Options::of_process();
    replay::all(&options);
    replay::concurrent(&options);
    opening::all(&options);
    recording::all(&options);
    redacting::all(&options);
}
