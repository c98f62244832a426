use crate::support::Project;

#[test]
fn everything_is_written_where_there_is_nothing() {
    let project = Project::new();
    insta::assert_snapshot!(project.run(&["init"]), @"
    cassette.toml: written
    .gitattributes: 3 lines added
    .gitignore: 6 lines added
    --- exit code 0
    ");
    insta::assert_snapshot!(project.read(".gitattributes"), @"
    **/tests/cassettes/**/*.json text eol=lf linguist-generated=false
    **/tests/cassettes/**/*.json.gz binary diff=gzip
    **/tests/cassettes/**/*.bin binary
    ");
    insta::assert_snapshot!(project.read(".gitignore"), @"
    *.rejected.json
    *.rejected.*.bin
    *.partial.jsonl
    *-local.json
    *-local.json.gz
    *-local.*.bin
    ");
    assert_eq!(
        project.run(&["list"]).code,
        Some(0),
        "the configuration is one"
    );
}

#[test]
fn each_line_of_the_configuration_can_be_switched_on() {
    let project = Project::new();
    project.run(&["init"]);
    let text = project
        .read("cassette.toml")
        .replace("max_age = any", "max_age = \"30d\"");
    let setting = |line: &str| {
        Some(line.strip_prefix("# ")?.to_owned()).filter(|line| {
            line.split_once(" = ")
                .is_some_and(|(name, _)| name.chars().all(|c| c.is_ascii_lowercase() || c == '_'))
        })
    };
    let settings: Vec<_> = text.lines().filter_map(setting).collect();
    assert!(settings.len() > 10, "{settings:?}");
    project.write("cassette.toml", settings.join("\n"));
    let ran = project.run(&["list"]);
    assert_eq!(ran.code, Some(0), "{ran}");
}

#[test]
fn nothing_is_written_over_and_missing_lines_are_added() {
    let project = Project::new();
    project.write("cassette.toml", "max_age = \"30d\"\n");
    project.write(".gitignore", "/target\n*.partial.jsonl");
    insta::assert_snapshot!(project.run(&["init"]), @"
    cassette.toml: is there, left as it is
    .gitattributes: 3 lines added
    .gitignore: 5 lines added
    --- exit code 0
    ");
    assert_eq!(project.read("cassette.toml"), "max_age = \"30d\"\n");
    assert!(
        project
            .read(".gitignore")
            .starts_with("/target\n*.partial.jsonl\n*.rejected.json\n")
    );
    let (ignored, attributes) = (project.read(".gitignore"), project.read(".gitattributes"));
    insta::assert_snapshot!(project.run(&["init"]), @"
    cassette.toml: is there, left as it is
    .gitattributes: has all lines
    .gitignore: has all lines
    --- exit code 0
    ");
    assert_eq!(project.read(".gitignore"), ignored);
    assert_eq!(project.read(".gitattributes"), attributes);
}

#[test]
fn git_then_takes_cassettes_for_text_and_leaves_rejected_ones_alone() {
    let project = Project::new();
    project.write("cassette.toml", "dir = \"tests/tapes\"\n");
    project.run(&["init"]);
    let ask = |arguments: &[&str]| {
        let output = std::process::Command::new("git")
            .args(arguments)
            .current_dir(project.path())
            .output();
        String::from_utf8(output.unwrap().stdout).unwrap()
    };
    let eol = ask(&[
        "check-attr",
        "eol",
        "tests/tapes/a/b.json",
        "deep/tests/tapes/b.json",
    ]);
    assert_eq!(eol.matches("eol: lf").count(), 2, "{eol}");
    assert!(!ask(&["check-ignore", "tests/tapes/a/b.rejected.json"]).is_empty());
    assert!(ask(&["check-ignore", "tests/tapes/a/b.json"]).is_empty());
    project.write("cassette.toml", "dir = \"tests/my tapes\"\n");
    project.run(&["init"]);
    let eol = ask(&["check-attr", "eol", "tests/my tapes/a/b.json"]);
    assert_eq!(eol.matches("eol: lf").count(), 1, "{eol}");
}

#[test]
fn the_guide_says_the_same() {
    let guide = include_str!("../../../docs/guide.md");
    let project = Project::new();
    project.run(&["init"]);
    for line in project.read(".gitignore").lines() {
        assert!(guide.lines().any(|of_guide| of_guide == line), "{line}");
    }
    for line in project.read(".gitattributes").lines() {
        let line = line.trim_start_matches("**/");
        assert!(guide.lines().any(|of_guide| of_guide == line), "{line}");
    }
}
