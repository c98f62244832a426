mod cassette_file;
mod kind;
mod tape;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::cassette::Cassette;
use crate::disk::{self, Access};
use crate::error::{Error, Kind, Result};
use crate::files;
use crate::id::CassetteId;
use crate::journal::{Journal, Lock};
use crate::pool::CassettePool;
use crate::report;
pub use cassette_file::CassetteFile;
use cassette_file::remove_other_files;
pub use kind::FileKind;

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
    /// How it is written.
    compress: bool,
    pool: Option<CassettePool>,
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
        compress: bool,
        pool: Option<CassettePool>,
    ) -> Result<Self> {
        id.check()?;
        let path = tape::path(dir, id);
        let file = tape::find(&path)?.unwrap_or_else(|| tape::form(&path, compress));
        let (shown, package_dir) = (shown(&file, package_dir), package_dir.to_owned());
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
            compress,
            pool,
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
    pub(crate) fn load(&self) -> Result<Option<Arc<Cassette>>> {
        tape::load(&self.path, self.pool.as_ref())
    }

    /// Returns where the recording will be, for people.
    pub(crate) fn target(&self) -> String {
        shown(&tape::form(&self.path, self.compress), &self.package_dir)
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
        let mut forms = tape::forms(&self.path).into_iter();
        if forms.any(|path| fs::metadata(path).is_ok_and(read_only)) {
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
        let names = tape::forms(&self.path);
        let names = names
            .each_ref()
            .map(|path| path.file_name().unwrap_or_default().to_string_lossy());
        for entry in fs::read_dir(self.folder())? {
            let other = entry?.file_name();
            let other = other.to_string_lossy();
            let differs_in_case =
                |name: &Cow<'_, str>| *name != other && name.to_lowercase() == other.to_lowercase();
            if names.iter().any(differs_in_case) {
                return Err(io::Error::other(format!(
                    "`{other}` beside it differs in case only, which is one file on some systems: rename one"
                )));
            }
        }
        Ok(())
    }

    /// Writes the cassette, unless the file has this content already.
    pub(crate) fn save(&self, cassette: &Cassette) -> Result<()> {
        let [plain, packed] = tape::forms(&self.path);
        let (path, other) = if self.compress {
            (packed, plain)
        } else {
            (plain, packed)
        };
        // It keeps its mode when it is written in the other form.
        let like = if path.exists() { &path } else { &other };
        write(&path, &stem(&self.path), cassette, Access::Like(like))
            .and_then(|names| remove_other_files(self.folder(), &stem(&self.path), &names))
            .and_then(|()| disk::remove(&other))
            .map_err(|error| self.failed("write", error))
    }

    /// Returns true when it is written in the form that is asked for, and the files of its bodies are
    /// named after it, not after a recording that failed and was given its place.
    pub(crate) fn is_settled(&self, cassette: &Cassette) -> bool {
        let stem = stem(&self.path);
        let mut names = cassette.files().into_iter().map(|(name, _)| name);
        tape::form(&self.path, self.compress).exists()
            && names.all(|name| files::is_of(name, &stem))
    }

    /// Removes what earlier recordings that failed have left to look at.
    pub(crate) fn clear_rejected(&self) -> Result<()> {
        let mut rejected = self.rejected().into_iter();
        let cleared = rejected.try_for_each(|path| {
            disk::remove(&path)?;
            remove_other_files(self.folder(), &stem(&path), &[])
        });
        cleared.map_err(|error| self.failed("clear up beside", error))
    }

    /// Keeps a recording that must not replace the cassette, and returns where, for people. The last
    /// place is taken again and again.
    pub(crate) fn reject(&self, cassette: &Cassette) -> Result<String> {
        let mut places = self.rejected();
        let free = places.iter().position(|path| !path.exists());
        let path = places.swap_remove(free.unwrap_or(REJECTED - 1));
        write(&path, &stem(&path), cassette, Access::Owner)
            .map_err(|error| self.failed("write beside", error))?;
        Ok(shown(&path, &self.package_dir))
    }

    /// Returns the places for recordings that are not saved.
    fn rejected(&self) -> Vec<PathBuf> {
        // `c.2.rejected.json` is that of a cassette `c.2`, and no cassette is called `c.2.rejected`.
        let more = |number| self.beside(&format!("{number}.rejected.rejected.json"));
        let more = (2..=REJECTED).map(more);
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
        tape::failed(&tape::form(&self.path, self.compress), what, error)
    }
}

/// Reads a cassette that others extend; nobody need hold it.
///
/// # Errors
///
/// When there is none; when it cannot be read, or is no cassette.
pub(crate) fn load_shared(
    dir: &Path,
    id: &CassetteId,
    package_dir: &Path,
    pool: Option<&CassettePool>,
) -> Result<Arc<Cassette>> {
    let path = tape::path(dir, id);
    tape::load(&path, pool)?.ok_or_else(|| {
        let message = format!(
            "`extends` names the cassette {id}, and there is none at {}\n\n\
             help: record the test that makes it first, `CASSETTE_MODE=record cargo test …`, or correct the name",
            shown(&path, package_dir)
        );
        Error::new(Kind::MissingCassette, message)
    })
}

impl Drop for Storage {
    fn drop(&mut self) {
        self.release();
    }
}

/// Returns the file of a cassette: the one that is there, else the one that it would be written to.
pub(crate) fn file(dir: &Path, id: &CassetteId, compress: bool) -> PathBuf {
    let path = tape::path(dir, id);
    let found = tape::find(&path).ok().flatten();
    found.unwrap_or_else(|| tape::form(&path, compress))
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
fn write(
    path: &Path,
    stem: &str,
    cassette: &Cassette,
    access: Access<'_>,
) -> io::Result<Vec<String>> {
    let mut cassette = cassette.clone();
    cassette.name_files(&|content| files::name(stem, content));
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
    disk::replace(path, &tape::packed(path, text), access)?;
    Ok(files.iter().map(|(name, _)| (*name).to_owned()).collect())
}

/// Returns a cassette's name in its folder.
fn stem(path: &Path) -> String {
    let stem = path.file_stem().unwrap_or_default();
    stem.to_string_lossy().into_owned()
}
