use std::fs;
use std::path::Path;

use cassette_core::{Config, Mode};
use reqwest::Url;
use serde_json::Value;
use tempfile::TempDir;

/// A folder of its own for one test, removed at the end.
///
/// Names are relative to it and use `/`. What goes wrong in it panics with the name: no test goes
/// on from there.
#[derive(Debug)]
#[must_use = "dropped, the folder is removed"]
pub struct Sandbox(TempDir);

impl Sandbox {
    /// Makes an empty folder.
    #[expect(
        clippy::new_without_default,
        reason = "a default value that makes a folder would surprise"
    )]
    pub fn new() -> Self {
        Self(TempDir::with_prefix("cassette-").expect("the system's temporary folder is writable"))
    }

    /// Returns where the folder is.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Returns a configuration that keeps its cassettes here, in this mode whatever the environment
    /// of the process says.
    #[must_use]
    pub fn config(&self, mode: Mode) -> Config {
        Config::new()
            .dir(self.path())
            .environment::<&str, &str>([])
            .mode(mode)
    }

    /// Returns the text of a file.
    ///
    /// # Panics
    ///
    /// Panics when there is no such file, or it is not UTF-8.
    #[must_use]
    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path().join(name))
            .unwrap_or_else(|error| panic!("cannot read {name}: {error}"))
    }

    /// Returns a cassette as the JSON that it is.
    ///
    /// # Panics
    ///
    /// Panics when there is no such file, or it is not JSON.
    #[must_use]
    pub fn cassette(&self, name: &str) -> Value {
        serde_json::from_str(&self.read(name))
            .unwrap_or_else(|error| panic!("{name} is not JSON: {error}"))
    }

    /// Returns the paths of the requests in a cassette in the order of the file, each with its query
    /// behind a `?`.
    ///
    /// # Panics
    ///
    /// Panics when the file is no cassette.
    #[must_use]
    pub fn requested(&self, name: &str) -> Vec<String> {
        let cassette = self.cassette(name);
        let interactions = cassette["interactions"].as_array();
        interactions
            .expect("a cassette has interactions")
            .iter()
            .map(|interaction| path(&interaction["request"]["url"]))
            .collect()
    }

    /// Returns whether there is a file or folder of this name.
    #[must_use]
    pub fn exists(&self, name: &str) -> bool {
        self.path().join(name).exists()
    }

    /// Returns the names of all files, in subfolders too, sorted.
    #[must_use]
    pub fn files(&self) -> Vec<String> {
        let mut names = Vec::new();
        collect(self.path(), "", &mut names);
        names.sort();
        names
    }

    /// Writes a file, and makes the folders above it.
    ///
    /// # Panics
    ///
    /// Panics when it cannot be written.
    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        let path = self.path().join(name);
        let folder = path.parent().expect("a file is in a folder");
        fs::create_dir_all(folder)
            .and_then(|()| fs::write(&path, text))
            .unwrap_or_else(|error| panic!("cannot write {name}: {error}"));
    }
}

fn path(url: &Value) -> String {
    let url = url.as_str().expect("a request has a URL");
    let url = Url::parse(url).expect("a recorded URL is absolute");
    let query = url.query().map(|query| format!("?{query}"));
    url.path().to_owned() + &query.unwrap_or_default()
}

fn collect(folder: &Path, prefix: &str, names: &mut Vec<String>) {
    let entries = fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("cannot list {}: {error}", folder.display()));
    for entry in entries {
        let entry = entry.expect("a folder of the sandbox can be read");
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            collect(&entry.path(), &format!("{name}/"), names);
        } else {
            names.push(name);
        }
    }
}
