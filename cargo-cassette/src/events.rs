//! What became of the sessions of a run: the lines that they wrote.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, BufRead, BufReader, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context, Result};
use cassette_core::{CassetteState, Event, Outcome};
use serde::{Deserialize, Serialize};

use crate::library::place;
use crate::workspace::Workspace;

/// The last run of `record` or `test`, as it is kept below the target folder.
#[derive(Debug, Default)]
pub(crate) struct LastRun {
    /// Absent where it was cut off.
    pub(crate) about: Option<About>,
    pub(crate) events: Vec<Event>,
    /// When its last line was written.
    pub(crate) at: Option<SystemTime>,
}

/// What was run.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct About {
    /// All tests of these packages were asked for.
    pub(crate) is_complete: bool,
    /// All passed.
    pub(crate) passed: bool,
    /// The names of the packages.
    pub(crate) packages: Vec<String>,
}

/// Where a run is kept.
#[derive(Debug)]
pub(crate) struct Place {
    /// The lines of the sessions.
    pub(crate) events: PathBuf,
    about: PathBuf,
}

impl Place {
    pub(crate) fn of(workspace: &Workspace) -> Self {
        // Several workspaces may build into one folder.
        let mut hasher = DefaultHasher::new();
        workspace.root.hash(&mut hasher);
        let own = format!("{:016x}", hasher.finish());
        let folder = workspace.target.join("cassette").join(own);
        Self {
            events: folder.join("last-run.jsonl"),
            about: folder.join("last-run.json"),
        }
    }

    /// Makes room for a new run.
    ///
    /// # Errors
    ///
    /// When the folder cannot be written.
    pub(crate) fn clear(&self) -> Result<()> {
        let cleared = self.events.parent().map_or(Ok(()), fs::create_dir_all);
        cleared
            .and_then(|()| remove(&self.about))
            .and_then(|()| fs::write(&self.events, ""))
            .with_context(|| format!("cannot write {}", self.events.display()))
    }

    /// Notes that a run has ended.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub(crate) fn finish(&self, about: &About) -> Result<()> {
        let text = serde_json::to_vec(about)?;
        fs::write(&self.about, text)
            .with_context(|| format!("cannot write {}", self.about.display()))
    }
}

impl LastRun {
    /// Reads what is known of the last run; nothing where there was none.
    ///
    /// # Errors
    ///
    /// When it is there and cannot be read.
    pub(crate) fn load(workspace: &Workspace) -> Result<Self> {
        let place = Place::of(workspace);
        let mut tail = Tail::new(&place.events);
        let events = tail.read()?;
        let at = fs::metadata(&place.events).and_then(|metadata| metadata.modified());
        let about = fs::read(&place.about).ok();
        Ok(Self {
            about: about.and_then(|about| serde_json::from_slice(&about).ok()),
            events,
            at: at.ok(),
        })
    }

    /// Returns true where nothing has changed this file since.
    pub(crate) fn is_newer_than(&self, file: &Path) -> bool {
        let changed = fs::metadata(file).and_then(|metadata| metadata.modified());
        changed
            .ok()
            .zip(self.at)
            .is_some_and(|(changed, at)| changed <= at)
    }

    /// Returns the folders of cassettes that it has seen, each behind that of its package.
    pub(crate) fn dirs(&self) -> BTreeSet<(PathBuf, PathBuf)> {
        let dirs = self.events.iter();
        dirs.map(|event| (event.package.clone(), event.dir.clone()))
            .collect()
    }

    /// Returns how the last session of each cassette ended, by the cassette's path without an extension.
    pub(crate) fn by_place(&self) -> BTreeMap<PathBuf, &Event> {
        let ended = self.events.iter().filter(|event| event.outcome.is_some());
        ended.map(|event| (place(&event.cassette), event)).collect()
    }

    /// Returns what the sessions said when they began that have not ended.
    pub(crate) fn cut_off(&self) -> Vec<&Event> {
        let mut open: Vec<&Event> = Vec::new();
        for event in &self.events {
            let same =
                |other: &&Event| (&other.test, &other.cassette) == (&event.test, &event.cassette);
            match (event.outcome, open.iter().position(same)) {
                (None, _) => open.push(event),
                (Some(_), Some(at)) => {
                    open.remove(at);
                }
                (Some(_), None) => {}
            }
        }
        open
    }

    /// Returns the places of all cassettes that a session has looked at, for itself or for another.
    pub(crate) fn used(&self) -> BTreeSet<PathBuf> {
        let paths = |event: &Event| {
            let own = [place(&event.cassette)].into_iter();
            own.chain(event.extends.iter().map(|path| place(path)))
                .collect::<Vec<_>>()
        };
        self.events.iter().flat_map(paths).collect()
    }
}

/// Returns what the test of a cassette, or of a recording that was not saved, was seen to keep although it looks
/// like a secret.
pub(crate) fn kept<'a>(sessions: &BTreeMap<PathBuf, &'a Event>, file: &Path) -> &'a [String] {
    let session = sessions.get(&place(file));
    session.map_or(&[], |session| &session.keep)
}

/// Says in a word or two how a session left its cassette.
pub(crate) fn state(event: &Event) -> String {
    match (event.outcome, event.failure.as_deref(), event.state) {
        (None, ..) => "cut off".to_owned(),
        (Some(Outcome::Rejected), ..) => "rejected".to_owned(),
        (Some(Outcome::Failed), Some(failure), _) => match failure {
            "unused" => "unplayed".to_owned(),
            "missing-cassette" => "missing".to_owned(),
            other => other.to_owned(),
        },
        (Some(Outcome::Failed), None, _) => "failed".to_owned(),
        (Some(Outcome::Recorded), ..) => "recorded".to_owned(),
        (Some(Outcome::Unchanged), ..) => "unchanged".to_owned(),
        (Some(Outcome::Forwarded), ..) => "forwarded".to_owned(),
        (_, _, Some(CassetteState::Stale)) => "stale".to_owned(),
        (_, _, Some(CassetteState::Expired)) => "expired".to_owned(),
        _ if event.unplayed > 0 => "unplayed".to_owned(),
        _ => "fresh".to_owned(),
    }
}

/// Reads the lines that are added to a file.
#[derive(Debug)]
pub(crate) struct Tail {
    path: PathBuf,
    read: u64,
}

impl Tail {
    pub(crate) fn new(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            read: 0,
        }
    }

    /// Returns the events that were added since; a file that is not there has none.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, or holds a line that is no event.
    pub(crate) fn read(&mut self) -> Result<Vec<Event>> {
        let failed = || {
            let path = self.path.display();
            format!(
                "cannot read what the last run said\n\nhelp: remove {path} and run the tests again"
            )
        };
        let mut file = match File::open(&self.path) {
            Ok(file) => BufReader::new(file),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error).with_context(failed),
        };
        file.seek(SeekFrom::Start(self.read)).with_context(failed)?;
        let (mut events, mut line) = (Vec::new(), String::new());
        while file.read_line(&mut line).with_context(failed)? > 0 && line.ends_with('\n') {
            self.read += line.len() as u64;
            events.push(Event::from_json(&line).with_context(failed)?);
            line.clear();
        }
        Ok(events)
    }
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(lines: &[&str]) -> LastRun {
        let event = |fields: &&str| {
            let line = format!(
                "{{\"version\": 1, \"test\": \"t\", \"cassette\": \"/c/own.json\"{fields}}}"
            );
            Event::from_json(&line).unwrap()
        };
        LastRun {
            events: lines.iter().map(event).collect(),
            ..LastRun::default()
        }
    }

    #[test]
    fn a_cassette_that_another_extends_is_used_as_its_own_is() {
        let used = run(&[r#", "extends": ["/c/login.json.gz"]"#]).used();
        let paths: Vec<_> = used.iter().map(|path| path.to_str().unwrap()).collect();
        assert_eq!(paths, ["/c/login", "/c/own"]);
    }

    #[test]
    fn a_session_is_cut_off_that_has_begun_and_not_ended() {
        let ended = r#", "outcome": "played""#;
        assert_eq!(run(&["", ended]).cut_off().len(), 0);
        assert_eq!(run(&["", "", ended]).cut_off().len(), 1);
        assert_eq!(
            run(&[ended, ""]).cut_off().len(),
            1,
            "it was refused, and tried again"
        );
    }

    #[test]
    fn a_session_has_one_state() {
        let check = |fields: &str, expect: &str| {
            assert_eq!(state(&run(&[fields]).events[0]), expect, "{fields}");
        };
        check("", "cut off");
        check(r#", "outcome": "played", "state": "fresh""#, "fresh");
        check(r#", "outcome": "played", "state": "stale""#, "stale");
        check(r#", "outcome": "played", "state": "expired""#, "expired");
        check(r#", "outcome": "played", "unplayed": 1"#, "unplayed");
        check(r#", "outcome": "recorded", "state": "stale""#, "recorded");
        check(
            r#", "outcome": "rejected", "failure": "secret""#,
            "rejected",
        );
        check(r#", "outcome": "failed""#, "failed");
        check(r#", "outcome": "failed", "failure": "unused""#, "unplayed");
        check(
            r#", "outcome": "failed", "failure": "missing-cassette""#,
            "missing",
        );
        check(
            r#", "outcome": "failed", "failure": "unmatched""#,
            "unmatched",
        );
    }

    #[test]
    fn a_line_is_read_when_it_is_whole() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let mut tail = Tail::new(file.path());
        let line = "{\"version\": 1, \"test\": \"t\"}";
        fs::write(file.path(), format!("{line}\n{line}")).unwrap();
        assert_eq!(tail.read().unwrap().len(), 1);
        fs::write(file.path(), format!("{line}\n{line}\n")).unwrap();
        assert_eq!(tail.read().unwrap().len(), 1);
        assert_eq!(tail.read().unwrap().len(), 0);
        fs::write(file.path(), format!("{line}\n{line}\nno event\n")).unwrap();
        assert!(tail.read().is_err());
    }
}
