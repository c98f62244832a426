//! From the text of an entry to a file of the package.

use std::path::{Component, Path, PathBuf};
use std::{fs, io};

use crate::near;

/// A file, or an item in it.
pub(super) struct Place {
    /// The file as written, from the package's folder.
    pub(super) file: String,
    /// The path of the item, if one is named.
    pub(super) item: Option<String>,
    /// Where the file really is.
    pub(super) path: PathBuf,
}

/// However it is written.
impl PartialEq for Place {
    fn eq(&self, other: &Self) -> bool {
        (&self.path, &self.item) == (&other.path, &other.item)
    }
}

impl Place {
    /// Reads `src/personas.rs::Personas::from_prompt`; the error says what to write.
    pub(super) fn find(text: &str, package: &Path) -> Result<Self, String> {
        let (file, item) = match text.split_once("::") {
            Some((file, item)) => (file, Some(item.to_owned())),
            None => (text, None),
        };
        check(file)?;
        check_item(file, item.as_deref())?;
        let place = Self {
            file: file.to_owned(),
            item,
            path: real(file, package)?,
        };
        Ok(place)
    }

    pub(super) fn is_rust(&self) -> bool {
        is_rust(&self.file)
    }
}

fn is_rust(file: &str) -> bool {
    Path::new(file)
        .extension()
        .is_some_and(|extension| extension == "rs")
}

/// Checks what can be checked without looking.
fn check(file: &str) -> Result<(), String> {
    if file.is_empty() {
        return Err("no file is named: write one of the package, such as `src/lib.rs`".to_owned());
    }
    if file.contains('\\') {
        let right = file.replace('\\', "/");
        return Err(format!("a path has no backslashes here: write `{right}`"));
    }
    if file.starts_with('/') || file.get(1..2) == Some(":") {
        return Err(format!(
            "`{file}` is absolute: write the path from the package's folder on, such as `src/lib.rs`"
        ));
    }
    if leaves(Path::new(file)) {
        return Err(outside(file));
    }
    Ok(())
}

fn check_item(file: &str, item: Option<&str>) -> Result<(), String> {
    let Some(item) = item else { return Ok(()) };
    if !is_rust(file) {
        return Err(format!(
            "`{file}` is no Rust file, so nothing in it has a name: write `{file}` alone"
        ));
    }
    if item.split("::").any(str::is_empty) {
        return Err(format!(
            "a name is missing beside `::`: write it as in `{file}::Type::method`, or `{file}` alone"
        ));
    }
    Ok(())
}

/// Whether a path goes above where it begins, at any point.
fn leaves(path: &Path) -> bool {
    let mut depth = 0;
    path.components().any(|component| {
        depth += match component {
            Component::Normal(_) => 1,
            Component::ParentDir => -1,
            _ => 0,
        };
        depth < 0
    })
}

fn outside(file: &str) -> String {
    format!(
        "`{file}` is outside of the package: only its own files can be tracked, \
         since no others are there when it is built elsewhere"
    )
}

/// Where a file of the package really is, behind all links.
fn real(file: &str, package: &Path) -> Result<PathBuf, String> {
    let unreadable = |error: io::Error| format!("`{file}` cannot be read: {error}");
    let path = match package.join(file).canonicalize() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(missing(file, package));
        }
        path => path.map_err(unreadable)?,
    };
    if !path.starts_with(package.canonicalize().map_err(unreadable)?) {
        return Err(outside(file));
    }
    if path.is_dir() {
        return Err(format!(
            "`{file}` is a folder: name the files in it, each on its own"
        ));
    }
    if !path.is_file() {
        return Err(format!("`{file}` is no file: name one of the package"));
    }
    Ok(path)
}

fn missing(file: &str, package: &Path) -> String {
    let beside = beside(file, package);
    match near::nearest(file, beside.iter().map(String::as_str)) {
        Some(near) => format!("there is no `{file}` in the package: did you mean `{near}`?"),
        None => format!(
            "there is no `{file}` in the package: write the path from the folder of its `Cargo.toml` on"
        ),
    }
}

/// The files in the same folder.
fn beside(file: &str, package: &Path) -> Vec<String> {
    let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
    let Ok(entries) = fs::read_dir(package.join(folder)) else {
        return Vec::new();
    };
    let names = entries
        .flatten()
        .filter_map(|entry| entry.file_name().into_string().ok());
    let prefix = if folder.is_empty() {
        String::new()
    } else {
        format!("{folder}/")
    };
    names.map(|name| format!("{prefix}{name}")).collect()
}
