use std::path::Path;

use anyhow::{Result, anyhow, bail};

use super::node::Node;
use super::notes::Notes;
use super::yaml;

/// Reads JSON, YAML or TOML, whichever it is.
///
/// # Errors
///
/// Says what is wrong, and at which line and column.
pub(super) fn parse(bytes: &[u8], path: &Path, notes: &mut Notes) -> Result<Node> {
    let text = text(bytes)?;
    match Syntax::of(text, path)? {
        Syntax::Json => {
            serde_json::from_str(text).map_err(|error| anyhow!("it is no JSON: {error}"))
        }
        Syntax::Yaml => {
            let parsed = yaml::parse(text, notes);
            parsed.map_err(|error| anyhow!("it is no YAML that is read: {error}"))
        }
        Syntax::Toml => toml::from_str(text).map_err(|error| toml_error(text, &error)),
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Syntax {
    Json,
    Yaml,
    Toml,
}

impl Syntax {
    /// JSON is told by how it begins: some of those who write YAML can be told to write JSON.
    fn of(text: &str, path: &Path) -> Result<Self> {
        let extension = path.extension().map(std::ffi::OsStr::to_ascii_lowercase);
        let begin = text.trim_start().chars().next();
        let is_yaml = extension
            .as_ref()
            .is_some_and(|extension| extension == "yml" || extension == "yaml");
        match begin {
            None => bail!("it is empty"),
            _ if extension.is_some_and(|extension| extension == "toml") => Ok(Self::Toml),
            // YAML may begin so, too, but not go on as JSON.
            Some('{' | '[')
                if is_yaml && serde_json::from_str::<serde::de::IgnoredAny>(text).is_err() =>
            {
                Ok(Self::Yaml)
            }
            Some('{' | '[') => Ok(Self::Json),
            Some(_) => Ok(Self::Yaml),
        }
    }
}

/// Returns the text without a byte order mark.
fn text(bytes: &[u8]) -> Result<&str> {
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"\x1f\x8b") {
        bail!("it is an archive: unpack it first");
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = &bytes[..error.valid_up_to()];
        let (line, column) = place(before);
        anyhow!("it is not UTF-8 at line {line} column {column}")
    })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

fn place(before: &[u8]) -> (usize, usize) {
    let line = before.split(|&byte| byte == b'\n').count();
    let begin = before
        .iter()
        .rposition(|&byte| byte == b'\n')
        .map_or(0, |newline| newline + 1);
    (line, before.len() - begin + 1)
}

/// Its own text shows the line, which may hold a secret.
fn toml_error(text: &str, error: &toml::de::Error) -> anyhow::Error {
    let begin = error.span().map_or(0, |span| span.start);
    let (line, column) = place(&text.as_bytes()[..begin.min(text.len())]);
    let what = error.message();
    anyhow!("it is no TOML: {what} at line {line} column {column}")
}
