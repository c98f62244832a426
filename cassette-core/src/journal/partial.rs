//! What a recording that was killed has left, for tools that work outside of a test.

use std::fs::{self, File, TryLockError};
use std::io::Read;
use std::path::{Path, PathBuf};

use tempfile::TempPath;

use super::{Lock, is_at, storage_error};
use crate::cassette::Cassette;
use crate::error::{Error, Kind, Result};

/// The journal of a recording that was killed: `<name>.partial.jsonl`. As long as it is held no recording
/// of this cassette begins, so it is held briefly.
///
/// ```
/// use cassette_core::PartialRecording;
///
/// assert!(PartialRecording::open("no/such/folder/reads.partial.jsonl").unwrap_err().is_storage());
/// ```
#[derive(Debug)]
pub struct PartialRecording {
    path: PathBuf,
    /// There until it is dropped.
    lock: Option<Lock>,
}

impl PartialRecording {
    /// Takes hold of it.
    ///
    /// # Errors
    ///
    /// When it cannot be read; when a recording is running that it belongs to
    /// ([`is_busy`](Error::is_busy)).
    pub fn open(path: impl Into<PathBuf>) -> Result<Self> {
        let path = path.into();
        let lock = Some(locked(&path)?);
        Ok(Self { path, lock })
    }

    /// Reads what was recorded until then; nothing where no request was finished.
    ///
    /// # Errors
    ///
    /// When a line of it cannot be read; one that was cut off in the middle is passed over.
    pub fn cassette(&self) -> Result<Option<Cassette>> {
        self.lock.as_ref().map_or(Ok(None), Lock::left_over)
    }

    /// Removes the file.
    ///
    /// # Errors
    ///
    /// When the system does not permit it.
    pub fn remove(self) -> Result<()> {
        fs::remove_file(&self.path).map_err(|error| storage_error(&self.path, error))
    }
}

impl Drop for PartialRecording {
    fn drop(&mut self) {
        if let Some(lock) = self.lock.take() {
            lock.leave();
        }
    }
}

/// One that is not there is not made.
fn locked(path: &Path) -> Result<Lock> {
    let unread = |error| {
        let message = format!("cannot read the journal {}", path.display());
        Error::new(Kind::Storage, message).with_source(error)
    };
    let mut file = File::options()
        .read(true)
        .write(true)
        .open(path)
        .map_err(unread)?;
    match file.try_lock() {
        Ok(()) if is_at(&file, path) => {}
        Err(TryLockError::Error(error)) => return Err(unread(error)),
        // Whoever holds it, or has just replaced it, is recording.
        Ok(()) | Err(TryLockError::WouldBlock) => return Err(recording(path)),
    }
    let mut content = Vec::new();
    file.read_to_end(&mut content).map_err(unread)?;
    let path = TempPath::try_from_path(path).map_err(unread)?;
    Ok(Lock {
        path,
        file,
        content,
    })
}

fn recording(path: &Path) -> Error {
    let message = format!(
        "{} belongs to a recording that is running\n\nhelp: wait for it, or end it",
        path.display()
    );
    Error::new(Kind::Busy, message)
}
