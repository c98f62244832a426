//! Options that are wrong: the error names the place, the option and what it can be.

use cassette_core::{Config, Mode};
use cassette_reqwest::scope;
use cassette_tests::Sandbox;

use crate::bench::{Bench, FILE};
use crate::notices::asking;

/// What a test says whose package has this `cassette.toml`.
#[track_caller]
fn with(toml: &str) -> String {
    let (bench, package) = (Bench::new(), Sandbox::new());
    package.write("cassette.toml", toml);
    let child = asking(&bench, "auto", "/a");
    let ran = child.variable("CARGO_MANIFEST_DIR", package.path()).run();
    ran.expect_failed();
    assert_eq!(bench.server.hits(), 0, "nothing is sent: {toml}");
    assert!(!bench.sandbox.exists(FILE));
    let text = ran.panic().to_owned();
    let folder = package.path().display().to_string();
    let text = text
        .replace(&folder, "[sandbox]")
        .replace("[sandbox]\\", "[sandbox]/");
    text.replace("called `Result::unwrap()` on an `Err` value: ", "")
}

/// Parts of what is said, after the line of the file.
const TABLE: &[(&str, &[&str])] = &[
    (
        "on_chnage = 'record'",
        &["unknown field `on_chnage`", "on_change", "exclude_urls"],
    ),
    ("name = 'a'", &["unknown field `name`"]),
    ("tracks = ['a']", &["unknown field `tracks`"]),
    (
        "mode = 'verfy'",
        &["unknown variant `verfy`", "`verify`", "`update`"],
    ),
    (
        "on_change = 'again'",
        &[
            "unknown variant `again`",
            "`record`",
            "`recheck`",
            "`warn`",
            "`fail`",
        ],
    ),
    (
        "on_drift = 'allow'",
        &["unknown variant `allow`", "`fail`", "`warn`"],
    ),
    (
        "max_age = '30 parsecs'",
        &["`30 parsecs` is no time like \"30d\" or \"12h\""],
    ),
    (
        "max_age = 30",
        &["invalid type: integer `30`, expected a string"],
    ),
    (
        "case_sensitive = 'no'",
        &["invalid type: string \"no\", expected a boolean"],
    ),
    (
        "compress = 1",
        &["invalid type: integer `1`, expected a boolean"],
    ),
    ("body_limit = -1", &["integer `-1`, expected u64"]),
    ("unrecorded = 'GET a'", &["expected a sequence"]),
    (
        "unrecorded = [1]",
        &["invalid type: integer `1`, expected a string"],
    ),
    ("reject_status = 401", &["expected a sequence"]),
    (
        "reject_status = [99]",
        &["`99` is no status like 429, and no class of them like \"5xx\""],
    ),
    ("reject_status = [1000]", &["`1000` is no status"]),
    ("reject_status = [-401]", &["`-401` is no status"]),
    ("reject_status = ['6xx']", &["`6xx` is no status"]),
    ("reject_status = ['5XX']", &["`5XX` is no status"]),
    (
        "reject_status = [true]",
        &["expected a status like 429, or a class of them like \"5xx\""],
    ),
    (
        "reject_status = [4.5]",
        &["expected a status like 429, or a class of them like \"5xx\""],
    ),
];

#[test]
fn what_the_file_says_wrong_is_shown_with_its_line() {
    for (toml, parts) in TABLE {
        let text = with(toml);
        assert!(
            text.starts_with(
                "[sandbox]/cassette.toml is no configuration: TOML parse error at line 1"
            ),
            "{text}"
        );
        assert!(text.contains(&format!("1 | {toml}\n")), "{text}");
        for part in *parts {
            assert!(text.contains(part), "{toml}: {text}");
        }
    }
}

/// What is checked after the places have been joined names the option.
const JOINED: &[(&str, &[&str])] = &[
    (
        "unrecorded = ['get a.com']",
        &[
            "unrecorded has `get a.com`",
            "method",
            "`GET api.example.com/health/*`",
        ],
    ),
    (
        "unrecorded = ['/health']",
        &["unrecorded has `/health`", "names no host"],
    ),
    (
        "unrecorded = ['a.com/**x']",
        &["unrecorded has `a.com/**x`", "no pattern"],
    ),
    (
        "unrecorded = ['a.com/[x']",
        &["unrecorded has `a.com/[x`", "no pattern"],
    ),
    (
        "unrecorded = ['a.com/x?y=1']",
        &["unrecorded has `a.com/x?y=1`", "exclude_urls"],
    ),
    (
        "unrecorded = ['!']",
        &["unrecorded has `!`", "names no host"],
    ),
    ("unrecorded = ['']", &["unrecorded has ``", "names no host"]),
    (
        "unrecorded = ['https://a.com/x']",
        &["unrecorded has `https://a.com/x`", "scheme"],
    ),
    (
        "exclude_urls = ['regex:(']",
        &["exclude_urls has `regex:(`", "no regular expression"],
    ),
    (
        "exclude_urls = ['regex:']",
        &["exclude_urls has `regex:`", "is in every URL"],
    ),
    (
        "exclude_urls = ['']",
        &["exclude_urls has ``", "is in every URL"],
    ),
    (
        "ignore_json = ['id']",
        &["ignore_json has `id`", "starts with `/`"],
    ),
    (
        "extends = ['../login']",
        &["extends", "`../login`", "leaves its folder"],
    ),
    ("extends = ['login*']", &["extends", "`login*`"]),
    ("extends = ['']", &["extends", "is empty"]),
    (
        "match_headers = ['x kind']",
        &["match_headers", "`x kind` is not the name of a header"],
    ),
    (
        "ignore_headers = ['x:']",
        &["ignore_headers", "`x:` is not the name of a header"],
    ),
    (
        "exclude_headers = ['']",
        &["exclude_headers", "`` is not the name of a header"],
    ),
    ("redact = ['text:(']", &["redact", "text:("]),
];

#[test]
fn what_is_wrong_with_a_rule_is_said_by_its_option() {
    for (toml, parts) in JOINED {
        let text = with(toml);
        for part in *parts {
            assert!(text.contains(part), "{toml}: {text}");
        }
    }
}

type Say = fn(Config) -> Config;

#[tokio::test]
async fn a_builder_is_told_the_same() {
    let table: [(Say, &str); 9] = [
        (
            |config| config.reject_status(["6xx"]),
            "reject_status: `6xx` is no status",
        ),
        (
            |config| config.reject_status([99_u16]),
            "reject_status: `99` is no status",
        ),
        (
            |config| config.unrecorded(["get a"]),
            "unrecorded has `get a`",
        ),
        (
            |config| config.exclude_urls(["regex:["]),
            "exclude_urls has `regex:[`",
        ),
        (|config| config.extends(["a/../b"]), "extends"),
        (|config| config.extends(["CON"]), "is a device on Windows"),
        (|config| config.ignore_json(["a"]), "ignore_json has `a`"),
        (|config| config.match_headers(["a b"]), "match_headers"),
        (
            |config| config.environment([("CASSETTE_MODE", "verfy")]),
            "it can be auto, replay (or playback), record, update, verify, live",
        ),
    ];
    for (say, expected) in table {
        for mode in [Mode::Auto, Mode::Live] {
            let bench = Bench::new();
            let config = say(bench.config(mode));
            let error = scope("c", config, async {}).await.unwrap_err();
            assert!(error.is_config(), "{error}");
            assert!(error.to_string().contains(expected), "{expected}: {error}");
            assert!(bench.sandbox.files().is_empty());
        }
    }
}

#[tokio::test]
async fn a_cassette_to_extend_that_is_not_there_is_named() {
    let bench = Bench::new();
    let config = bench.config(Mode::Auto).extends(["login/admin"]);
    let error = scope("c", config, async {}).await.unwrap_err();
    assert!(error.is_missing_cassette());
    let text = bench.masked(&error.to_string());
    assert!(text.contains("`extends` names the cassette login/admin, and there is none at [sandbox]/login/admin.json"), "{text}");
}
