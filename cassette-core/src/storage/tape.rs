//! The file of a cassette, as it is or compressed.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::MAX_FILE;
use crate::cassette::Cassette;
use crate::coding;
use crate::disk;
use crate::error::{Error, Kind, Result};
use crate::files;
use crate::id::CassetteId;
use crate::pool::{CassettePool, Stamp};

/// Returns the path of a cassette that is not compressed, which stands for both forms.
pub(super) fn path(dir: &Path, id: &CassetteId) -> PathBuf {
    dir.join(format!("{id}.json"))
}

/// Returns both forms: as it is, and compressed.
pub(super) fn forms(path: &Path) -> [PathBuf; 2] {
    [path.to_owned(), form(path, true)]
}

pub(super) fn form(path: &Path, is_compressed: bool) -> PathBuf {
    match is_compressed {
        true => path.with_extension("json.gz"),
        false => path.to_owned(),
    }
}

/// Returns the file that holds the cassette, if there is one.
///
/// # Errors
///
/// When both forms are there: nobody can say which one counts.
pub(super) fn find(path: &Path) -> Result<Option<PathBuf>> {
    let is_there = |path: &PathBuf| {
        path.try_exists()
            .map_err(|error| failed(path, "read", error))
    };
    let [plain, compressed] = forms(path);
    let plain = is_there(&plain)?.then_some(plain);
    let compressed = is_there(&compressed)?.then_some(compressed);
    match (plain, compressed) {
        (Some(plain), Some(compressed)) => Err(Error::new(
            Kind::Format,
            format!(
                "there are two files of one cassette, {} and {}\n\nhelp: remove the one that is older",
                plain.display(),
                compressed.display()
            ),
        )),
        (plain, compressed) => Ok(plain.or(compressed)),
    }
}

/// Reads the cassette, if there is one.
pub(super) fn load(path: &Path, pool: Option<&CassettePool>) -> Result<Option<Arc<Cassette>>> {
    let Some(file) = find(path)? else {
        return Ok(None);
    };
    let Some(pool) = pool else {
        return Ok(read(&file)?.map(Arc::new));
    };
    let stamp = fs::metadata(&file).ok().as_ref().and_then(Stamp::of);
    let pooled = stamp.as_ref().and_then(|stamp| pool.get(&file, stamp));
    if pooled.is_some() {
        return Ok(pooled);
    }
    let cassette = read(&file)?.map(Arc::new);
    if let (Some(stamp), Some(cassette)) = (stamp, &cassette) {
        pool.put(&file, stamp, cassette);
    }
    Ok(cassette)
}

fn read(file: &Path) -> Result<Option<Cassette>> {
    // Another process may have replaced it, and its files, between the one and the other.
    read_once(file).or_else(|_| read_once(file))
}

fn read_once(file: &Path) -> Result<Option<Cassette>> {
    let bytes = match disk::read(file, MAX_FILE) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(file, "read", error)),
    };
    let text = unpacked(file, bytes).map_err(|why| broken(file, &why))?;
    if text.trim_ascii().is_empty() {
        return Err(broken(file, "the file is empty"));
    }
    let mut cassette =
        Cassette::read(&text.into()).map_err(|error| broken(file, &error.to_string()))?;
    let folder = file.parent().unwrap_or(file);
    files::read(&mut cassette, folder, MAX_FILE).map_err(|why| incomplete(file, &why))?;
    Ok(Some(cassette))
}

pub(super) fn is_compressed(file: &Path) -> bool {
    file.extension() == Some(OsStr::new("gz"))
}

pub(super) fn unpacked(file: &Path, bytes: Vec<u8>) -> Result<Vec<u8>, String> {
    match is_compressed(file) && !bytes.is_empty() {
        true => coding::unpack(&bytes, MAX_FILE),
        false => Ok(bytes),
    }
}

/// Returns what stands in a file of this name.
pub(super) fn packed(file: &Path, text: String) -> Vec<u8> {
    match is_compressed(file) {
        true => coding::pack(text.as_bytes()),
        false => text.into_bytes(),
    }
}

pub(super) fn failed(file: &Path, what: &str, error: io::Error) -> Error {
    let message = format!("cannot {what} the cassette {}", file.display());
    Error::new(Kind::Storage, message).with_source(error)
}

pub(super) fn broken(file: &Path, why: &str) -> Error {
    let path = file.display().to_string();
    unusable(file, &format!("is no cassette: {why}"), &path)
}

/// The cassette names a file that is not as it was.
pub(super) fn incomplete(file: &Path, why: &str) -> Error {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let stem = name.trim_end_matches(".gz").trim_end_matches(".json");
    let files = file.with_file_name(format!("{stem}.*"));
    unusable(
        file,
        &format!("is not whole: {why}"),
        &format!("'{}'", files.display()),
    )
}

fn unusable(file: &Path, why: &str, restored: &str) -> Error {
    let path = file.display();
    Error::new(
        Kind::Format,
        format!(
            "{path} {why}\n\nhelp: restore it with `git checkout -- {restored}`, or remove it to record again"
        ),
    )
}
