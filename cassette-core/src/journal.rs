mod partial;

use std::error::Error as StdError;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use tempfile::TempPath;

use crate::cassette::{Cassette, compact};
use crate::disk;
use crate::error::{Error, Kind, Result};
use crate::interaction::Interaction;
pub use partial::PartialRecording;

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
#[derive(Serialize)]
struct Line {
    /// The place in the order of requests; answers come in any order.
    number: usize,
    interaction: Interaction,
}

/// A line for a value that the test had made.
#[derive(Serialize)]
struct VariableLine<'a> {
    variable: &'a str,
    value: &'a str,
}

/// Any line after the first. No enum: what is tried in turn is read into a form that loses bodies.
#[derive(Deserialize)]
struct AnyLine {
    number: Option<usize>,
    interaction: Option<Interaction>,
    variable: Option<String>,
    value: Option<String>,
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

    /// Adds a variable that was made.
    pub(crate) fn append_variable(&self, name: &str, value: &str) -> Result<()> {
        let variable = name;
        self.write(&VariableLine { variable, value })
    }

    /// Sees to it that what is written is on the disk.
    pub(crate) fn sync(&self) -> Result<()> {
        let file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.sync_all()
            .map_err(|error| storage_error(&self.path, error))
    }

    /// Writes the whole journal anew, with what was learned since. The new file is locked before it is
    /// in its place, so another process that waits finds the old one gone, and waits for this one.
    ///
    /// A line that is added after `lines` were gathered, and before this, would be lost: the caller lets
    /// none be added.
    ///
    /// # Errors
    ///
    /// When it cannot be written; the old journal stays as it is, and locked.
    pub(crate) fn rewrite(
        &self,
        head: &Cassette,
        lines: impl Iterator<Item = (usize, Interaction)>,
    ) -> Result<()> {
        let lines = lines.map(|(number, interaction)| Line {
            number,
            interaction,
        });
        let text = text(head, lines).map_err(|error| storage_error(&self.path, error.into()))?;
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        replace(&mut file, &self.path, text.as_bytes())
            .map_err(|error| storage_error(&self.path, error))
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
        let mut finished = Vec::new();
        for line in lines {
            let line: AnyLine = serde_json::from_slice(line)?;
            match (line.number, line.interaction, line.variable, line.value) {
                (Some(number), Some(interaction), None, None) => finished.push(Line {
                    number,
                    interaction,
                }),
                (None, None, Some(variable), Some(value)) => {
                    cassette.variables.insert(variable, value);
                }
                _ => return Err("a line holds neither an interaction nor a variable".into()),
            }
        }
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
    pub(crate) fn start(mut self, head: &Cassette) -> Result<Journal> {
        empty(&mut self.file).map_err(|error| storage_error(&self.path, error))?;
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
    // Not to append: what Windows opens so it does not let be emptied.
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path)
}

/// Returns the lines of a whole journal.
fn text(head: &Cassette, lines: impl Iterator<Item = Line>) -> serde_json::Result<String> {
    let mut text = compact(head)? + "\n";
    for line in lines {
        text.push_str(&compact(&line)?);
        text.push('\n');
    }
    Ok(text)
}

/// Puts a file with this content, locked as the old one is, in its place.
fn replace(file: &mut File, path: &Path, content: &[u8]) -> io::Result<()> {
    if path.exists() && !is_at(file, path) {
        // Ours was removed, and this one is another's.
        return rewrite_in_place(file, content);
    }
    let folder = path.parent().unwrap_or(path);
    let mut new = disk::temporary(folder)?;
    new.as_file().try_lock()?;
    new.write_all(content)?;
    new.as_file().sync_all()?;
    match new.persist(path) {
        Ok(new) => *file = new,
        // Windows lets no file take the place of one that is open.
        Err(_) if cfg!(windows) => rewrite_in_place(file, content)?,
        Err(failed) => return Err(failed.error),
    }
    disk::sync_folder(folder);
    Ok(())
}

/// Whoever kills the process meanwhile loses the journal.
fn rewrite_in_place(file: &mut File, content: &[u8]) -> io::Result<()> {
    empty(file)?;
    file.write_all(content)?;
    file.sync_all()
}

fn empty(file: &mut File) -> io::Result<()> {
    file.set_len(0)?;
    file.rewind()
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

#[cfg(test)]
mod tests;
