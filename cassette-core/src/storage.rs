use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::cassette::Cassette;
use crate::disk::{self, Access};
use crate::error::{Error, Kind, Result};
use crate::files;
use crate::id::CassetteId;
use crate::journal::{Journal, Lock};
use crate::report;

/// The largest file that is read.
const MAX_FILE: u64 = 512 * 1024 * 1024;

/// How many recordings that failed are kept until one passes.
const REJECTED: usize = 9;

/// One cassette's place on the disk, held by one session of this process.
#[derive(Debug)]
pub(crate) struct Storage {
    /// Which claim is ours: another session may have the path after it is released.
    session: u64,
    path: PathBuf,
    shown: String,
    package_dir: PathBuf,
}

/// Who has used a cassette in this process, and the session that is using it now.
#[derive(Debug)]
struct Claim {
    user: String,
    session: Option<u64>,
}

static CLAIMS: Mutex<BTreeMap<PathBuf, Claim>> = Mutex::new(BTreeMap::new());
static SESSIONS: AtomicU64 = AtomicU64::new(0);

fn claims() -> MutexGuard<'static, BTreeMap<PathBuf, Claim>> {
    CLAIMS.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Storage {
    /// Takes the cassette for `user`: a test, and its case.
    ///
    /// # Errors
    ///
    /// When it is in use, when another user has had it in this process, or when its name cannot be
    /// a file's.
    pub(crate) fn claim(
        dir: &Path,
        id: &CassetteId,
        package_dir: &Path,
        user: &str,
    ) -> Result<Self> {
        id.check()?;
        let path = dir.join(format!("{id}.json"));
        let (shown, package_dir) = (shown(&path, package_dir), package_dir.to_owned());
        let (mut claims, session) = (claims(), SESSIONS.fetch_add(1, Ordering::Relaxed));
        match claims.get(&path) {
            Some(claim) if claim.session.is_some() || claim.user != user => {
                let report = report::shared(&shown, user, &claim.user);
                return Err(Error::new(Kind::Foreign, report));
            }
            _ => {}
        }
        let (user, now) = (user.to_owned(), Some(session));
        claims.insert(path.clone(), Claim { user, session: now });
        Ok(Self {
            session,
            path,
            shown,
            package_dir,
        })
    }

    /// Lets other sessions have the cassette, also while a task still holds on to this one.
    pub(crate) fn release(&self) {
        if let Some(claim) = claims().get_mut(&self.path) {
            claim.session = claim.session.filter(|session| *session != self.session);
        }
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
        // Another process may have replaced it, and its files, between the one and the other.
        self.load_once().or_else(|_| self.load_once())
    }

    fn load_once(&self) -> Result<Option<Cassette>> {
        let text = match disk::read(&self.path, MAX_FILE) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(self.failed("read", error)),
        };
        if text.trim_ascii().is_empty() {
            return Err(self.broken("the file is empty"));
        }
        let mut cassette =
            Cassette::from_json(&text).map_err(|error| self.broken(&error.to_string()))?;
        files::read(&mut cassette, self.folder(), MAX_FILE)
            .map_err(|error| self.incomplete(&error))?;
        Ok(Some(cassette))
    }

    /// Begins a recording: makes the folders and takes the lock, waiting for another process.
    /// Returns also where that is, for people, which a killed recording has left.
    pub(crate) fn begin(&self) -> Result<(Lock, Option<String>)> {
        self.make_folder()
            .map_err(|error| self.failed("make the folder of", error))?;
        self.refuse_read_only()?;
        let lock = Journal::lock(&self.beside("partial.jsonl"), &self.shown)?;
        let kept = lock
            .left_over()
            .and_then(|left_over| left_over.map(|cassette| self.reject(&cassette)).transpose());
        match kept {
            Ok(kept) => Ok((lock, kept)),
            Err(error) => {
                lock.leave();
                Err(error)
            }
        }
    }

    /// Moving a file over it would not ask; and before the recording nothing is paid for yet.
    fn refuse_read_only(&self) -> Result<()> {
        let read_only = |metadata: fs::Metadata| metadata.permissions().readonly();
        if fs::metadata(&self.path).is_ok_and(read_only) {
            return Err(self.failed("write", io::Error::other("the file is read-only")));
        }
        Ok(())
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
        write(&self.path, cassette, Access::Like(&self.path))
            .and_then(|names| self.remove_files(&stem(&self.path), &names))
            .map_err(|error| self.failed("write", error))
    }

    /// Returns true when the files of its bodies are named after it, and not after a recording that
    /// failed and was given its place.
    pub(crate) fn owns_files_of(&self, cassette: &Cassette) -> bool {
        let stem = stem(&self.path);
        let mut names = cassette.files().into_iter().map(|(name, _)| name);
        names.all(|name| files::is_of(name, &stem))
    }

    fn remove_files(&self, stem: &str, kept: &[String]) -> io::Result<()> {
        let names = files::list(self.folder(), stem)?;
        let mut old = names.iter().filter(|name| !kept.contains(name));
        old.try_for_each(|name| disk::remove(&self.folder().join(name)))
    }

    /// Removes what earlier recordings that failed have left to look at.
    pub(crate) fn clear_rejected(&self) -> Result<()> {
        let mut rejected = self.rejected().into_iter();
        let cleared = rejected.try_for_each(|path| {
            disk::remove(&path)?;
            self.remove_files(&stem(&path), &[])
        });
        cleared.map_err(|error| self.failed("clear up beside", error))
    }

    /// Keeps a recording that must not replace the cassette, and returns where, for people. The last
    /// place is taken again and again.
    pub(crate) fn reject(&self, cassette: &Cassette) -> Result<String> {
        let mut places = self.rejected();
        let free = places.iter().position(|path| !path.exists());
        let path = places.swap_remove(free.unwrap_or(REJECTED - 1));
        write(&path, cassette, Access::Owner)
            .map_err(|error| self.failed("write beside", error))?;
        Ok(shown(&path, &self.package_dir))
    }

    /// Returns the places for recordings that are not saved.
    fn rejected(&self) -> Vec<PathBuf> {
        let more = (2..=REJECTED).map(|number| self.beside(&format!("{number}.rejected.json")));
        [self.beside("rejected.json")]
            .into_iter()
            .chain(more)
            .collect()
    }

    fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(&self.path)
    }

    fn beside(&self, extension: &str) -> PathBuf {
        self.path
            .with_file_name(format!("{}.{extension}", stem(&self.path)))
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
        self.unusable(&format!("is no cassette: {why}"), &path.to_string())
    }

    /// The cassette names a file that is not as it was.
    fn incomplete(&self, why: &str) -> Error {
        let files = self.beside("*").display().to_string();
        self.unusable(&format!("is not whole: {why}"), &format!("'{files}'"))
    }

    fn unusable(&self, why: &str, restored: &str) -> Error {
        let path = self.path.display();
        Error::new(
            Kind::Format,
            format!(
                "{path} {why}\n\nhelp: restore it with `git checkout -- {restored}`, or remove it to record again"
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
    let below = Path::new(file)
        .strip_prefix(package_dir)
        .ok()
        .and_then(Path::to_str);
    let file = below.unwrap_or(file).replace('\\', "/");
    if package_dir.join(&file).is_file() {
        return file;
    }
    let mut cuts = file.match_indices('/').map(|(at, _)| at).rev();
    let below = cuts.find(|&at| package_dir.ends_with(&file[..at]));
    below.map_or(file.as_str(), |at| &file[at + 1..]).to_owned()
}

/// Writes the files of large bodies, then the cassette that names them. Returns their names.
fn write(path: &Path, cassette: &Cassette, access: Access<'_>) -> io::Result<Vec<String>> {
    let stem = stem(path);
    let mut cassette = cassette.clone();
    cassette.name_files(&|content| files::name(&stem, content));
    let text = cassette.to_json().map_err(io::Error::other)?;
    let files = cassette.files();
    let mut contents = files.iter().map(|(_, content)| content.len());
    if contents.any(|length| length as u64 > MAX_FILE) || text.len() as u64 > MAX_FILE {
        return Err(io::Error::other(format!(
            "it, or a body of it, has more than {MAX_FILE} bytes, which no replay would read"
        )));
    }
    for (name, content) in &files {
        disk::replace(&path.with_file_name(name), content, access)?;
    }
    disk::replace(path, text.as_bytes(), access)?;
    Ok(files.iter().map(|(name, _)| (*name).to_owned()).collect())
}

/// Returns a cassette's name in its folder.
fn stem(path: &Path) -> String {
    let stem = path.file_stem().unwrap_or_default();
    stem.to_string_lossy().into_owned()
}
