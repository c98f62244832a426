use super::*;

fn mode(config: Config, variables: &[(&str, &str)]) -> Result<Mode> {
    let config = config.environment(variables.iter().copied());
    Ok(Settings::resolve(config, Path::new("/package"), "api::reads")?.mode)
}

#[test]
fn the_variable_goes_before_the_attribute_and_ci_before_both_but_the_variable() {
    let update = || Config::new().mode(Mode::Update);
    assert_eq!(mode(Config::new(), &[]).unwrap(), Mode::Auto);
    assert_eq!(mode(update(), &[]).unwrap(), Mode::Update);
    assert_eq!(
        mode(update(), &[("CASSETTE_MODE", "live")]).unwrap(),
        Mode::Live
    );
    assert_eq!(mode(update(), &[("CI", "true")]).unwrap(), Mode::Replay);
    assert_eq!(
        mode(update(), &[("CI", "1"), ("CASSETTE_MODE", "record")]).unwrap(),
        Mode::Record
    );
    for no in ["false", "0", ""] {
        assert_eq!(mode(update(), &[("CI", no)]).unwrap(), Mode::Update);
    }
}

#[test]
fn recording_is_kept_to_the_tests_that_are_named() {
    let only = |pattern, mode_name| {
        mode(
            Config::new(),
            &[("CASSETTE_ONLY", pattern), ("CASSETTE_MODE", mode_name)],
        )
        .unwrap()
    };
    assert_eq!(only("api::*", "record"), Mode::Record);
    assert_eq!(only("other::*", "record"), Mode::Replay);
    assert_eq!(only("other::*", "live"), Mode::Live);
}

#[test]
fn wrong_values_name_the_allowed_ones() {
    let error = |variables| mode(Config::new(), variables).unwrap_err().to_string();
    insta::assert_snapshot!(error(&[("CASSETTE_MODE", "rec")]), @"
    CASSETTE_MODE is `rec`; it can be auto, replay (or playback), record, update, verify, live

    help: set one of these, or none: `env -u CASSETTE_MODE cargo test`
    ");
    insta::assert_snapshot!(error(&[("CASSETTE_ONLY", "[")]), @"CASSETTE_ONLY is `[`, which is no pattern: Pattern syntax error near position 0: invalid range pattern");
    let error = |config: Config| {
        Settings::resolve(config, Path::new("/"), "t")
            .unwrap_err()
            .to_string()
    };
    insta::assert_snapshot!(error(Config::new().match_headers(["a b"])), @"match_headers: `a b` is not the name of a header");
    assert!(Settings::check(&Config::new().match_headers(["a b"])).is_err());
    assert!(Settings::check(&Config::new().match_headers(["a-b"])).is_ok());
    insta::assert_snapshot!(error(Config::new().ignore_json(["a"])), @"ignore_json has `a`: a JSON pointer starts with `/`, like `/messages/*/id`");
    insta::assert_snapshot!(error(Config::new().latency(Latency::Factor(-1.0))), @r#"`x-1` is no latency like "recorded", "x0.5" or "200ms": a factor is a number from 0 to 1000"#);
}

#[test]
fn the_file_is_read_and_its_mistakes_are_placed() {
    let read = |text| Config::from_toml(text, Path::new("cassette.toml"));
    let config = read("mode = \"playback\"\nmax_age = \"30d\"\nmatch_headers = [\"a\", \"b\"]\nignore_headers = [\"a\"]\n").unwrap();
    let own = Config::new()
        .max_age(Duration::from_secs(1))
        .environment([("", "")]);
    let settings = Settings::resolve(own.over(config), Path::new("/p"), "t").unwrap();
    assert_eq!(
        (settings.mode, settings.max_age),
        (Mode::Replay, Some(Duration::from_secs(1)))
    );
    assert_eq!(settings.matcher.headers, ["b"]);
    assert_eq!(settings.dir, Path::new("/p/tests/cassettes"));

    let error = |text| read(text).unwrap_err().to_string();
    assert!(error("a = 1").contains("unknown field `a`, expected one of `dir`, `mode`"));
    insta::assert_snapshot!(error("order = \"any\"\nrepeat = \"first\""), @r#"
        cassette.toml is no configuration: TOML parse error at line 2, column 10
          |
        2 | repeat = "first"
          |          ^^^^^^^
        unknown variant `first`, expected one of `never`, `last`, `cycle`
        "#);
    assert!(error("max_age = \"soon\"").contains("`soon` is no time like \"30d\""));
    insta::assert_snapshot!(error("latency = \"x-1\""), @r#"
        cassette.toml is no configuration: TOML parse error at line 1, column 11
          |
        1 | latency = "x-1"
          |           ^^^^^
        `x-1` is no latency like "recorded", "x0.5" or "200ms": a factor is a number from 0 to 1000
        "#);
    assert!(error("latency = 200").contains("expected a string"));
    assert!(error("stream = \"yes\"").contains("expected a boolean"));
    assert!(error("body_limit = -1").contains("expected u64"));
}

#[test]
fn streams_latency_and_the_limit_of_bodies_are_what_the_upper_layer_says() {
    let check = |own: Config, file: &str, expected: (Option<bool>, Option<Latency>, u64)| {
        let file = Config::from_toml(file, Path::new("cassette.toml")).unwrap();
        let config = own.environment([("", "")]).over(file);
        let settings = Settings::resolve(config, Path::new("/p"), "t").unwrap();
        let got = (
            settings.stream,
            settings.latency,
            settings.redactor.body_limit(),
        );
        assert_eq!(got, expected);
    };
    let all = "stream = false\nlatency = \"x0.5\"\nbody_limit = 1_024\n";
    let fixed = |seconds| Latency::Fixed(Duration::from_secs(seconds));
    check(Config::new(), "", (None, None, 262_144));
    check(
        Config::new(),
        all,
        (Some(false), Some(Latency::Factor(0.5)), 1024),
    );
    check(
        Config::new().stream(true).latency(fixed(2)).body_limit(0),
        all,
        (Some(true), Some(fixed(2)), 0),
    );
    check(
        Config::new(),
        "latency = \"recorded\"",
        (None, Some(Latency::Recorded), 262_144),
    );
}

#[cfg(not(feature = "compression"))]
#[test]
fn to_compress_takes_the_feature() {
    let config = Config::new().compress(true);
    let error = Settings::resolve(config, Path::new("/"), "t").unwrap_err();
    assert!(error.is_config(), "{error}");
    assert!(
        error.to_string().contains("feature `compression`"),
        "{error}"
    );
    let config = Config::new().compress(false);
    assert!(
        !Settings::resolve(config, Path::new("/"), "t")
            .unwrap()
            .compress
    );
}
