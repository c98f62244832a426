//! The files beside a cassette that hold what is too large for it.

use std::fs;
use std::io;
use std::path::Path;

use bytes::Bytes;
use sha2::{Digest, Sha256};

use crate::cassette::Cassette;
use crate::disk;

/// How many hexadecimal digits of the digest stand in a name.
const DIGITS: usize = 12;

const EXTENSION: &str = "bin";

/// Returns the name of the file that holds `content` beside the cassette `stem`.
pub(crate) fn name(stem: &str, content: &[u8]) -> String {
    format!("{stem}.{}.{EXTENSION}", digest(content))
}

fn digest(content: &[u8]) -> String {
    let digest = Sha256::digest(content);
    let digits = digest.iter().map(|byte| format!("{byte:02x}"));
    digits.take(DIGITS / 2).collect()
}

/// Puts into a cassette what the files beside it hold.
///
/// # Errors
///
/// When one is missing, is not a file beside the cassette, or holds something else than its name says.
pub(crate) fn read(cassette: &mut Cassette, folder: &Path, max: u64) -> Result<(), String> {
    cassette.read_files(&|name| read_one(&folder.join(checked(name)?), name, max))
}

/// A cassette names no file elsewhere: neither another folder's nor a device.
fn checked(name: &str) -> Result<&str, String> {
    let is_plain = !name.contains(['/', '\\', ':']) && digits_of(name).is_some();
    is_plain.then_some(name).ok_or_else(|| {
        format!("`{name}` is no name of a body's file, like `name.0123456789ab.{EXTENSION}`")
    })
}

/// Returns the name of the cassette whose body a file of this name holds.
pub(crate) fn stem(name: &str) -> Option<&str> {
    let digits = digits_of(name)?;
    name.strip_suffix(&format!(".{digits}.{EXTENSION}"))
}

/// The digest in a name, if it is the name of a body's file.
fn digits_of(name: &str) -> Option<&str> {
    let (stem, digits) = name
        .strip_suffix(EXTENSION)?
        .strip_suffix('.')?
        .rsplit_once('.')?;
    let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let is_digest = digits.len() == DIGITS && digits.bytes().all(is_digit);
    (is_digest && !stem.is_empty()).then_some(digits)
}

fn read_one(path: &Path, name: &str, max: u64) -> Result<Bytes, String> {
    let content = disk::read(path, max)
        .map_err(|error| format!("it needs the file {name} beside it: {error}"))?;
    let (found, expected) = (digest(&content), digits_of(name).unwrap_or_default());
    if found != expected {
        return Err(format!(
            "{name} was changed: the digest of what it holds is {found} (is it a binary file for git, `*.bin -text`?)"
        ));
    }
    Ok(content.into())
}

/// Returns the names of the files in `folder` that belong to the cassette `stem`.
pub(crate) fn list(folder: &Path, stem: &str) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if is_of(&name, stem) {
            names.push(name);
        }
    }
    Ok(names)
}

/// Returns true when a file of this name holds a body of the cassette `stem`.
pub(crate) fn is_of(name: &str, stem: &str) -> bool {
    let digits = digits_of(name);
    digits.is_some_and(|digits| name == format!("{stem}.{digits}.{EXTENSION}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_hold_the_digest_of_the_content() {
        assert_eq!(name("api__reads", b""), "api__reads.e3b0c44298fc.bin");
        assert_eq!(
            digits_of("api__reads.e3b0c44298fc.bin"),
            Some("e3b0c44298fc")
        );
        for other in [
            "e3b0c44298fc.bin",
            ".e3b0c44298fc.bin",
            "a.e3b0c44298f.bin",
            "a.e3b0c44298fC.bin",
            "a.e3b0c44298fcbin",
            "a.json",
        ] {
            assert_eq!(digits_of(other), None, "{other}");
        }
    }

    #[test]
    fn only_files_beside_the_cassette_are_named() {
        for name in [
            "../a.e3b0c44298fc.bin",
            "/a.e3b0c44298fc.bin",
            "c:a.e3b0c44298fc.bin",
            "..\\a.e3b0c44298fc.bin",
            "/etc/passwd",
        ] {
            assert!(checked(name).is_err(), "{name}");
        }
        assert_eq!(checked("a.e3b0c44298fc.bin"), Ok("a.e3b0c44298fc.bin"));
    }
}
