use crate::support::Project;

const RECORDED: &str = "\
interactions:
- request: {method: GET, uri: 'http://api/users/1', headers: {Authorization: [Bearer q9F3b1c7D5e2a4680Zq]}, body: null}
  response: {status: {code: 200, message: OK}, headers: {Content-Type: [application/json]}, body: {string: '{\"name\":\"ada\"}'}}
version: 1
";

#[test]
fn a_file_is_imported_and_the_command_says_what_became_of_it() {
    let project = Project::new();
    project.write("old/reads.yaml", RECORDED);
    let arguments = ["import", "old/reads.yaml", "--name", "api/reads"];
    insta::assert_snapshot!(project.run(&arguments), @r"
    old/reads.yaml: recorded 1 interaction into tests/cassettes/api/reads.json (vcrpy)
    --- exit code 0
    ");
    let cassette = project.read("tests/cassettes/api/reads.json");
    assert!(cassette.contains(r#""test": "api::reads""#), "{cassette}");
    assert!(!cassette.contains("q9F3b1c7D5e2a4680Zq"), "{cassette}");
    assert_eq!(project.run(&["check"]).code, Some(0));
}

#[test]
fn a_file_that_cannot_be_imported_is_something_to_look_at() {
    let project = Project::new();
    project.write("old/a.json", "{");
    project.write("old/b.yaml", RECORDED);
    insta::assert_snapshot!(project.run(&["import", "old"]), @r"
    old/a.json: not imported: it is no JSON: EOF while parsing an object at line 1 column 1
    old/b.yaml: recorded 1 interaction into tests/cassettes/b.json (vcrpy)
    --- exit code 1
    ");
}

#[test]
fn wrong_arguments_are_told() {
    let project = Project::new();
    assert_eq!(project.run(&["import"]).code, Some(2));
    let unknown = project.run(&["import", "a.json", "--format", "tape"]);
    assert!(unknown.stderr.contains("snapshot-agent"), "{unknown}");
    let missing = project.run(&["import", "nowhere.json"]);
    assert_eq!(missing.code, Some(2), "{missing}");
}
