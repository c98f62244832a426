//! `docs/parity.md` names a test for each feature; they must be there.

use std::fs;
use std::path::Path;

const PARITY: &str = include_str!("../../docs/parity.md");

/// Returns the cells of the table's rows that name tests.
fn rows() -> Vec<Vec<&'static str>> {
    let rows = PARITY.lines().filter(|line| line.starts_with("| "));
    let rows = rows.filter(|line| !line.starts_with("| feature |"));
    rows.map(|row| {
        let cells = row.trim_matches('|').split(" | ");
        cells.map(str::trim).collect()
    })
    .collect()
}

/// Returns the names and files of the tests in a cell: ``[`name`](../file)``.
fn tests_in(cell: &str) -> Vec<(&str, &str)> {
    let links = cell.split("[`").skip(1);
    links
        .map(|link| {
            let (name, rest) = link.split_once("`](").expect("a link has a file");
            (name, rest.split_once(')').expect("a link has an end").0)
        })
        .collect()
}

/// Is there a test of this name in the file, with an attribute that makes it one?
fn has_test(text: &str, name: &str) -> bool {
    let function = format!("fn {name}(");
    let mut lines = text.lines().enumerate();
    let Some((at, _)) = lines.find(|(_, line)| line.contains(&function)) else {
        return false;
    };
    let above: Vec<_> = text.lines().take(at).collect();
    let attributes = above.iter().rev().map(|line| line.trim());
    let mut attributes =
        attributes.take_while(|line| line.starts_with("#[") || line.starts_with("//"));
    attributes.any(|line| {
        line.ends_with("test]") || line.starts_with("#[tokio::test") || line.starts_with("#[rstest")
    })
}

#[test]
fn each_feature_names_a_test_that_is_there() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    let mut failures = Vec::new();
    for row in rows() {
        let [feature, _, cell] = row[..] else {
            failures.push(format!("a row has three cells: {row:?}"));
            continue;
        };
        let tests = tests_in(cell);
        if tests.is_empty() {
            failures.push(format!("{feature}: no test"));
        }
        for (name, file) in tests {
            let text = fs::read_to_string(docs.join(file)).unwrap_or_default();
            if !has_test(&text, name) {
                failures.push(format!("{feature}: no test `{name}` in {file}"));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(rows().len() >= 60, "only {} rows", rows().len());
}

#[test]
fn a_test_that_is_not_there_is_missed() {
    assert!(has_test("#[test]\nfn a() {}", "a"));
    assert!(has_test(
        "#[tokio::test(flavor = \"multi_thread\")]\nasync fn a() {}",
        "a"
    ));
    assert!(!has_test("fn a() {}", "a"), "no test");
    assert!(!has_test("#[test]\nfn ab() {}", "a"));
    assert!(!has_test("#[test]\n\nfn b() {}\nfn a() {}", "a"));
}
