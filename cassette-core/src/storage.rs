use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::cassette::Cassette;
use crate::error::{Error, Kind, Result};
use crate::id::CassetteId;
use crate::journal::{Journal, Lock};
use crate::report;

/// The largest file that is read.
const MAX_FILE: u64 = 512 * 1024 * 1024;

/// One cassette's place on the disk, held by one session of this process.
#[derive(Debug)]
pub(crate) struct Storage {
    /// The number of our claim: another session may have the path after it is released.
    number: u64,
    path: PathBuf,
    shown: String,
    package_dir: PathBuf,
}

/// A cassette in use in this process, and the test that uses it.
#[derive(Debug)]
struct Claim {
    number: u64,
    path: PathBuf,
    test: String,
}

static IN_USE: Mutex<Vec<Claim>> = Mutex::new(Vec::new());
static CLAIMS: AtomicU64 = AtomicU64::new(0);

fn in_use() -> MutexGuard<'static, Vec<Claim>> {
    IN_USE.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Storage {
    /// Takes the cassette for `test`.
    ///
    /// # Errors
    ///
    /// When another test of this process is using it, or its name cannot be a file's.
    pub(crate) fn claim(
        dir: &Path,
        id: &CassetteId,
        package_dir: &Path,
        test: &str,
    ) -> Result<Self> {
        id.check()?;
        let path = dir.join(format!("{id}.json"));
        let shown = shown(&path, package_dir);
        let mut in_use = in_use();
        if let Some(other) = in_use.iter().find(|claim| claim.path == path) {
            return Err(Error::new(
                Kind::Foreign,
                report::shared(&shown, test, &other.test),
            ));
        }
        let (number, test) = (CLAIMS.fetch_add(1, Ordering::Relaxed), test.to_owned());
        in_use.push(Claim {
            number,
            path: path.clone(),
            test,
        });
        let package_dir = package_dir.to_owned();
        Ok(Self {
            number,
            path,
            shown,
            package_dir,
        })
    }

    /// Lets other sessions have the cassette, also while a task still holds on to this one.
    pub(crate) fn release(&self) {
        in_use().retain(|claim| claim.number != self.number);
    }

    /// Returns the path for people: below the package.
    pub(crate) fn shown(&self) -> &str {
        &self.shown
    }

    /// Returns true when the package still has this source file.
    pub(crate) fn has_source(&self, source: &str) -> bool {
        self.package_dir.join(source).is_file()
    }

    /// Reads the cassette, if there is one.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, or is no cassette: it is never taken for "not recorded yet".
    pub(crate) fn load(&self) -> Result<Option<Cassette>> {
        let text = match self.read() {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(self.failed("read", error)),
        };
        if text.trim_ascii().is_empty() {
            return Err(self.broken("the file is empty"));
        }
        Cassette::from_json(&text)
            .map(Some)
            .map_err(|error| self.broken(&error.to_string()))
    }

    fn read(&self) -> io::Result<Vec<u8>> {
        let size = fs::metadata(&self.path)?.len();
        if size > MAX_FILE {
            return Err(io::Error::other(format!(
                "it has {size} bytes; cassettes over {MAX_FILE} are refused"
            )));
        }
        fs::read(&self.path)
    }

    /// Begins a recording: makes the folders and takes the lock, waiting for another process.
    pub(crate) fn begin(&self) -> Result<(Lock, Option<String>)> {
        self.make_folder()
            .map_err(|error| self.failed("make the folder of", error))?;
        let lock = Journal::lock(&self.beside("partial.jsonl"), &self.shown)?;
        let left_over = lock
            .left_over()
            .map(|cassette| self.reject(&cassette))
            .transpose()?;
        Ok((lock, left_over))
    }

    fn make_folder(&self) -> io::Result<()> {
        fs::create_dir_all(self.folder())?;
        self.refuse_other_case()
    }

    /// On macOS and Windows two names that differ in case only are one file.
    fn refuse_other_case(&self) -> io::Result<()> {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        for entry in fs::read_dir(self.folder())? {
            let other = entry?.file_name();
            let other = other.to_string_lossy();
            if other != name && other.to_lowercase() == name.to_lowercase() {
                return Err(io::Error::other(format!(
                    "`{other}` beside it differs in case only, which is one file on some systems: rename one"
                )));
            }
        }
        Ok(())
    }

    /// Writes the cassette, unless the file has this content already.
    pub(crate) fn save(&self, cassette: &Cassette) -> Result<()> {
        let text = cassette.to_json();
        if fs::read(&self.path).is_ok_and(|old| old == text.as_bytes()) {
            return Ok(());
        }
        replace(&self.path, text.as_bytes(), Access::Everyone)
            .map_err(|error| self.failed("write", error))
    }

    /// Removes what an earlier recording that failed has left to look at.
    pub(crate) fn clear_rejected(&self) -> Result<()> {
        match fs::remove_file(self.beside("rejected.json")) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(self.failed("clear up beside", error))
            }
            _ => Ok(()),
        }
    }

    /// Keeps a recording that must not replace the cassette, and returns where, for people.
    pub(crate) fn reject(&self, cassette: &Cassette) -> Result<String> {
        let path = self.beside("rejected.json");
        replace(&path, cassette.to_json().as_bytes(), Access::Owner)
            .map_err(|error| self.failed("write beside", error))?;
        Ok(shown(&path, &self.package_dir))
    }

    fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(&self.path)
    }

    fn beside(&self, extension: &str) -> PathBuf {
        self.path.with_file_name(format!(
            "{}.{extension}",
            self.path.file_stem().unwrap_or_default().to_string_lossy()
        ))
    }

    fn failed(&self, what: &str, error: io::Error) -> Error {
        Error::new(
            Kind::Storage,
            format!("cannot {what} the cassette {}", self.path.display()),
        )
        .with_source(error)
    }

    fn broken(&self, why: &str) -> Error {
        let path = self.path.display();
        Error::new(
            Kind::Format,
            format!(
                "{path} is no cassette: {why}\n\nhelp: restore it with `git checkout -- {path}`, or remove it to record again"
            ),
        )
    }
}

impl Drop for Storage {
    fn drop(&mut self) {
        self.release();
    }
}

/// Returns a path for people: below the package, where it is.
fn shown(path: &Path, package_dir: &Path) -> String {
    let below = path.strip_prefix(package_dir).unwrap_or(path);
    below.display().to_string()
}

/// Returns a test's source file relative to its package. `file!()` is relative to the workspace,
/// so the folders that lead from there to the package are taken off.
pub(crate) fn relative_source(file: &str, package_dir: &Path) -> String {
    let file = file.replace('\\', "/");
    if package_dir.join(&file).is_file() {
        return file;
    }
    let cuts = file.match_indices('/').map(|(at, _)| at).rev();
    let below = cuts
        .into_iter()
        .find(|&at| package_dir.ends_with(&file[..at]));
    below.map_or(file.as_str(), |at| &file[at + 1..]).to_owned()
}

/// Who may read a file that is written.
#[derive(Clone, Copy)]
pub(crate) enum Access {
    /// As the process's umask has it: cassettes are committed.
    Everyone,
    /// Nobody else: it may hold what a person has yet to look at.
    Owner,
}

/// Writes a file beside its place, then moves it there: the place holds the old content or the
/// new, never a part.
fn replace(path: &Path, content: &[u8], access: Access) -> io::Result<()> {
    let folder = path.parent().unwrap_or(path);
    let mut file = temporary(access).tempfile_in(folder)?;
    file.write_all(content)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    sync_folder(folder)
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

/// A rename is on the disk when its folder is; only Unix can ask for that.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(folder)?.sync_all()
    } else {
        Ok(())
    }
}
