//! Files: read with a bound, and written whole or not at all.

#[cfg(unix)]
mod access;

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::Path;

use tempfile::NamedTempFile;

/// Who may read a file that is written. Until it is in its place nobody else may.
#[derive(Clone, Copy)]
pub(crate) enum Access<'a> {
    /// As it was; where it is new, as the cassette at this path, which is committed with others.
    Like(&'a Path),
    /// Nobody else: it may hold what a person has yet to look at.
    Owner,
}

/// Reads a file of at most `max` bytes.
pub(crate) fn read(path: &Path, max: u64) -> io::Result<Vec<u8>> {
    let too_large = || io::Error::other(format!("it has more than {max} bytes, which is refused"));
    let file = File::open(path)?;
    let length = file.metadata()?.len();
    if length > max {
        return Err(too_large());
    }
    let mut content = Vec::with_capacity(usize::try_from(length + 1).unwrap_or_default());
    // What is no ordinary file may give more than it says.
    file.take(max + 1).read_to_end(&mut content)?;
    if content.len() as u64 > max {
        return Err(too_large());
    }
    Ok(content)
}

/// Removes a file, which somebody else may have done.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Adds a line to a file that other processes add to. It is one call, so that theirs do not come between.
pub(crate) fn append(path: &Path, line: &str) -> io::Result<()> {
    let mut file = File::options().create(true).append(true).open(path)?;
    match file.write(line.as_bytes())? {
        written if written == line.len() => Ok(()),
        _ => Err(io::ErrorKind::WriteZero.into()),
    }
}

/// Writes a file, unless it has this content already.
pub(crate) fn replace(path: &Path, content: &[u8], access: Access<'_>) -> io::Result<()> {
    let is_written = fs::read(path).is_ok_and(|old| old == content);
    if is_written && access.is_given_at(path) {
        return Ok(());
    }
    write(path, content, access)
}

/// Writes a file beside its place, then moves it there: the place holds the old content or the
/// new, never a part.
fn write(path: &Path, content: &[u8], access: Access<'_>) -> io::Result<()> {
    let folder = path.parent().unwrap_or(path);
    let mut file = temporary(folder)?;
    file.write_all(content)?;
    access.give(file.as_file(), path);
    file.as_file().sync_all()?;
    file.persist(path)?;
    sync_folder(folder);
    Ok(())
}

/// Makes a file beside those that it is to replace, which nobody else may read.
pub(crate) fn temporary(folder: &Path) -> io::Result<NamedTempFile> {
    builder().tempfile_in(folder)
}

fn builder() -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".cassette-");
    builder
}

/// A rename is on the disk when its folder is. Only Unix can ask for that, and not every file
/// system there; the rename itself has been done.
pub(crate) fn sync_folder(folder: &Path) {
    if cfg!(unix) {
        let _ = File::open(folder).and_then(|folder| folder.sync_all());
    }
}

/// Other systems have no such modes; the folder's rules hold.
#[cfg(not(unix))]
impl Access<'_> {
    #[expect(clippy::unused_self, reason = "Unix asks it")]
    fn is_given_at(self, _: &Path) -> bool {
        true
    }

    #[expect(clippy::unused_self, reason = "Unix asks it")]
    fn give(self, _: &File, _: &Path) {}
}

#[cfg(test)]
mod tests;
