//! How many allocations a replayed request takes, and how much memory a recording.

use allocation_counter::{AllocationInfo, measure};
use cassette_benches::{Client, Kind, Options, Shape, Table, Traffic, one_thread};
use tempfile::TempDir;

const BASE: &str = "http://api.example.com";

const KINDS: [Kind; 4] = [
    Kind::Hashing,
    Kind::Cassette,
    Kind::VcrSearching,
    Kind::Cassetter,
];

fn main() {
    let options = Options::of_process();
    let folder = TempDir::new().expect("a folder can be made");
    let table = Table::begin(&options, "allocations per request");
    for (shape, name) in [
        (Shape::Get, "GET"),
        (Shape::GetWithToken, "GET with a token"),
        (Shape::Post, "POST"),
    ] {
        let scenario = format!("allocations, {name}");
        if options.wants(&scenario) {
            allocations(&table, &scenario, shape, &folder);
        }
    }
    let table = Table::begin(&options, "peak, in bytes");
    let size = if options.is_smoke { 4 << 20 } else { 100 << 20 };
    for (name, plays) in [("opening", false), ("opening and playing", true)] {
        let scenario = format!("{name} a cassette of {} MiB", size >> 20);
        if options.wants(&scenario) {
            peak(&table, &scenario, size, plays, &folder);
        }
    }
}

/// What 200 requests take besides what 100 take: the client and the session are in both.
fn allocations(table: &Table<'_>, scenario: &str, shape: Shape, folder: &TempDir) {
    let traffic = Traffic::new(BASE, shape, 200);
    let files = traffic.write(folder.path(), "allocations");
    let runtime = one_thread();
    let mut floor = 0.0;
    for kind in KINDS {
        let of = |count: usize| {
            measure(|| {
                let work = async |client: Client| {
                    for exchange in &traffic.exchanges[..count] {
                        client.ask(exchange).await;
                    }
                };
                runtime.block_on(kind.replaying(&traffic, &files, work));
            })
        };
        let _warm_up = of(1);
        let each = (of(200).count_total - of(100).count_total) as f64 / 100.0;
        floor = if floor == 0.0 { each } else { floor };
        table.row(scenario, kind.name(), &format!("{each:.1}"), each / floor);
    }
}

/// What the process holds at most while a cassette of this size is open, beside what is its size.
fn peak(table: &Table<'_>, scenario: &str, size: usize, plays: bool, folder: &TempDir) {
    let runtime = one_thread();
    let one = Traffic::new(BASE, Shape::Get, 100).cassette("large").len() / 100;
    let traffic = Traffic::new(BASE, Shape::Get, size / one);
    let files = traffic.write_ours(folder.path(), "large");
    let length = std::fs::metadata(&files.ours).expect("it is written").len();
    let AllocationInfo { bytes_max, .. } = measure(|| {
        let work = async |client: Client| {
            let asked = if plays { &traffic.exchanges[..] } else { &[] };
            for exchange in asked {
                client.ask(exchange).await;
            }
        };
        runtime.block_on(Kind::Cassette.replaying(&traffic, &files, work));
    });
    let shown = format!("{:.1} MiB", bytes_max as f64 / f64::from(1 << 20));
    table.row(
        scenario,
        "cassette",
        &shown,
        bytes_max as f64 / length as f64,
    );
}
