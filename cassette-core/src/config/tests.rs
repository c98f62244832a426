use std::time::Duration;

use super::*;
use crate::latency::Latency;
use crate::mode::{Mode, OnChange, OnDrift, OnExpiry, Order, Repeat, Track, Unused};

#[test]
fn what_is_masked_and_what_is_kept_adds_up() {
    let file = "redact = ['pin', 'query:sid']\nkeep = ['json:hint']";
    let file = || Config::from_toml(file, Path::new("cassette.toml")).unwrap();
    let lists = |config: Config| {
        let list = |list: Option<Vec<String>>| list.unwrap_or_default().join(" ");
        (list(config.wishes.redact), list(config.wishes.keep))
    };
    let check = |config: Config, redact: &str, keep: &str| {
        assert_eq!(lists(config), (redact.to_owned(), keep.to_owned()));
    };
    let twice = || Config::new().redact(["a"]).redact(["b"]);
    check(Config::new(), "", "");
    check(file(), "pin query:sid", "json:hint");
    check(twice().over(Config::new()), "a b", "");
    check(Config::new().over(file()), "pin query:sid", "json:hint");
    // As `scope` joins the layers, and as the attribute does.
    check(
        twice().keep(["c"]).over(file()),
        "pin query:sid a b",
        "json:hint c",
    );
    check(
        file().redact(["a"]).keep(["c"]),
        "pin query:sid a",
        "json:hint c",
    );
    check(file().redact([""; 0]), "pin query:sid", "json:hint");
}

#[test]
fn the_nearest_file_counts_up_to_the_root_of_the_repository() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    let check = |config: &Config| match &config.wishes.unrecorded {
        Some(_) => Err(config_error("unrecorded is wrong".to_owned())),
        None => Ok(()),
    };
    let dir = |package: &str| {
        let config = Config::of_package(&folder.path().join(package), check);
        config.map(|config| config.wishes.dir.map(|dir| dir.display().to_string()))
    };
    write("cassette.toml", "dir = 'above'");
    write("repository/.git/HEAD", "");
    write("repository/package/src/lib.rs", "");
    assert_eq!(dir("repository/package").unwrap(), None);
    write("repository/cassette.toml", "dir = 'root'");
    assert_eq!(dir("repository/package").unwrap().unwrap(), "root");
    write("repository/package/cassette.toml", "dir = 'package'");
    assert_eq!(dir("repository/package").unwrap().unwrap(), "package");
    write("repository/package/cassette.toml", "folder = 'package'");
    assert!(dir("repository/package").unwrap_err().is_config());
    write("repository/package/cassette.toml", "unrecorded = ['get a']");
    let said = dir("repository/package").unwrap_err().to_string();
    let (file, entry) = said.split_once(": ").unwrap();
    assert!(file.ends_with("cassette.toml"), "{said}");
    assert_eq!(entry, "unrecorded is wrong");

    write("alone/src/lib.rs", "");
    assert_eq!(
        dir("alone").unwrap(),
        None,
        "outside a repository nothing above is ours"
    );
}

/// A value of a key in the file, another one, and the builder that says that.
type Row = (
    &'static str,
    &'static str,
    &'static str,
    fn(Config) -> Config,
);

const ROWS: &[Row] = &[
    ("dir", "'a'", "'b'", |c| c.dir("b")),
    ("mode", "'live'", "'verify'", |c| c.mode(Mode::Verify)),
    ("track", "'off'", "'body'", |c| c.track(Track::Body)),
    ("on_change", "'warn'", "'recheck'", |c| {
        c.on_change(OnChange::Recheck)
    }),
    ("max_age", "'1h'", "'60s'", |c| {
        c.max_age(Duration::from_secs(60))
    }),
    ("on_expiry", "'warn'", "'fail'", |c| {
        c.on_expiry(OnExpiry::Fail)
    }),
    ("match_body", "true", "false", |c| c.match_body(false)),
    ("match_query", "true", "false", |c| c.match_query(false)),
    ("match_headers", "['a']", "['b']", |c| {
        c.match_headers(["b"])
    }),
    ("case_sensitive", "true", "false", |c| {
        c.case_sensitive(false)
    }),
    ("ignore_headers", "['a']", "['b']", |c| {
        c.ignore_headers(["b"])
    }),
    ("ignore_query", "['a']", "[]", |c| c.ignore_query([""; 0])),
    ("ignore_json", "['/a']", "['/b']", |c| c.ignore_json(["/b"])),
    ("exclude_headers", "['a']", "['b']", |c| {
        c.exclude_headers(["b"])
    }),
    ("order", "'any'", "'strict'", |c| c.order(Order::Strict)),
    ("repeat", "'last'", "'cycle'", |c| c.repeat(Repeat::Cycle)),
    ("unused", "'warn'", "'allow'", |c| c.unused(Unused::Allow)),
    ("reject_status", "[401, '5xx']", "[429]", |c| {
        c.reject_status(["429"])
    }),
    ("extends", "['a']", "['b', 'c/d']", |c| {
        c.extends(["b", "c/d"])
    }),
    ("unrecorded", "['a']", "['b']", |c| c.unrecorded(["b"])),
    ("exclude_urls", "['/a']", "['/b']", |c| {
        c.exclude_urls(["/b"])
    }),
    ("volatile_headers", "['a']", "['b']", |c| {
        c.volatile_headers(["b"])
    }),
    ("volatile_json", "['/a']", "['/b']", |c| {
        c.volatile_json(["/b"])
    }),
    ("on_drift", "'fail'", "'warn'", |c| {
        c.on_drift(OnDrift::Warn)
    }),
    ("verify_headers", "['a']", "['b']", |c| {
        c.verify_headers(["b"])
    }),
    ("verify_ignore", "['/a']", "['/b']", |c| {
        c.verify_ignore(["/b"])
    }),
    ("verify_tolerance", "['/a 1']", "['/b 1%']", |c| {
        c.verify_tolerance(["/b 1%"])
    }),
    ("stream", "true", "false", |c| c.stream(false)),
    ("latency", "'recorded'", "'x0.5'", |c| {
        c.latency(Latency::Factor(0.5))
    }),
    ("body_limit", "1", "2", |c| c.body_limit(2)),
    ("compress", "false", "true", |c| c.compress(true)),
];

fn of_file(text: &str) -> Result<Config> {
    Config::from_toml(text, Path::new("cassette.toml"))
}

#[test]
fn each_key_of_the_file_gives_way_to_the_builder_and_each_layer_to_the_next() {
    let shown = |config: &Config| format!("{:?}", config.wishes);
    for (key, lower, higher, say) in ROWS {
        let lower = of_file(&format!("{key} = {lower}")).unwrap();
        let higher = of_file(&format!("{key} = {higher}")).unwrap();
        let other = of_file("redact = ['pin']").unwrap();
        assert_ne!(shown(&lower), shown(&higher), "{key}");
        assert_eq!(shown(&say(Config::new())), shown(&higher), "{key}");
        assert_eq!(shown(&say(lower.clone())), shown(&higher), "{key}");
        let joined = say(Config::new()).over(lower.clone());
        assert_eq!(shown(&joined), shown(&higher), "{key}");
        assert_eq!(shown(&Config::new().over(lower.clone())), shown(&lower));
        let apart = say(other.clone());
        assert_eq!(shown(&say(Config::new()).over(other)), shown(&apart));
    }
}

#[test]
fn the_table_of_keys_is_whole() {
    let unknown = of_file("no_such_key = 1").unwrap_err().to_string();
    let known = unknown.split_once("expected one of ").unwrap().1;
    let mut known: Vec<_> = known
        .split(", ")
        .map(|key| key.trim().trim_matches('`'))
        .collect();
    known.retain(|key| !matches!(*key, "redact" | "keep"));
    let rows: Vec<_> = ROWS.iter().map(|(key, ..)| *key).collect();
    assert_eq!(known, rows);
}
