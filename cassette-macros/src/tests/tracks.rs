//! What `tracks` names, in a package that is written for it.

use std::fs;

use insta::assert_snapshot;
use proc_macro2::TokenStream;
use tempfile::TempDir;

use super::{expand_in, pretty};

mod messages;

const PERSONAS: &str = "
    //! Personas.

    use crate::Client;

    /// One of them.
    pub struct Personas<T> { client: Client<T> }

    impl<T> Personas<T> {
        pub const LIMIT: usize = 8;
        pub fn new(client: Client<T>) -> Self { Self { client } }
        pub async fn from_prompt(&self, prompt: &str) -> Result<Persona> { self.client.ask(prompt, 1).await }
    }

    impl<T> Describe for Personas<T> {
        type Text = String;
        fn describe(&self) -> String { format!(\"up to {}\", Self::LIMIT) }
    }

    trait Describe {
        type Text;
        fn describe(&self) -> Self::Text;
        fn shout(&self) -> String { self.describe().to_uppercase() }
    }

    #[cfg(unix)]
    fn root() -> &'static str { \"/\" }
    #[cfg(windows)]
    fn root() -> &'static str { \"C:/\" }

    mod prompts {
        pub const FIRST: &str = \"Create a persona\";
        pub static SECOND: &str = \"Create another\";
        pub enum Kind { Gamer }
        pub fn r#type() -> Kind { Kind::Gamer }
        impl Kind { fn name(&self) -> &str { \"gamer\" } }
    }

    macro_rules! persona { () => { Persona }; }

    mod elsewhere;
    const _: () = ();
";

/// A folder with the package `app`, and files beside it.
fn package() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    write(&folder, "outside.txt", "");
    write(&folder, "app/src/personas.rs", PERSONAS);
    write(&folder, "app/prompts/system.txt", "You are\na gamer.\n");
    folder
}

fn write(folder: &TempDir, name: &str, text: impl AsRef<[u8]>) {
    let path = folder.path().join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn expanded(folder: &TempDir, tracks: &str) -> TokenStream {
    let arguments = format!("tracks = [{tracks}]");
    let package = folder.path().join("app");
    expand_in(Some(&package), &arguments, "async fn f() {}")
}

/// What is said about these entries.
fn said(folder: &TempDir, tracks: &str) -> String {
    super::messages(&expanded(folder, tracks))
}

/// The fingerprint of one entry.
#[track_caller]
fn fingerprint(folder: &TempDir, entry: &str) -> String {
    let tokens = expanded(folder, &format!("{entry:?}"));
    assert_eq!(super::messages(&tokens), "");
    let text = tokens.to_string();
    let (_, behind) = text.split_once(&format!("({entry:?} , \"")).unwrap();
    behind.split('"').next().unwrap().to_owned()
}

/// Which of these entries have another fingerprint in the changed text.
fn changed<'a>(entries: &[&'a str], written: &str, change: &str) -> Vec<&'a str> {
    let folder = package();
    let all = |folder: &TempDir| {
        entries
            .iter()
            .map(|entry| fingerprint(folder, entry))
            .collect::<Vec<_>>()
    };
    let before = all(&folder);
    assert_eq!(PERSONAS.matches(written).count(), 1, "{written}");
    write(
        &folder,
        "app/src/personas.rs",
        PERSONAS.replace(written, change),
    );
    let pairs = before.into_iter().zip(all(&folder)).zip(entries);
    pairs
        .filter(|((before, after), _)| before != after)
        .map(|(_, entry)| *entry)
        .collect()
}

const ALL: [&str; 16] = [
    "src/personas.rs",
    "src/personas.rs::Personas",
    "src/personas.rs::Personas::LIMIT",
    "src/personas.rs::Personas::from_prompt",
    "src/personas.rs::Personas::describe",
    "src/personas.rs::Personas::Text",
    "src/personas.rs::Describe",
    "src/personas.rs::Describe::describe",
    "src/personas.rs::Describe::shout",
    "src/personas.rs::root",
    "src/personas.rs::prompts",
    "src/personas.rs::prompts::FIRST",
    "src/personas.rs::prompts::Kind",
    "src/personas.rs::prompts::type",
    "src/personas.rs::prompts::Kind::name",
    "src/personas.rs::persona",
];

#[test]
fn what_is_tracked_is_told_and_the_compiler_looks_at_it() {
    let folder = package();
    let entries =
        r#""src/personas.rs::Personas::from_prompt", "prompts/system.txt", "src/personas.rs", "#;
    assert_snapshot!(pretty(expanded(&folder, entries)));
}

#[test]
fn a_change_counts_for_what_it_is_in() {
    let changed = |written, change| {
        let all = changed(&ALL, written, change);
        all.join("\n").replace("src/personas.rs", "file")
    };
    assert_snapshot!(changed("prompt, 1", "prompt, 2"), @"
    file
    file::Personas
    file::Personas::from_prompt
    ");
    assert_snapshot!(changed("client: Client<T> }", "client: Client<T>, more: u8 }"), @"
    file
    file::Personas
    ");
    assert_snapshot!(changed("format!(\"up to", "format!(\"to"), @"
    file
    file::Personas
    file::Personas::describe
    ");
    assert_snapshot!(changed("self.describe().to_uppercase()", "self.describe()"), @"
    file
    file::Describe
    file::Describe::shout
    ");
    assert_snapshot!(changed("\"C:/\"", "\"D:/\""), @"
    file
    file::root
    ");
    assert_snapshot!(changed("&str { \"gamer\" }", "&str { \"player\" }"), @"
    file
    file::prompts
    file::prompts::Kind
    file::prompts::Kind::name
    ");
    assert_snapshot!(changed("pub fn r#type()", "#[inline] fn r#type()"), @"
    file
    file::prompts
    file::prompts::type
    ");
    assert_snapshot!(changed("{ Persona };", "{ Other };"), @"
    file
    file::persona
    ");
    assert_snapshot!(changed("use crate::Client", "use crate::other::Client"), @"file");
}

#[test]
fn layout_comments_and_documentation_do_not_count() {
    let none: [&str; 0] = [];
    assert_eq!(
        changed(&ALL, "//! Personas.", "//! Written anew.\n// Twice."),
        none
    );
    assert_eq!(changed(&ALL, "/// One of them.", ""), none);
    assert_eq!(
        changed(
            &ALL,
            "Self { Self { client } }",
            "Self {\n    Self { client, }\n}"
        ),
        none
    );
}

#[test]
fn line_endings_do_not_count() {
    let folder = package();
    let entries = [
        "src/personas.rs",
        "src/personas.rs::Personas",
        "prompts/system.txt",
    ];
    let all = || entries.map(|entry| fingerprint(&folder, entry));
    let before = all();
    let prompt = "\r\nYou are\r\na gamer.\r\n".trim_start();
    write(
        &folder,
        "app/src/personas.rs",
        PERSONAS.replace('\n', "\r\n"),
    );
    write(&folder, "app/prompts/system.txt", prompt);
    assert_eq!(all(), before);
    write(&folder, "app/prompts/system.txt", "You are\ra gamer.\n");
    assert_ne!(all(), before);
}

#[test]
fn a_text_counts_byte_by_byte() {
    let folder = package();
    let of = |bytes: &[u8]| {
        write(&folder, "app/prompts/system.txt", bytes);
        fingerprint(&folder, "prompts/system.txt")
    };
    assert_eq!(of(b""), "v1:e3b0c44298fc1c14");
    assert_eq!(of(b"\xff\r\n"), of(b"\xff\n"));
    assert_ne!(of(b"a b"), of(b"a  b"));
    assert_ne!(of(b"a\n"), of(b"a"));
}

#[test]
fn a_mark_of_the_encoding_and_a_line_for_the_system_do_not_count() {
    let folder = package();
    let of = |text: &str| {
        write(&folder, "app/src/main.rs", text);
        fingerprint(&folder, "src/main.rs::main")
    };
    let plain = of("fn main() {}");
    assert_eq!(of("\u{feff}fn main() {}"), plain);
    assert_eq!(of("#!/usr/bin/env run\nfn main() {}"), plain);
    assert_eq!(of("#! [allow(unused)] fn main() {}"), plain);
}

/// Recordings in people's repositories carry these values: see that of the fingerprints of tests.
#[test]
fn pinned() {
    let folder = package();
    let all = ALL.map(|entry| format!("{entry} {}", fingerprint(&folder, entry)));
    assert_snapshot!(all.join("\n"));
}
