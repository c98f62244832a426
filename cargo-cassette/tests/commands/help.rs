use std::process::Command;

use crate::support::Project;

/// The commands, as the help lists them.
fn commands(project: &Project) -> Vec<String> {
    let help = project.run(&["--help"]).stdout;
    let (_, rest) = help.split_once("Commands:\n").unwrap();
    let (list, _) = rest.split_once("\n\n").unwrap();
    let names = list
        .lines()
        .filter(|line| !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next());
    names
        .filter(|name| *name != "help")
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_help_says_what_there_is_and_what_exit_codes_mean() {
    insta::assert_snapshot!(Project::nowhere().run(&["--help"]));
}

#[test]
fn each_command_has_examples_a_manual_page_and_the_exit_codes_it_needs() {
    let project = Project::nowhere();
    let commands = commands(&project);
    assert!(commands.len() >= 12, "{commands:?}");
    for command in commands {
        let help = project.run(&[&command, "--help"]);
        assert_eq!(help.code, Some(0));
        assert!(help.stdout.contains("Examples:\n  cargo"), "{help}");
        let page = project.run(&["man", &command]);
        assert!(
            page.stdout
                .contains(&format!(".TH cargo-cassette-{command} 1")),
            "{page}"
        );
    }
}

#[test]
fn the_manual_page_of_all_lists_the_commands() {
    let page = Project::nowhere().run(&["man"]).stdout;
    assert!(
        page.contains(".TH cargo-cassette 1") && page.contains("cargo\\-cassette\\-record(1)"),
        "{page}"
    );
}

#[test]
fn a_manual_page_of_nothing_is_refused() {
    insta::assert_snapshot!(Project::nowhere().run(&["man", "rewind"]), @"
    --- stderr
    error: there is no command `rewind`

    help: see `cargo cassette --help`
    --- exit code 2
    ");
}

#[test]
fn completions_know_the_commands() {
    let project = Project::nowhere();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = project.run(&["completions", shell]).stdout;
        assert!(
            script.contains("record") && script.contains("cargo-cassette"),
            "{shell}"
        );
    }
}

#[test]
fn it_works_by_its_own_name_too() {
    let direct = Command::new(env!("CARGO_BIN_EXE_cargo-cassette"))
        .arg("--version")
        .output()
        .unwrap();
    let by_cargo = Project::nowhere().run(&["--version"]);
    assert_eq!(
        String::from_utf8(direct.stdout).unwrap().trim(),
        by_cargo.stdout.trim()
    );
}

#[test]
fn wrong_usage_is_told_and_ends_with_2() {
    insta::assert_snapshot!(Project::nowhere().run(&["rewind"]));
    assert_eq!(Project::nowhere().run(&[]).code, Some(2));
}
