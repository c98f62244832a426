//! What a run of the tests has left for the commands that come after it.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

/// Writes it as `record` and `test` do: the lines of its sessions, and, where it came to its end, what it was.
pub(crate) fn write(root: &Path, events: &[serde_json::Value], about: Option<serde_json::Value>) {
    // The folder is named after that of the workspace, as several may build into one.
    let mut hasher = DefaultHasher::new();
    root.hash(&mut hasher);
    let folder = root.join(format!("target/cassette/{:016x}", hasher.finish()));
    fs::create_dir_all(&folder).unwrap();
    let lines: String = events.iter().map(|event| format!("{event}\n")).collect();
    fs::write(folder.join("last-run.jsonl"), lines).unwrap();
    if let Some(about) = about {
        fs::write(folder.join("last-run.json"), about.to_string()).unwrap();
    }
}
