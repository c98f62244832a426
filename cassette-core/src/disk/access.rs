//! Modes of files.

use std::fs::{self, File, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::{Access, builder};

/// Who may read, write and execute; the bits above say other things.
const BITS: u32 = 0o777;

/// Reading and writing for the owner.
const OWNER: u32 = 0o600;

impl Access<'_> {
    /// Returns true when nobody may read the file at `path` who shall not.
    pub(super) fn is_given_at(self, path: &Path) -> bool {
        match self {
            Self::Like(_) => true,
            Self::Owner => mode(path).is_some_and(|mode| mode & !OWNER == 0),
        }
    }

    /// Gives a temporary file, which its owner alone may read, the mode it has at `path`. Where the file
    /// system does not want that, what is written counts more.
    pub(super) fn give(self, file: &File, path: &Path) {
        if let Self::Like(cassette) = self {
            let mode = mode(path)
                .or_else(|| mode(cassette))
                .or_else(|| mode_of_new(cassette).ok());
            let set = |mode| file.set_permissions(Permissions::from_mode(mode));
            let _ = mode.map(set);
        }
    }
}

fn mode(path: &Path) -> Option<u32> {
    let metadata = fs::metadata(path).ok()?;
    Some(metadata.permissions().mode() & BITS)
}

/// A new cassette has the mode of its neighbours, but can always be recorded again.
fn mode_of_new(cassette: &Path) -> io::Result<u32> {
    let folder = cassette.parent().unwrap_or(cassette);
    match neighbour(folder)?.as_deref().and_then(mode) {
        Some(mode) => Ok(mode | OWNER),
        None => mode_of_any(folder),
    }
}

/// The first by name, so that it is the same one each time.
fn neighbour(folder: &Path) -> io::Result<Option<PathBuf>> {
    let entries = fs::read_dir(folder)?.filter_map(|entry| Some(entry.ok()?.path()));
    Ok(entries.filter(|path| is_cassette(path)).min())
}

fn is_cassette(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let is_one = name.ends_with(".json") || name.ends_with(".json.gz");
    is_one && !name.ends_with(".rejected.json") && path.is_file()
}

/// The umask of the process, and what the folder says, show in a file that is made for that.
fn mode_of_any(folder: &Path) -> io::Result<u32> {
    let mut builder = builder();
    let file = builder
        .permissions(Permissions::from_mode(0o666))
        .tempfile_in(folder)?;
    Ok(file.as_file().metadata()?.permissions().mode() & BITS)
}
