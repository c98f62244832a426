use std::error::Error as StdError;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use tempfile::TempPath;

use crate::cassette::{Cassette, compact};
use crate::error::{Error, Kind, Result};
use crate::interaction::Interaction;

/// How long a recording waits for one in another process.
const PATIENCE: Duration = Duration::from_secs(60);

/// How often it looks.
const PAUSE: Duration = Duration::from_millis(20);

/// The journal of a recording: a line for each finished interaction, so that a killed process
/// loses nothing that was paid for. The file is the cassette's lock, too.
#[derive(Debug)]
pub(crate) struct Journal {
    file: Mutex<File>,
    path: PathBuf,
}

/// A locked journal to which nothing is written yet. Dropped, it goes again.
#[derive(Debug)]
pub(crate) struct Lock {
    /// Before the file, so that it is removed while it is locked.
    path: TempPath,
    file: File,
    content: Vec<u8>,
}

/// A line of the journal after the first, which is the cassette before them.
#[derive(Serialize, Deserialize)]
struct Line {
    /// The place in the order of requests; answers come in any order.
    number: usize,
    interaction: Interaction,
}

impl Journal {
    /// Locks the journal, which it makes where there is none.
    ///
    /// # Errors
    ///
    /// When it cannot be written, or another process holds it for longer than a minute.
    pub(crate) fn lock(path: &Path, shown: &str) -> Result<Lock> {
        let failed = |error: io::Error| storage_error(path, error);
        let patience = Instant::now() + PATIENCE;
        loop {
            let mut file = open(path).map_err(failed)?;
            match file.try_lock() {
                Ok(()) if is_at(&file, path) => {
                    let mut content = Vec::new();
                    file.read_to_end(&mut content).map_err(failed)?;
                    let path = TempPath::try_from_path(path).map_err(failed)?;
                    return Ok(Lock {
                        path,
                        file,
                        content,
                    });
                }
                // The one who held it has removed it since: make a new one.
                Ok(()) => {}
                Err(TryLockError::WouldBlock) if Instant::now() < patience => thread::sleep(PAUSE),
                Err(TryLockError::WouldBlock) => return Err(busy(shown, path)),
                Err(TryLockError::Error(error)) => return Err(failed(error)),
            }
        }
    }

    /// Adds a finished interaction.
    pub(crate) fn append(&self, number: usize, interaction: &Interaction) -> Result<()> {
        let line = Line {
            number,
            interaction: interaction.clone(),
        };
        self.write(&line)
    }

    fn write(&self, line: &impl Serialize) -> Result<()> {
        let text = compact(line).map_err(|error| storage_error(&self.path, error.into()))? + "\n";
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.write_all(text.as_bytes())
            .map_err(|error| storage_error(&self.path, error))
    }

    /// Returns its path, for people.
    pub(crate) fn shown(&self) -> String {
        self.path.display().to_string()
    }

    /// Leaves the file to the next recording, which finds in it what could not be saved.
    pub(crate) fn keep(&self) -> Result<()> {
        let file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.unlock()
            .map_err(|error| storage_error(&self.path, error))
    }

    /// Ends the recording: the file goes, and with it the lock. Somebody else may have removed it.
    pub(crate) fn remove(&self) -> Result<()> {
        match fs::remove_file(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(storage_error(&self.path, error))
            }
            _ => Ok(()),
        }
    }
}

impl Lock {
    /// Returns what a recording that was killed has left here.
    ///
    /// # Errors
    ///
    /// When there is something that cannot be read: it is not ours to throw away.
    pub(crate) fn left_over(&self) -> Result<Option<Cassette>> {
        let read = self.read().map_err(|error| unreadable(&self.path, error));
        Ok(read?
            .filter(|(_, finished)| *finished > 0)
            .map(|(cassette, _)| cassette))
    }

    /// Returns the cassette of the journal, and how many interactions its lines add. What stands
    /// behind the last line break was cut off in the middle.
    fn read(&self) -> Result<Option<(Cassette, usize)>, Box<dyn StdError + Send + Sync>> {
        let whole = self
            .content
            .iter()
            .rposition(|&byte| byte == b'\n')
            .unwrap_or_default();
        let mut lines = self.content[..whole]
            .split(|&byte| byte == b'\n')
            .filter(|line| !line.is_empty());
        let Some(head) = lines.next() else {
            return Ok(None);
        };
        let mut cassette = Cassette::from_json(head)?;
        let mut finished = lines
            .map(serde_json::from_slice)
            .collect::<Result<Vec<Line>, _>>()?;
        finished.sort_by_key(|line| line.number);
        let count = finished.len();
        cassette
            .interactions
            .extend(finished.into_iter().map(|line| line.interaction));
        Ok(Some((cassette, count)))
    }

    /// Gives the lock back and leaves what is in the file.
    pub(crate) fn leave(self) {
        // Where this fails the file is not removed either.
        let _ = self.path.keep();
    }

    /// Begins the journal of a recording; `head` is its cassette without the new interactions.
    pub(crate) fn start(self, head: &Cassette) -> Result<Journal> {
        let failed = |error: io::Error| storage_error(&self.path, error);
        self.file.set_len(0).map_err(failed)?;
        let file = Mutex::new(self.file);
        let path = self
            .path
            .keep()
            .map_err(|error| storage_error(&error.path, error.error))?;
        let journal = Journal { file, path };
        journal.write(head)?;
        Ok(journal)
    }
}

fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path)
}

/// Returns true when the open file is still the one at `path`.
fn is_at(file: &File, path: &Path) -> bool {
    let open = file.try_clone().and_then(same_file::Handle::from_file);
    let there = same_file::Handle::from_path(path);
    matches!((open, there), (Ok(open), Ok(there)) if open == there)
}

fn unreadable(path: &Path, error: Box<dyn StdError + Send + Sync>) -> Error {
    let path = path.display();
    let message = format!(
        "the journal {path} of a killed recording cannot be read\n\n\
         help: see what is in it, then remove it and run the test again"
    );
    Error::new(Kind::Storage, message).with_source(error)
}

fn busy(shown: &str, path: &Path) -> Error {
    Error::new(
        Kind::Busy,
        format!(
            "another process has been recording the cassette {shown} for a minute; it holds {}\n\n\
             help: wait for it, or end it, and run the test again",
            path.display()
        ),
    )
}

fn storage_error(path: &Path, error: io::Error) -> Error {
    Error::new(
        Kind::Storage,
        format!("cannot write the journal {}", path.display()),
    )
    .with_source(error)
}
