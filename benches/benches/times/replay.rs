//! Requests that are answered from a recording.

use std::sync::Arc;
use std::time::Instant;

use cassette_benches::{
    Candidate, Client, Exchange, Files, Kind, Options, Round, Shape, Table, Traffic, one_thread,
    two_workers,
};
use tempfile::TempDir;
use tokio::task::JoinSet;

const BASE: &str = "http://api.example.com";

const KINDS: [Kind; 6] = [
    Kind::Hashing,
    Kind::Canned,
    Kind::Cassette,
    Kind::Vcr,
    Kind::VcrSearching,
    Kind::Cassetter,
];

/// It reads no file of more than 250,000 values.
pub(crate) const LARGEST_OF_CASSETTER: usize = 100;

/// How many tasks ask at once.
const TASKS: usize = 64;

pub(crate) fn all(options: &Options) {
    let folder = TempDir::new().expect("a folder can be made");
    let table = Table::begin(options, "per request");
    for (shape, name) in [
        (Shape::Get, "GET"),
        (Shape::GetWithToken, "GET with a token"),
        (Shape::Post, "POST"),
        (Shape::PostReordered, "POST, other key order"),
    ] {
        for &count in options.counts() {
            let (scenario, shuffled) = (
                format!("{name}, {count}, in order"),
                format!("{name}, {count}, shuffled"),
            );
            if options.wants(&scenario) || options.wants(&shuffled) {
                let in_order: Vec<usize> = (0..count).collect();
                let traffic = Traffic::new(BASE, shape, count);
                let files = traffic.write(folder.path(), "replay");
                let run = Run {
                    table: &table,
                    options,
                    traffic: &traffic,
                    files: &files,
                };
                if options.wants(&scenario) {
                    run.compare(&scenario, &in_order, true, shape);
                }
                if count > 1 && options.wants(&shuffled) {
                    run.compare(&shuffled, &traffic.shuffled(), false, shape);
                }
            }
        }
    }
}

struct Run<'a> {
    table: &'a Table<'a>,
    options: &'a Options,
    traffic: &'a Traffic,
    files: &'a Files,
}

impl Run<'_> {
    fn compare(&self, scenario: &str, order: &[usize], is_in_order: bool, shape: Shape) {
        let count = order.len();
        let takes_part = |kind: &Kind| match kind {
            Kind::Canned => count == 1,
            // What is compared as text is another request.
            Kind::Vcr => is_in_order && count > 1 && shape != Shape::PostReordered,
            // Searching 10,000 for each of 10,000 takes minutes.
            Kind::VcrSearching => {
                (!is_in_order || count == 1) && count <= 1_000 && shape != Shape::PostReordered
            }
            Kind::Cassetter => count <= LARGEST_OF_CASSETTER,
            Kind::Hashing | Kind::Cassette => true,
        };
        // The only one is asked for again and again.
        let again = match (count, self.options.is_smoke) {
            (1, true) => 3,
            (1, false) => 1_000,
            _ => 1,
        };
        let runtime = &one_thread();
        let candidate = |kind: Kind, times: usize| {
            Candidate::new(kind.name(), move || {
                let work = async |client: Client| {
                    // What is asked for again is decoded already.
                    ask_all(&client, self.traffic, order, times - 1).await;
                    ask_all(&client, self.traffic, order, again).await
                };
                runtime.block_on(kind.replaying(self.traffic, self.files, work))
            })
        };
        let kinds = KINDS.into_iter().filter(takes_part);
        let mut candidates: Vec<_> = kinds.map(|kind| candidate(kind, 1)).collect();
        if count > 1 {
            candidates.push(candidate(Kind::Cassette, 2).named("cassette, the second time"));
        }
        let rounds = self.options.rounds(count * again);
        self.table.compare(scenario, rounds, candidates);
    }
}

async fn ask_all(client: &Client, traffic: &Traffic, order: &[usize], again: usize) -> Round {
    let begin = Instant::now();
    for _ in 0..again {
        for &number in order {
            client.ask(&traffic.exchanges[number]).await;
        }
    }
    Round {
        elapsed: begin.elapsed(),
        units: again * order.len(),
    }
}

pub(crate) fn concurrent(options: &Options) {
    let folder = TempDir::new().expect("a folder can be made");
    let table = Table::begin(options, "per request");
    let count = if options.is_smoke { 128 } else { 640 };
    for (shape, name) in [(Shape::Get, "GET"), (Shape::Post, "POST")] {
        let scenario = format!("{TASKS} tasks, two workers, {name}");
        if !options.wants(&scenario) {
            continue;
        }
        let traffic = Traffic::new(BASE, shape, count);
        let files = traffic.write(folder.path(), "concurrent");
        let order: Arc<[usize]> = traffic.shuffled().into();
        let traffic = Arc::new(traffic);
        let runtime = two_workers();
        let (runtime, files) = (&runtime, &files);
        let candidate = |kind: Kind, times: usize| {
            let (traffic, order) = (Arc::clone(&traffic), Arc::clone(&order));
            Candidate::new(kind.name(), move || {
                let work = async |client: Client| {
                    ask_all(&client, &traffic, &order, times - 1).await;
                    ask_at_once(client, &traffic, &order).await
                };
                runtime.block_on(kind.replaying(&traffic, files, work))
            })
        };
        let mut candidates = vec![
            candidate(Kind::Hashing, 1),
            candidate(Kind::Cassette, 1),
            candidate(Kind::Cassette, 2).named("cassette, the second time"),
            candidate(Kind::VcrSearching, 1),
        ];
        if shape == Shape::Get {
            candidates.push(candidate(Kind::Cassetter, 1));
        }
        table.compare(&scenario, options.rounds(count).max(11), candidates);
    }
}

/// Each task asks for its share.
async fn ask_at_once(client: Client, traffic: &Arc<Traffic>, order: &Arc<[usize]>) -> Round {
    let begin = Instant::now();
    let mut tasks = JoinSet::new();
    for task in 0..TASKS {
        let (client, traffic, order) = (client.clone(), Arc::clone(traffic), Arc::clone(order));
        tasks.spawn(async move {
            for &number in order.iter().skip(task).step_by(TASKS) {
                let exchange: &Exchange = &traffic.exchanges[number];
                client.ask(exchange).await;
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.expect("every task has its answers");
    }
    Round {
        elapsed: begin.elapsed(),
        units: order.len(),
    }
}
