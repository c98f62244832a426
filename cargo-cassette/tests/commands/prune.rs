use crate::support::Project;

#[test]
fn without_a_complete_run_nobody_can_say_what_is_unused() {
    insta::assert_snapshot!(Project::new().run(&["prune"]), @"
    --- stderr
    error: there was no run yet, so nobody can say which cassettes are used

    help: run `cargo cassette test` first
    --- exit code 2
    ");
}
