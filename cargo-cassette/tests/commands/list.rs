use crate::support::{PING, Project, cassette, gzip, last_run, with_head};

fn project() -> Project {
    let project = Project::new();
    let head = r#""test": "api::users::reads", "source": "tests/api.rs", "fingerprint": {"signature": "v1:1111111111111111", "body": "v1:2222222222222222"}, "tracked": {"src/personas.rs::Personas::from_prompt": "v1:3333333333333333", "prompts/system.txt": "v1:4444444444444444"}"#;
    project.write(
        "tests/cassettes/api/users/reads.json",
        with_head(head, &[PING, PING]),
    );
    project.write(
        "tests/cassettes/jobs/waits.json",
        cassette("jobs::waits", &[PING]),
    );
    project.write(
        "tests/cassettes/jobs/waits.rejected.json",
        cassette("jobs::waits", &[PING]),
    );
    project.write("tests/cassettes/README.md", "no cassette");
    project
}

#[test]
fn a_table_has_test_interactions_size_age_and_state() {
    insta::assert_snapshot!(project().run(&["list"]));
}

#[test]
fn those_with_a_word_in_their_name_are_listed() {
    insta::assert_snapshot!(project().run(&["list", "users"]));
}

#[test]
fn tests_that_track_a_function_or_a_file_are_listed() {
    let project = project();
    let listed = |name: &str| project.run(&["list", "--tracks", name]).stdout;
    for name in [
        "Personas::from_prompt",
        "from_prompt",
        "src/personas.rs",
        "prompts/system.txt",
        "reads",
    ] {
        let found = listed(name);
        assert!(
            found.contains("api::users::reads") && !found.contains("waits"),
            "{name}: {found}"
        );
    }
    for name in ["prompt", "personas.r", "system"] {
        assert!(!listed(name).contains("reads"), "{name}");
    }
}

#[test]
fn json_says_all_that_is_known() {
    let listed = project().run(&["list", "users", "--json"]).stdout;
    let rows: serde_json::Value = serde_json::from_str(&listed).unwrap();
    let row = &rows[0];
    assert_eq!(row["name"], "api/users/reads");
    assert_eq!(
        row["path"],
        "[project]/tests/cassettes/api/users/reads.json"
    );
    assert_eq!(row["package"], "fixture");
    assert_eq!(row["interactions"], 2);
    assert_eq!(row["state"], "unknown");
    assert_eq!(row["tracked"]["prompts/system.txt"], "v1:4444444444444444");
    assert!(row["bytes"].as_u64().unwrap() > 100);
}

#[test]
fn a_broken_file_among_many_is_named_and_the_rest_goes_on() {
    let project = project();
    project.write(
        "tests/cassettes/api/broken.json",
        "{\n  \"format\": 1,\n  \"test\": }",
    );
    project.write("tests/cassettes/api/newer.json", r#"{"format": 2}"#);
    insta::assert_snapshot!(project.run(&["list"]));
}

#[test]
fn outside_a_workspace_the_next_command_is_told() {
    insta::assert_snapshot!(Project::nowhere().run(&["list"]));
}

#[test]
fn a_manifest_elsewhere_can_be_named() {
    let (project, elsewhere) = (project(), Project::nowhere());
    let manifest = project.path().join("Cargo.toml");
    let ran = elsewhere.run(&["list", "--manifest-path", manifest.to_str().unwrap()]);
    assert!(ran.stdout.contains("jobs::waits"), "{ran}");
}

#[test]
fn packages_of_a_workspace_are_listed_together_or_one_by_one() {
    let project = Project::nowhere();
    project.write(
        "Cargo.toml",
        "[workspace]\nresolver = \"3\"\nmembers = [\"a\", \"b\"]\n",
    );
    for name in ["a", "b"] {
        let manifest =
            format!("[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n");
        project.write(&format!("{name}/Cargo.toml"), manifest);
        project.write(&format!("{name}/src/lib.rs"), "");
    }
    project.write("b/cassette.toml", "dir = \"tapes\"\n");
    project.write("a/tests/cassettes/t.json", cassette("of_a::t", &[]));
    project.write("b/tapes/t.json", cassette("of_b::t", &[]));
    let all = project.run(&["list"]).stdout;
    assert!(all.contains("of_a") && all.contains("of_b"), "{all}");
    let one = project.run(&["list", "-p", "b"]).stdout;
    assert!(!one.contains("of_a") && one.contains("of_b"), "{one}");
    insta::assert_snapshot!(project.run(&["list", "-p", "c"]), @"
    --- stderr
    error: there is no package `c` in the workspace

    help: use one of a, b
    --- exit code 2
    ");
}

#[test]
fn the_folder_that_the_environment_names_counts() {
    let project = project();
    project.write("elsewhere/t.json.gz", gzip(&cassette("packed::t", &[PING])));
    let output = project
        .command(&["list"])
        .env("CASSETTE_DIR", "elsewhere")
        .output();
    let listed = project.ran(&output.unwrap()).stdout;
    assert!(
        listed.contains("packed::t") && !listed.contains("jobs"),
        "{listed}"
    );
}

#[test]
fn colours_are_left_out_unless_somebody_forces_them() {
    let project = project();
    let colours = |variables: &[(&str, &str)]| {
        let output = project
            .command(&["list"])
            .envs(variables.iter().copied())
            .output();
        output.unwrap().stdout.contains(&0x1b)
    };
    assert!(!colours(&[]), "no terminal");
    assert!(colours(&[("CLICOLOR_FORCE", "1")]));
    assert!(!colours(&[("NO_COLOR", "1")]));
}

#[test]
fn whoever_reads_no_more_is_no_failure() {
    let project = project();
    let mut child = project.command(&["list"]);
    let mut child = child.stdout(std::process::Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_folder_below_another_is_looked_through_once() {
    let project = Project::new();
    project.write("tests/cassettes/api/pings.json", cassette("pings", &[PING]));
    let root = project.path();
    let event = |dir: &str| {
        serde_json::json!({
            "version": 1, "test": "pings", "package": root, "dir": root.join(dir),
            "cassette": root.join("tests/cassettes/api/pings.json"), "outcome": "played", "state": "fresh",
        })
    };
    last_run::write(&root, &[event("tests/cassettes/api"), event("tests")], None);
    let listed = project.run(&["list"]);
    let lines: Vec<_> = listed.stdout.lines().collect();
    assert!(lines.len() == 2 && lines[1].ends_with("fresh"), "{listed}");
}

#[test]
fn when_the_last_run_cannot_be_read_it_says_what_to_do() {
    let project = Project::new();
    last_run::write(
        &project.path(),
        &[serde_json::json!({ "version": 9 })],
        None,
    );
    let listed = project.run(&["list"]);
    assert_eq!(listed.code, Some(2), "{listed}");
    assert!(
        listed
            .stderr
            .contains("\n\nhelp: remove [project]/target/cassette/"),
        "{listed}"
    );
}
