//! What is said about what cannot be tracked.

use std::path::Path;

use insta::assert_snapshot;

use super::super::{expand_in, messages};
use super::{fingerprint, package, said, write};

#[test]
fn a_wrong_path_says_what_to_write() {
    let folder = package();
    let said = |entries| said(&folder, entries);
    assert_snapshot!(said(r#""", "::f""#), @"
    no file is named: write one of the package, such as `src/lib.rs`
    no file is named: write one of the package, such as `src/lib.rs`
    ");
    assert_snapshot!(said(r#""src\\personas.rs""#), @"a path has no backslashes here: write `src/personas.rs`");
    assert_snapshot!(said(r#""/etc/hostname", "C:/prompts/system.txt""#), @"
    `/etc/hostname` is absolute: write the path from the package's folder on, such as `src/lib.rs`
    `C:/prompts/system.txt` is absolute: write the path from the package's folder on, such as `src/lib.rs`
    ");
    assert_snapshot!(said(r#""../outside.txt", "src/../../outside.txt", "src/../../app/src/personas.rs""#), @"
    `../outside.txt` is outside of the package: only its own files can be tracked, since no others are there when it is built elsewhere
    `src/../../outside.txt` is outside of the package: only its own files can be tracked, since no others are there when it is built elsewhere
    `src/../../app/src/personas.rs` is outside of the package: only its own files can be tracked, since no others are there when it is built elsewhere
    ");
    assert_snapshot!(said(r#""src/persona.rs", "README.md", "nowhere/system.txt""#), @"
    there is no `src/persona.rs` in the package: did you mean `src/personas.rs`?
    there is no `README.md` in the package: write the path from the folder of its `Cargo.toml` on
    there is no `nowhere/system.txt` in the package: write the path from the folder of its `Cargo.toml` on
    ");
    assert_snapshot!(said(r#""src", ".", "prompts/""#), @"
    `src` is a folder: name the files in it, each on its own
    `.` is a folder: name the files in it, each on its own
    `prompts/` is a folder: name the files in it, each on its own
    ");
    assert_snapshot!(said(r#""prompts/system.txt::first""#), @"`prompts/system.txt` is no Rust file, so nothing in it has a name: write `prompts/system.txt` alone");
    assert_snapshot!(said(r#""src/personas.rs::", "src/personas.rs::Personas::", "src/personas.rs::::new""#), @"
    a name is missing beside `::`: write it as in `src/personas.rs::Type::method`, or `src/personas.rs` alone
    a name is missing beside `::`: write it as in `src/personas.rs::Type::method`, or `src/personas.rs` alone
    a name is missing beside `::`: write it as in `src/personas.rs::Type::method`, or `src/personas.rs` alone
    ");
}

#[test]
fn a_wrong_name_says_which_there_are() {
    let folder = package();
    write(&folder, "app/src/empty.rs", "use a::b;");
    let said = |entries| said(&folder, entries);
    assert_snapshot!(said(r#""src/personas.rs::Personas::from_promt""#), @"`src/personas.rs` has no `Personas::from_promt`: did you mean `Personas::from_prompt`?");
    assert_snapshot!(said(r#""src/personas.rs::from_prompt""#), @"`src/personas.rs` has no `from_prompt`: did you mean `Personas::from_prompt`?");
    assert_snapshot!(said(r#""src/personas.rs::Describes""#), @"`src/personas.rs` has no `Describes`: did you mean `Describe`?");
    assert_snapshot!(said(r#""src/personas.rs::describe""#), @"`src/personas.rs` has no `describe`: did you mean `Personas::describe` or `Describe::describe`?");
    assert_snapshot!(said(r#""src/personas.rs::zebra""#), @"`src/personas.rs` has no `zebra`: it has `Personas`, `Personas::LIMIT`, `Personas::new`, `Personas::from_prompt`, `Personas::Text`, `Personas::describe`, `Describe`, `Describe::Text` and 10 more");
    assert_snapshot!(said(r#""src/personas.rs::elsewhere::f", "src/personas.rs::elsewhere""#), @"
    the module `elsewhere` is in a file of its own: write that file before `::`
    the module `elsewhere` is in a file of its own: write that file before `::`
    ");
    assert_snapshot!(said(r#""src/personas.rs::_", "src/empty.rs::f""#), @"
    `src/personas.rs` has no `_`: it has `Personas`, `Personas::LIMIT`, `Personas::new`, `Personas::from_prompt`, `Personas::Text`, `Personas::describe`, `Describe`, `Describe::Text` and 10 more
    `src/empty.rs` has no `f`: nothing in it has a name
    ");
}

#[test]
fn what_cannot_be_read_is_told() {
    let folder = package();
    write(&folder, "app/src/open.rs", "fn f() { (");
    write(&folder, "app/src/newer.rs", "fn f() {} brand new");
    write(&folder, "app/src/bytes.rs", b"\xff");
    let said = |entries| said(&folder, entries);
    assert_snapshot!(said(r#""src/open.rs", "src/bytes.rs", "src/newer.rs""#), @"
    `src/open.rs` is no Rust: cannot parse string into token stream
    `src/bytes.rs` is no Rust: invalid utf-8 sequence of 1 bytes from index 0
    ");
    assert_snapshot!(said(r#""src/newer.rs::f""#), @"`src/newer.rs` cannot be taken apart: expected `!`; track it as a whole, as `src/newer.rs`");
    assert_snapshot!(messages(&expand_in(None, r#"tracks = ["src/lib.rs"]"#, "async fn f() {}")), @"`tracks` needs the package's folder, which cargo tells in `CARGO_MANIFEST_DIR`");
}

#[test]
fn an_entry_counts_once() {
    let folder = package();
    let said = |entries| said(&folder, entries);
    assert_snapshot!(said(r#""prompts/system.txt", "prompts/../prompts/./system.txt""#), @r#""prompts/../prompts/./system.txt" is tracked already: keep one of them"#);
    assert_snapshot!(said(r#""src/personas.rs::root", "src/personas.rs", "src/personas.rs::root""#), @r#""src/personas.rs::root" is tracked already: keep one of them"#);
}

#[test]
fn entries_are_strings() {
    let folder = package();
    assert_snapshot!(said(&folder, "1, prompts"), @r#"
    `tracks` takes a list of strings such as ["src/personas.rs::Personas::from_prompt", "prompts/system.txt"]
    `tracks` takes a list of strings such as ["src/personas.rs::Personas::from_prompt", "prompts/system.txt"]
    "#);
    let said = |arguments| messages(&expand_in(None, arguments, "async fn f() {}"));
    assert_snapshot!(said("tracks = \"src/lib.rs\", tracks"), @r#"
    `tracks` takes a list of strings such as ["src/personas.rs::Personas::from_prompt", "prompts/system.txt"]
    `tracks` is written twice: keep one of them
    "#);
}

#[cfg(unix)]
#[test]
fn a_link_is_followed_within_the_package_alone() {
    let folder = package();
    let link =
        |from: &str, to: &Path| std::os::unix::fs::symlink(to, folder.path().join(from)).unwrap();
    link("app/inside.txt", Path::new("prompts/system.txt"));
    link("app/outside.txt", Path::new("../outside.txt"));
    link("app/out", folder.path());
    assert_eq!(
        fingerprint(&folder, "inside.txt"),
        fingerprint(&folder, "prompts/system.txt")
    );
    assert_snapshot!(said(&folder, r#""outside.txt", "out/outside.txt""#), @"
    `outside.txt` is outside of the package: only its own files can be tracked, since no others are there when it is built elsewhere
    `out/outside.txt` is outside of the package: only its own files can be tracked, since no others are there when it is built elsewhere
    ");
    assert_snapshot!(said(&folder, r#""inside.txt", "prompts/system.txt""#), @r#""prompts/system.txt" is tracked already: keep one of them"#);
}

#[test]
fn what_is_tracked_can_change_without_the_test() {
    let folder = package();
    let said = |arguments| {
        let package = folder.path().join("app");
        messages(&expand_in(Some(&package), arguments, "async fn f() {}"))
    };
    assert_eq!(
        said(r#"track = "off", on_change = "fail", tracks = ["src/personas.rs"]"#),
        ""
    );
    assert_ne!(
        said(r#"track = "off", on_change = "fail", tracks = []"#),
        ""
    );
}
