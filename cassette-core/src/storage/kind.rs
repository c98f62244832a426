use std::path::{Path, PathBuf};

use crate::files;

/// What a file in a folder of cassettes is, told by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum FileKind {
    /// `<name>.json` or `<name>.json.gz`.
    Cassette,
    /// `<name>.rejected.json` and its like: a recording that was not saved.
    Rejected,
    /// `<name>.partial.jsonl`: the journal of a recording that runs, or was killed.
    Partial,
    /// `<name>.<12 digits>.bin`: a body that is too large for the cassette.
    Body,
    /// What is not yet in its place, or was left there by a process that was killed.
    Temporary,
}

impl FileKind {
    /// Tells what a file is, and the path, without an extension, of the cassette or rejected recording
    /// that it belongs to; nothing for a file that is none of ours.
    ///
    /// ```
    /// use cassette_core::FileKind;
    ///
    /// let (kind, owner) = FileKind::of("api/reads.rejected.json".as_ref()).unwrap();
    /// assert_eq!((kind, owner.to_str()), (FileKind::Rejected, Some("api/reads")));
    /// assert_eq!(FileKind::of("api/README.md".as_ref()), None);
    /// ```
    #[must_use]
    pub fn of(path: &Path) -> Option<(Self, PathBuf)> {
        let name = path.file_name()?.to_str()?;
        let (kind, stem) = Self::of_name(name)?;
        Some((kind, path.with_file_name(stem)))
    }

    fn of_name(name: &str) -> Option<(Self, &str)> {
        let found = if name.starts_with(".cassette-") {
            (Self::Temporary, name)
        } else if let Some(stem) = name.strip_suffix(".partial.jsonl") {
            (Self::Partial, stem)
        } else if let Some(stem) = name.strip_suffix(".rejected.json") {
            (Self::Rejected, numbered(stem).unwrap_or(stem))
        } else if let Some(stem) = name.strip_suffix(".json").or(name.strip_suffix(".json.gz")) {
            (Self::Cassette, stem)
        } else {
            (Self::Body, files::stem(name)?)
        };
        (!found.1.is_empty()).then_some(found)
    }
}

/// `c.2.rejected` is what is left of the name of the second rejected recording of `c`.
fn numbered(stem: &str) -> Option<&str> {
    let (stem, number) = stem.strip_suffix(".rejected")?.rsplit_once('.')?;
    matches!(number.as_bytes(), [b'2'..=b'9']).then_some(stem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_what_a_file_is_and_whose() {
        let check = |name: &str, expect: Option<(FileKind, &str)>| {
            let found = FileKind::of(Path::new(name));
            let found = found.map(|(kind, owner)| (kind, owner.to_str().unwrap().to_owned()));
            assert_eq!(
                found,
                expect.map(|(kind, owner)| (kind, owner.to_owned())),
                "{name}"
            );
        };
        check("a/b.json", Some((FileKind::Cassette, "a/b")));
        check("a/b.json.gz", Some((FileKind::Cassette, "a/b")));
        check("b.v2.json", Some((FileKind::Cassette, "b.v2")));
        check("b.rejected.json", Some((FileKind::Rejected, "b")));
        check("b.2.rejected.json", Some((FileKind::Rejected, "b.2")));
        check(
            "b.2.rejected.rejected.json",
            Some((FileKind::Rejected, "b")),
        );
        check("b.partial.jsonl", Some((FileKind::Partial, "b")));
        check("b.0123456789ab.bin", Some((FileKind::Body, "b")));
        check(
            "b.rejected.0123456789ab.bin",
            Some((FileKind::Body, "b.rejected")),
        );
        check(".cassette-x1", Some((FileKind::Temporary, ".cassette-x1")));
        for other in [
            ".json",
            ".gitignore",
            "b.bin",
            "b.0123.bin",
            "b.jsonl",
            "README.md",
        ] {
            check(other, None);
        }
    }
}
