//! Selectors that name nothing.

use cassette_core::{Config, Mode};
use cassette_reqwest::{cassette, scope};
use cassette_tests::{Child, Sandbox, masked};

/// What is said of a wrong configuration, before anything is done.
async fn error(config: Config) -> String {
    let sandbox = Sandbox::new();
    for mode in [Mode::Record, Mode::Replay] {
        let config = config
            .clone()
            .dir(sandbox.path())
            .environment([("", "")])
            .mode(mode);
        let mut has_run = false;
        let error = scope("c", config, async { has_run = true })
            .await
            .unwrap_err();
        assert!(error.is_config() && !has_run, "{error}");
        assert!(sandbox.files().is_empty());
        if mode == Mode::Replay {
            return error.to_string();
        }
    }
    unreachable!()
}

/// Returns a text with the first and the last word of the list that it ends with.
fn listed(text: &str) -> String {
    let (before, list) = text.split_once(", ").unwrap();
    let (_, last) = list.rsplit_once(", ").unwrap();
    format!("{before}, …, {last}")
}

#[tokio::test]
async fn what_names_no_place_is_an_error_that_says_why() {
    let redact = async |line: &str| error(Config::new().redact(["pin", line])).await;
    insta::assert_snapshot!(redact("body:pin").await, @"redact: `body:pin` names no place: a kind of place is one of header, query, form, json, xml, text, env, shape");
    insta::assert_snapshot!(redact("").await, @"redact: `` names no place: it is empty");
    insta::assert_snapshot!(redact("/users/*").await, @"redact: `/users/*` names no place: a JSON pointer stands behind `json:`");
    insta::assert_snapshot!(redact("json:users/*").await, @"redact: `json:users/*` names no place: a JSON pointer begins with `/`");
    insta::assert_snapshot!(redact("header:x y").await, @"redact: `header:x y` names no place: invalid HTTP header name");
    insta::assert_snapshot!(redact("query:").await, @"redact: `query:` names no place: nothing stands behind `query:`");
    insta::assert_snapshot!(redact("text:(").await, @"redact: `text:(` names no place: found open group without closing ')'");
    insta::assert_snapshot!(redact("env:A=b").await, @"redact: `env:A=b` names no place: no variable has a `=` in its name");
    insta::assert_snapshot!(redact("shape:jwt").await, @"redact: shapes are refused as they are; `keep` lets one pass");
}

#[tokio::test]
async fn what_cannot_be_kept_is_an_error_as_well() {
    let keep = async |line: &str| error(Config::new().keep([line])).await;
    insta::assert_snapshot!(keep("cookie:a").await, @"keep: `cookie:a` names no place: a kind of place is one of header, query, form, json, xml, text, env, shape");
    insta::assert_snapshot!(listed(&keep("shape:gitub").await), @"keep: there is no shape `gitub`; there are adobe, …, xai");
}

#[cassette]
#[tokio::test]
#[ignore = "run by its parent"]
async fn does_nothing() {}

/// What the test of a package with this `cassette.toml` says.
fn said(toml: &str) -> String {
    let (sandbox, package) = (Sandbox::new(), Sandbox::new());
    package.write("cassette.toml", toml);
    let child = Child::exactly("errors::does_nothing", &sandbox, "http://nobody");
    let ran = child.variable("CARGO_MANIFEST_DIR", package.path()).run();
    ran.expect_failed();
    assert!(sandbox.files().is_empty());
    masked(ran.panic(), &package, "http://nobody")
}

#[test]
fn the_file_of_the_package_is_checked_as_well() {
    insta::assert_snapshot!(said("redact = [\"json:a/b\"]"), @"[sandbox]/cassette.toml: redact: `json:a/b` names no place: a JSON pointer begins with `/`");
    insta::assert_snapshot!(listed(&said("keep = [\"shape:secret\"]")), @"[sandbox]/cassette.toml: keep: there is no shape `secret`; there are adobe, …, xai");
    insta::assert_snapshot!(said("redact = \"pin\""), @r#"
    [sandbox]/cassette.toml is no configuration: TOML parse error at line 1, column 10
      |
    1 | redact = "pin"
      |          ^^^^^
    invalid type: string "pin", expected a sequence
    "#);
}
