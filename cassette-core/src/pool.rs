use std::collections::HashMap;
use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use crate::cassette::Cassette;
use crate::lru::Lru;

/// Loaded cassettes, for programs that open the same ones again and again: a bounded number, of which
/// the one goes that was not used for the longest time.
///
/// A file that has changed is read anew. Clones are the same pool.
///
/// ```
/// use cassette_core::{CassettePool, Config};
///
/// let pool = CassettePool::new(100);
/// let config = Config::new().pool(&pool);
/// assert!(pool.is_empty());
/// ```
#[derive(Clone, Debug)]
pub struct CassettePool(Arc<Mutex<Shelf>>);

/// File systems tell times in steps: a file that was written so short a time ago may be written again
/// without one.
const STEP: Duration = Duration::from_secs(2);

#[derive(Debug)]
struct Shelf {
    max: usize,
    places: HashMap<PathBuf, Place>,
    used: Lru<PathBuf>,
}

#[derive(Debug)]
struct Place {
    stamp: Stamp,
    cassette: Arc<Cassette>,
}

/// What tells that a file is still the one that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stamp {
    length: u64,
    modified: SystemTime,
}

impl Stamp {
    /// Returns nothing where the file may change unseen.
    pub(crate) fn of(metadata: &Metadata) -> Option<Self> {
        let (length, modified) = (metadata.len(), metadata.modified().ok()?);
        let age = SystemTime::now().duration_since(modified).ok()?;
        (age > STEP).then_some(Self { length, modified })
    }
}

impl CassettePool {
    /// Returns an empty one for so many cassettes.
    #[must_use]
    pub fn new(max: usize) -> Self {
        Self(Arc::new(Mutex::new(Shelf {
            max,
            places: HashMap::new(),
            used: Lru::default(),
        })))
    }

    /// Returns how many cassettes are in it.
    #[must_use]
    pub fn len(&self) -> usize {
        self.shelf().places.len()
    }

    /// Returns true when there are none in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the cassette of a file that is as it was when it was put in.
    pub(crate) fn get(&self, path: &Path, stamp: &Stamp) -> Option<Arc<Cassette>> {
        let mut shelf = self.shelf();
        let place = shelf.places.get(path)?;
        let cassette = (place.stamp == *stamp).then(|| Arc::clone(&place.cassette))?;
        shelf.used.touch(&path.to_owned());
        Some(cassette)
    }

    pub(crate) fn put(&self, path: &Path, stamp: Stamp, cassette: &Arc<Cassette>) {
        let mut shelf = self.shelf();
        let cassette = Arc::clone(cassette);
        shelf.used.touch(&path.to_owned());
        shelf
            .places
            .insert(path.to_owned(), Place { stamp, cassette });
        let max = shelf.max;
        while let Some(oldest) = shelf.used.pop_beyond(max) {
            shelf.places.remove(&oldest);
        }
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cassette::Hashes;

    fn cassette() -> Arc<Cassette> {
        Arc::new(Cassette::new(
            "t".into(),
            None,
            SystemTime::UNIX_EPOCH,
            Hashes::default(),
        ))
    }

    fn stamp(length: u64) -> Stamp {
        let modified = SystemTime::UNIX_EPOCH;
        Stamp { length, modified }
    }

    #[test]
    fn the_one_not_used_for_the_longest_time_goes() {
        let pool = CassettePool::new(2);
        let has = |name: &str| pool.get(Path::new(name), &stamp(1)).is_some();
        let put = |name: &str| pool.put(Path::new(name), stamp(1), &cassette());
        put("a");
        put("b");
        assert!(has("a"));
        put("c");
        assert_eq!(
            (pool.len(), has("a"), has("b"), has("c")),
            (2, true, false, true)
        );
        assert!(CassettePool::new(0).is_empty());
        let none = CassettePool::new(0);
        none.put(Path::new("a"), stamp(1), &cassette());
        assert!(none.is_empty());
    }

    #[test]
    fn a_file_that_has_changed_is_not_taken_from_it() {
        let pool = CassettePool::new(2);
        pool.put(Path::new("a"), stamp(1), &cassette());
        assert!(pool.get(Path::new("a"), &stamp(2)).is_none());
        pool.put(Path::new("a"), stamp(2), &cassette());
        assert!(pool.get(Path::new("a"), &stamp(2)).is_some());
        assert_eq!(pool.len(), 1);
    }

    #[test]
    fn a_file_that_was_just_written_has_no_stamp() {
        let file = tempfile::NamedTempFile::new().unwrap();
        assert_eq!(Stamp::of(&file.as_file().metadata().unwrap()), None);
        let old = SystemTime::now() - Duration::from_secs(60);
        file.as_file().set_modified(old).unwrap();
        let stamp = Stamp::of(&file.as_file().metadata().unwrap()).unwrap();
        assert_eq!(stamp.modified, old);
    }
}
