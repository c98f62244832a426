use std::io;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use serde::Deserialize;

use super::{MAX_FILE, stem, tape, write};
use crate::cassette::{Cassette, CassetteSummary};
use crate::disk::{self, Access};
use crate::error::Result;
use crate::files;

/// The file of a cassette, `.json` or `.json.gz`, for tools that work outside of a test.
///
/// ```
/// use cassette_core::CassetteFile;
///
/// let file = CassetteFile::new("no/such/folder/reads.json");
/// assert!(file.read().unwrap_err().is_storage());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CassetteFile(PathBuf);

/// What every format begins with.
#[derive(Deserialize)]
struct Format {
    format: u32,
}

impl CassetteFile {
    /// Names one, whether it is there or not.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// Returns where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Reads the cassette, and the bodies that have files of their own beside it.
    ///
    /// # Errors
    ///
    /// When it cannot be read; when it is no cassette, with the line and column; when a file beside it
    /// is missing or was changed.
    pub fn read(&self) -> Result<Cassette> {
        let folder = self.0.parent().unwrap_or(&self.0);
        let mut cassette = self.cassette(&self.text()?)?;
        files::read(&mut cassette, folder, MAX_FILE)
            .map_err(|why| tape::incomplete(&self.0, &why))?;
        Ok(cassette)
    }

    /// Reads the cassette from what such a file holds somewhere else, for example in git; `beside`
    /// returns by its name what a file beside it holds there.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    pub fn parse(
        &self,
        content: Vec<u8>,
        beside: impl Fn(&str) -> io::Result<Bytes>,
    ) -> Result<Cassette> {
        let mut cassette = self.cassette(&self.unpacked(content)?)?;
        let read = |name: &str| beside(name).map_err(|error| format!("it needs {name}: {error}"));
        cassette
            .read_files(&read)
            .map_err(|why| tape::incomplete(&self.0, &why))?;
        Ok(cassette)
    }

    /// Reads what stands at its beginning, and no interaction.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read), as far as it reads.
    pub fn summary(&self) -> Result<CassetteSummary> {
        let summary = CassetteSummary::from_json(&self.text()?);
        summary.map_err(|error| tape::broken(&self.0, &error.to_string()))
    }

    /// Returns the number of its format, also of one that this release cannot read;
    /// [`Cassette::FORMAT`] is the newest that it can.
    ///
    /// # Errors
    ///
    /// When it cannot be read, or says no format.
    pub fn format(&self) -> Result<u32> {
        let format = serde_json::from_slice::<Format>(&self.text()?);
        let format = format.map_err(|error| tape::broken(&self.0, &error.to_string()))?;
        Ok(format.format)
    }

    /// Returns true when the file holds just the bytes, decompressed, that [`write`](Self::write) would
    /// write for this cassette.
    ///
    /// # Errors
    ///
    /// When the file cannot be read.
    pub fn is_canonical(&self, cassette: &Cassette) -> Result<bool> {
        let mut named = cassette.clone();
        named.name_files(&|content| files::name(&self.stem(), content));
        let text = named.to_json();
        let text = text.map_err(|error| tape::broken(&self.0, &error.to_string()))?;
        Ok(self.text()? == text.into_bytes())
    }

    /// Writes the cassette, and the bodies that have files of their own, whole or not at all; files of
    /// bodies that it no longer has are removed.
    ///
    /// # Errors
    ///
    /// When it cannot be written, or is larger than what is read (512 MiB).
    pub fn write(&self, cassette: &Cassette) -> Result<()> {
        let folder = self.0.parent().unwrap_or(&self.0);
        write(&self.0, &self.stem(), cassette, Access::Like(&self.0))
            .and_then(|names| remove_other_files(folder, &self.stem(), &names))
            .map_err(|error| tape::failed(&self.0, "write", error))
    }

    fn text(&self) -> Result<Vec<u8>> {
        let content = disk::read(&self.0, MAX_FILE);
        self.unpacked(content.map_err(|error| tape::failed(&self.0, "read", error))?)
    }

    fn unpacked(&self, content: Vec<u8>) -> Result<Vec<u8>> {
        let text = tape::unpacked(&self.0, content);
        let text = text.map_err(|why| tape::broken(&self.0, &why))?;
        match text.trim_ascii().is_empty() {
            true => Err(tape::broken(&self.0, "the file is empty")),
            false => Ok(text),
        }
    }

    fn cassette(&self, text: &[u8]) -> Result<Cassette> {
        Cassette::from_json(text).map_err(|error| tape::broken(&self.0, &error.to_string()))
    }

    /// Returns its name in its folder, without `.json` or `.json.gz`.
    fn stem(&self) -> String {
        let plain = match tape::is_compressed(&self.0) {
            true => self.0.with_extension(""),
            false => self.0.clone(),
        };
        stem(&plain)
    }
}

/// Removes the files of bodies that a cassette no longer has.
pub(super) fn remove_other_files(folder: &Path, stem: &str, kept: &[String]) -> io::Result<()> {
    let names = files::list(folder, stem)?;
    let mut old = names.iter().filter(|name| !kept.contains(name));
    old.try_for_each(|name| disk::remove(&folder.join(name)))
}
