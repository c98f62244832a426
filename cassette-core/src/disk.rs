//! Files: read with a bound, and written whole or not at all.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::Path;

/// Who may read a file that is written.
#[derive(Clone, Copy)]
pub(crate) enum Access {
    /// As the process's umask has it: cassettes are committed.
    Everyone,
    /// Nobody else: it may hold what a person has yet to look at.
    Owner,
}

/// Reads a file of at most `max` bytes.
pub(crate) fn read(path: &Path, max: u64) -> io::Result<Vec<u8>> {
    let too_large = || io::Error::other(format!("it has more than {max} bytes, which is refused"));
    let file = File::open(path)?;
    if file.metadata()?.len() > max {
        return Err(too_large());
    }
    let mut content = Vec::new();
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

/// Writes a file, unless it has this content already.
pub(crate) fn replace(path: &Path, content: &[u8], access: Access) -> io::Result<()> {
    if fs::read(path).is_ok_and(|old| old == content) {
        return Ok(());
    }
    write(path, content, access)
}

/// Writes a file beside its place, then moves it there: the place holds the old content or the
/// new, never a part.
fn write(path: &Path, content: &[u8], access: Access) -> io::Result<()> {
    let folder = path.parent().unwrap_or(path);
    let mut file = temporary(access).tempfile_in(folder)?;
    file.write_all(content)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    sync_folder(folder);
    Ok(())
}

fn temporary(access: Access) -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".cassette-");
    #[cfg(unix)]
    if let Access::Everyone = access {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    #[cfg(not(unix))]
    let _ = access;
    builder
}

/// A rename is on the disk when its folder is. Only Unix can ask for that, and not every file
/// system there; the rename itself has been done.
fn sync_folder(folder: &Path) {
    if cfg!(unix) {
        let _ = File::open(folder).and_then(|folder| folder.sync_all());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_than_the_bound_is_not_read() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(b"four").unwrap();
        assert_eq!(read(file.path(), 4).unwrap(), b"four");
        assert!(read(file.path(), 3).is_err());
    }

    /// Its length is none, and its content has no end.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_device_is_not_read_for_ever() {
        let error = read(Path::new("/dev/zero"), 4).unwrap_err();
        assert!(error.to_string().contains("more than 4 bytes"), "{error}");
    }
}
