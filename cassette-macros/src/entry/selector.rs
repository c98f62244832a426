//! What `redact` and `keep` list: `pin`, `header:x-session`, `json:/users/*/email`.

use super::{check_header, check_regex};

/// What may stand before the colon.
const KINDS: [&str; 7] = ["header", "query", "form", "json", "xml", "text", "env"];

/// What may stand there in `keep` alone.
const SHAPE: &str = "shape";

/// Checks a selector; the error says what to write. Only `keep` has shapes.
pub(super) fn check(text: &str, has_shapes: bool) -> Result<(), String> {
    let Some((kind, rest)) = text.split_once(':') else {
        return check_bare(text);
    };
    let is_shape = kind == SHAPE;
    match kind {
        _ if is_shape && !has_shapes => {
            Err("`shape:` is for `keep` alone: what has a known shape is refused anyway".to_owned())
        }
        _ if !is_shape && !KINDS.contains(&kind) => Err(unknown(kind, has_shapes)),
        _ if rest.trim().is_empty() => Err(format!(
            "nothing stands behind `{kind}:`: write what is meant, or take it out"
        )),
        "text" => check_regex(rest),
        "header" => check_header(rest),
        "json" => check_name(text).and_then(|()| check_json(rest)),
        "env" if rest.contains('=') => Err(format!(
            "{rest:?} cannot be the name of a variable: it has a `=`"
        )),
        _ => check_name(text),
    }
}

/// A name that counts everywhere.
fn check_bare(text: &str) -> Result<(), String> {
    if text.trim().is_empty() {
        return Err("a name is empty: write one, or take it out".to_owned());
    }
    if text.starts_with('/') {
        return Err(format!(
            "a JSON pointer stands behind `json:`: write {:?}",
            format!("json:{text}")
        ));
    }
    check_name(text)
}

/// A space that nobody sees would let the secret through.
fn check_name(text: &str) -> Result<(), String> {
    let (kind, name) = text.split_once(':').unwrap_or(("", text));
    if name.trim() == name {
        return Ok(());
    }
    let colon = if kind.is_empty() { "" } else { ":" };
    let trimmed = format!("{kind}{colon}{}", name.trim());
    Err(format!(
        "{text:?} has a space around its name: write {trimmed:?}"
    ))
}

/// One key, or a pointer.
fn check_json(rest: &str) -> Result<(), String> {
    if rest.starts_with('/') || !rest.contains('/') {
        return Ok(());
    }
    Err(format!(
        "a JSON pointer starts with `/`: write {:?}",
        format!("json:/{rest}")
    ))
}

fn unknown(kind: &str, has_shapes: bool) -> String {
    let shape = has_shapes.then_some(SHAPE);
    let kinds: Vec<_> = KINDS
        .into_iter()
        .chain(shape)
        .map(|kind| format!("`{kind}:`"))
        .collect();
    format!(
        "unknown kind `{kind}:`: there are {}, and names without one",
        kinds.join(", ")
    )
}
