//! A recording is read, and made ready to answer.

use std::fs;
use std::path::Path;
use std::time::Instant;

use cassette_benches::{
    Candidate, Files, Kind, Options, Round, Shape, Table, Traffic, one_thread, parse_raw,
};
use cassette_core::Cassette;
use tempfile::TempDir;

use crate::replay::LARGEST_OF_CASSETTER;

pub(crate) fn all(options: &Options) {
    let folder = TempDir::new().expect("a folder can be made");
    let table = Table::begin(options, "per recording");
    for (shape, name) in [(Shape::Get, "GET"), (Shape::Post, "POST")] {
        for &count in options.counts() {
            let scenario = format!("opening {count} {name}");
            if options.wants(&scenario) {
                let traffic = Traffic::new("http://api.example.com", shape, count);
                let files = traffic.write(folder.path(), "opening");
                compare(&table, options, &scenario, &traffic, &files);
            }
        }
    }
}

fn compare(table: &Table<'_>, options: &Options, scenario: &str, traffic: &Traffic, files: &Files) {
    let runtime = one_thread();
    let count = traffic.exchanges.len();
    let session = |kind: Kind| {
        let runtime = &runtime;
        Candidate::new(kind.name(), move || {
            let begin = Instant::now();
            runtime.block_on(kind.replaying(traffic, files, async |_| ()));
            Round {
                elapsed: begin.elapsed(),
                units: 1,
            }
        })
    };
    let mut candidates = vec![
        Candidate::new("`RawValue` parse", || {
            of_file(&files.ours, |text| parse_raw(text) > 0)
        }),
        Candidate::new("cassette, `from_json`", || {
            of_file(&files.ours, |text| {
                let cassette = Cassette::from_json(text).expect("it is a cassette");
                cassette.interactions().len() == count
            })
        }),
        session(Kind::Cassette),
        session(Kind::Vcr),
    ];
    if count <= LARGEST_OF_CASSETTER {
        candidates.push(session(Kind::Cassetter));
    }
    table.compare(scenario, options.rounds(count * 4), candidates);
}

fn of_file(path: &Path, parse: impl FnOnce(&[u8]) -> bool) -> Round {
    let begin = Instant::now();
    let text = fs::read(path).expect("the file is there");
    assert!(parse(&text), "all of it is read");
    Round {
        elapsed: begin.elapsed(),
        units: 1,
    }
}
