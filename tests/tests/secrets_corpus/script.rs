//! Files of HTTP messages: what is asked, and what is answered.

use std::fs;
use std::path::{Path, PathBuf};

/// One case of a file: its name, its directives, its requests and answers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Script {
    pub(crate) name: String,
    directives: Vec<(String, String)>,
    pub(crate) steps: Vec<Step>,
}

/// A request, and the answers to it: several where the client is led on.
#[derive(Clone, Debug, Default)]
pub(crate) struct Step {
    pub(crate) request: Message,
    pub(crate) answers: Vec<Message>,
}

/// A request or an answer, of templates that are not filled.
#[derive(Clone, Debug, Default)]
pub(crate) struct Message {
    /// What stands behind the `>>>` or `<<<`.
    pub(crate) first: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
    pub(crate) trailers: Vec<(String, String)>,
    /// The lines of the head that begin with `@`.
    pub(crate) marks: Vec<String>,
}

/// Reads all files of a folder, in the order of their names.
pub(crate) fn read_folder(name: &str) -> Vec<Script> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("corpus")
        .join(name);
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{name}: {error}"));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.iter().flat_map(|path| read(path)).collect()
}

/// Reads one file of the corpus.
pub(crate) fn read_file(name: &str) -> Vec<Script> {
    read(
        &Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("corpus")
            .join(name),
    )
}

fn read(path: &Path) -> Vec<Script> {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
    let mut scripts = parse(&text);
    let file = path.file_stem().unwrap_or_default().to_string_lossy();
    for script in &mut scripts {
        script.name = format!("{file}: {}", script.name);
    }
    scripts
}

fn parse(text: &str) -> Vec<Script> {
    let mut scripts: Vec<Script> = Vec::new();
    let mut reading = Reading::Directives;
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("### ") {
            let name = name.to_owned();
            scripts.push(Script {
                name,
                ..Script::default()
            });
            reading = Reading::Directives;
        } else if let Some(script) = scripts.last_mut() {
            reading = script.take(line, reading);
        }
    }
    scripts.iter_mut().for_each(Script::complete);
    scripts
}

/// What the next line belongs to.
#[derive(Clone, Copy)]
enum Reading {
    Directives,
    Head,
    Body,
    Trailers,
}

impl Script {
    /// Returns the value of a directive; an empty one where only its name stands there.
    pub(crate) fn directive(&self, name: &str) -> Option<&str> {
        let found = self.directives.iter().find(|(found, _)| found == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Sets a directive that is not in the file.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.directives.push((name.to_owned(), value.to_owned()));
    }

    fn take(&mut self, line: &str, reading: Reading) -> Reading {
        if let Some(first) = line.strip_prefix(">>> ") {
            let request = Message::new(first);
            self.steps.push(Step {
                request,
                answers: Vec::new(),
            });
            return Reading::Head;
        }
        if line == "<<< trailers" {
            return Reading::Trailers;
        }
        if let Some(first) = line.strip_prefix("<<< ") {
            self.ensure_step().answers.push(Message::new(first));
            return Reading::Head;
        }
        match reading {
            Reading::Directives => self.directives.extend(directive(line)),
            reading => return self.message(line).take(line, reading),
        }
        reading
    }

    fn ensure_step(&mut self) -> &mut Step {
        if self.steps.is_empty() {
            self.steps.push(Step::default());
        }
        self.steps.last_mut().expect("one was pushed")
    }

    fn message(&mut self, line: &str) -> &mut Message {
        let step = self.steps.last_mut();
        let step = step.unwrap_or_else(|| panic!("{line:?} belongs to no message"));
        step.answers.last_mut().unwrap_or(&mut step.request)
    }

    /// Puts in what may be left out: a request, an answer.
    fn complete(&mut self) {
        for step in &mut self.steps {
            if step.request.first.is_empty() {
                step.request = Message::new("GET /");
            }
            if step.answers.is_empty() {
                step.answers.push(Message::new("200 OK"));
            }
            let messages = step.answers.iter_mut().chain([&mut step.request]);
            messages.for_each(Message::trim);
        }
    }
}

impl Message {
    fn new(first: &str) -> Self {
        let first = first.to_owned();
        Self {
            first,
            ..Self::default()
        }
    }

    pub(crate) fn is_marked(&self, mark: &str) -> bool {
        self.marks.iter().any(|found| found == mark)
    }

    /// Returns the first value of a header, not filled.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(found, _)| found == name);
        found.map(|(_, value)| value.as_str())
    }

    fn take(&mut self, line: &str, reading: Reading) -> Reading {
        match reading {
            Reading::Head if line.is_empty() => return Reading::Body,
            Reading::Head if line.starts_with('@') => self.marks.push(line[1..].to_owned()),
            Reading::Head => self.headers.push(pair(line)),
            Reading::Trailers if line.is_empty() => {}
            Reading::Trailers => self.trailers.push(pair(line)),
            _ => {
                self.body.push_str(line);
                self.body.push('\n');
            }
        }
        reading
    }

    /// The empty lines in front of the next marker are the file's. One that counts is `{{lf}}`.
    fn trim(&mut self) {
        self.body.truncate(self.body.trim_end_matches('\n').len());
        if self.is_marked("crlf") {
            self.body = self.body.replace('\n', "\r\n") + "\r\n";
        }
    }
}

/// `@name value`; other lines between cases are comments.
fn directive(line: &str) -> Option<(String, String)> {
    let line = line.strip_prefix('@')?;
    let (name, value) = line.split_once(' ').unwrap_or((line, ""));
    Some((name.to_owned(), value.trim().to_owned()))
}

fn pair(line: &str) -> (String, String) {
    let (name, value) = line
        .split_once(':')
        .unwrap_or_else(|| panic!("no header: {line:?}"));
    (name.to_owned(), value.trim().to_owned())
}
