//! What a recording that is checked again finds on the disk, and lacks.

use cassette_core::{Config, OnChange};
use cassette_reqwest::current;

use crate::bench::{Bench, FILE};
use crate::versions::{Version, run_body, run_version};

const NEW: Version = Version {
    body: "v1:2222222222222222",
    tracked: &[],
    asks: &["/a"],
};

fn recorded() -> Bench {
    let bench = Bench::new();
    run_version(&bench, Version::default(), |config| config).unwrap();
    bench
}

fn recheck(config: Config) -> Config {
    config.on_change(OnChange::Recheck)
}

#[test]
fn what_another_process_has_recorded_meanwhile_stays() {
    let bench = recorded();
    let theirs = bench.sandbox.read(FILE).replace("v1:1111", "v1:3333");
    let body = async {
        bench.request("/a").send().await.unwrap();
        bench.sandbox.write(FILE, &theirs);
    };
    run_body(&bench, NEW, recheck, body).unwrap();
    assert_eq!(bench.sandbox.read(FILE), theirs);
    assert_eq!(bench.sandbox.files(), [FILE]);
}

#[test]
fn what_a_killed_recording_has_left_is_kept() {
    let bench = recorded();
    let head = bench.sandbox.cassette(FILE).to_string();
    let line = r#"{"number":0,"interaction":{"request":{"method":"GET","url":"http://e.com/left"},"response":{"status":200}}}"#;
    bench
        .sandbox
        .write("c.partial.jsonl", format!("{head}\n{line}\n"));
    run_version(&bench, NEW, recheck).unwrap();
    assert!(bench.sandbox.read(FILE).contains(NEW.body));
    assert_eq!(bench.sandbox.files(), [FILE, "c.rejected.json"]);
    assert_eq!(bench.sandbox.requested("c.rejected.json"), ["/a", "/left"]);
    assert_eq!(bench.server.hits(), 1);
}

#[test]
fn one_without_a_variable_that_is_asked_for_now_does_not_fit() {
    let bench = recorded();
    let file = bench.sandbox.read(FILE);
    let body = async {
        bench.request("/a").send().await.unwrap();
        let _ = current().unwrap().variable("id", || "1".to_owned());
    };
    let text = run_body(&bench, NEW, recheck, body).unwrap_err();
    insta::assert_snapshot!(bench.masked(&text), @"
    the cassette holds no variable id

        cassette: [sandbox]/c.json
        mode: auto

    help: to record it, run `CASSETTE_MODE=record cargo test creates`

    note: function creates has changed, and its recording no longer fits
    ");
    assert_eq!(bench.sandbox.read(FILE), file);
}

#[test]
fn one_that_is_too_old_is_recorded_for_its_age_and_not_checked() {
    let bench = recorded();
    let aged = bench.sandbox.read(FILE);
    let at = aged.find("\"recorded_at\": \"").unwrap() + 16;
    let aged = aged.replace(&aged[at..at + 4], "2001");
    bench.sandbox.write(FILE, aged);
    let say: fn(Config) -> Config =
        |config| recheck(config).max_age(std::time::Duration::from_secs(3600));
    run_version(&bench, NEW, say).unwrap();
    assert_eq!(bench.server.hits(), 2, "it is recorded anew");
    run_version(&bench, NEW, say).unwrap();
    assert_eq!(bench.server.hits(), 2, "then it is young and fits");
}
