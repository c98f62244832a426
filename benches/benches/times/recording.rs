//! Requests that go to a server on the loopback and are recorded, and the saving of the recording.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use cassette_benches::{
    Candidate, Client, Options, Plain, Round, Server, Shape, Table, Traffic, one_thread,
};
use cassette_core::{Config, Mode, scope};
use cassetter::{RecordMode, Recorder};
use reqwest_vcr::{VCRMiddleware, VCRMode};
use tempfile::TempDir;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Plain,
    Cassette,
    Vcr,
    Cassetter,
}

const KINDS: [(Kind, &str); 4] = [
    (Kind::Plain, "plain client"),
    (Kind::Cassette, "cassette"),
    (Kind::Vcr, "reqwest-vcr"),
    (Kind::Cassetter, "cassetter"),
];

pub(crate) fn all(options: &Options) {
    let (server, folder) = (
        Server::start(),
        TempDir::new().expect("a folder can be made"),
    );
    let table = Table::begin(options, "per request");
    for (shape, name) in [(Shape::Get, "GET"), (Shape::Post, "POST")] {
        for &count in options.counts() {
            let scenario = format!("recording {count} {name}");
            if count > 1 && options.wants(&scenario) {
                let traffic = Traffic::new(&server.base(), shape, count);
                server.answer(&traffic);
                record(&table, options, &scenario, &traffic, folder.path());
            }
        }
    }
    let table = Table::begin(options, "per recording");
    for &count in options.counts() {
        let scenario = format!("saving {count} GET");
        if options.wants(&scenario) {
            let traffic = Traffic::new(&server.base(), Shape::Get, count);
            server.answer(&traffic);
            save(&table, options, &scenario, &traffic, folder.path());
        }
    }
}

fn record(table: &Table<'_>, options: &Options, scenario: &str, traffic: &Traffic, folder: &Path) {
    let count = traffic.exchanges.len();
    // It writes all again for each.
    let takes_part = |kind: Kind| kind != Kind::Cassetter || count <= 100;
    let runtime = one_thread();
    let candidates = KINDS.into_iter().filter(|(kind, _)| takes_part(*kind));
    let candidates = candidates.map(|(kind, name)| {
        let runtime = &runtime;
        let turn = move || Round {
            elapsed: runtime.block_on(recorded(kind, traffic, folder)).asking,
            units: count,
        };
        Candidate::new(name, turn)
    });
    table.compare(scenario, options.rounds(count * 2), candidates.collect());
}

fn save(table: &Table<'_>, options: &Options, scenario: &str, traffic: &Traffic, folder: &Path) {
    let (runtime, plain) = (one_thread(), Plain::new(traffic));
    let file = folder.join("plain.json");
    let pretty = || {
        let begin = Instant::now();
        plain.write(&file).expect("the folder is writable");
        Round {
            elapsed: begin.elapsed(),
            units: 1,
        }
    };
    let synced = || {
        let begin = Instant::now();
        plain.write(&file).expect("the folder is writable");
        let written = fs::File::open(&file).and_then(|file| file.sync_all());
        written.expect("the file can be made safe");
        Round {
            elapsed: begin.elapsed(),
            units: 1,
        }
    };
    let saving = |kind| {
        let runtime = &runtime;
        move || {
            let elapsed = runtime.block_on(recorded(kind, traffic, folder)).saving;
            Round { elapsed, units: 1 }
        }
    };
    let candidates = vec![
        Candidate::new("`to_writer_pretty`", pretty),
        Candidate::new("the same, and `fsync`", synced),
        Candidate::new("cassette", saving(Kind::Cassette)),
        Candidate::new("reqwest-vcr", saving(Kind::Vcr)),
    ];
    table.compare(
        scenario,
        options.rounds(traffic.exchanges.len() * 4),
        candidates,
    );
}

/// What the two halves of a recording took.
struct Taken {
    asking: Duration,
    saving: Duration,
}

/// Records everything into a new file, and sees that all of it is there.
async fn recorded(kind: Kind, traffic: &Traffic, folder: &Path) -> Taken {
    let file = |extension: &str| folder.join(format!("recorded.{extension}"));
    let (ours, vcr, cassetter) = (file("json"), file("vcr.json"), file("yaml"));
    for old in [&ours, &vcr, &cassetter] {
        let _ = fs::remove_file(old);
    }
    let (taken, written) = match kind {
        Kind::Plain => (taken(Client::plain(), traffic).await, None),
        Kind::Cassette => {
            let config = Config::new()
                .dir(folder)
                .environment::<&str, &str>([])
                .mode(Mode::Record);
            let client = Client::Middleware(cassette_reqwest::client());
            let test = async { (ask_all(&client, traffic).await, Instant::now()) };
            let (asking, begin) = scope("recorded", config, test).await.expect("it is saved");
            let saving = begin.elapsed();
            (Taken { asking, saving }, Some((ours, "\"method\": ")))
        }
        Kind::Vcr => {
            let middleware = VCRMiddleware::try_from(vcr.clone()).expect("the folder is there");
            let client = Client::with(middleware.with_mode(VCRMode::Record));
            (taken(client, traffic).await, Some((vcr, "\"method\": ")))
        }
        Kind::Cassetter => {
            let recorder = Recorder::builder(&cassetter).record_mode(RecordMode::All);
            let recorder = recorder.build().expect("the folder is there");
            let taken = taken(Client::cassetter(recorder.clone()), traffic).await;
            recorder.finish().await.expect("it is saved");
            (taken, Some((cassetter, "method: ")))
        }
    };
    if let Some((file, mark)) = written {
        let text = fs::read_to_string(file).expect("it is saved");
        assert_eq!(
            text.matches(mark).count(),
            traffic.exchanges.len(),
            "all is recorded"
        );
    }
    taken
}

/// Asks for everything, and lets the client go, which saves with some.
async fn taken(client: Client, traffic: &Traffic) -> Taken {
    let asking = ask_all(&client, traffic).await;
    let begin = Instant::now();
    drop(client);
    let saving = begin.elapsed();
    Taken { asking, saving }
}

async fn ask_all(client: &Client, traffic: &Traffic) -> Duration {
    let begin = Instant::now();
    for exchange in &traffic.exchanges {
        client.ask(exchange).await;
    }
    begin.elapsed()
}
