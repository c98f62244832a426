//! Bodies, which an archive may hold or not.

use anyhow::{Result, anyhow};
use url::form_urlencoded::Serializer;

use crate::import::base64;
use crate::import::fields::Fields;
use crate::import::notes::Notes;

/// What was sent: a text, or the parameters of a form.
pub(super) fn of_request(asked: &mut Fields, notes: &mut Notes) -> Result<Vec<u8>> {
    let size: Option<i64> = asked.number("bodySize")?;
    let Some(data) = asked.take("postData") else {
        if size.is_some_and(|size| size > 0) {
            note_missing(asked, notes);
        }
        return Ok(Vec::new());
    };
    let mut data = Fields::of(data, asked.at("postData"))?;
    let text = data.text("text")?.filter(|text| !text.is_empty());
    // The format has no field for it; some write the one of answers, we another.
    let encoding = data.text("encoding")?.or(data.text("_encoding")?);
    let is_form = data
        .text("mimeType")?
        .is_some_and(|name| name.starts_with("application/x-www-form-urlencoded"));
    let body = match text {
        Some(text) if encoding.as_deref() == Some("base64") => decode(&text, &data)?,
        Some(text) => text.into_bytes(),
        None if is_form => form(&mut data)?,
        None => {
            if size != Some(0) {
                note_missing(asked, notes);
            }
            Vec::new()
        }
    };
    data.skip(&["params"]);
    data.end(notes);
    Ok(body)
}

fn note_missing(asked: &Fields, notes: &mut Notes) {
    let what = "the request's body is not in the file: match without it, `match_body = false`";
    notes.add(asked.place(), what);
}

fn form(data: &mut Fields) -> Result<Vec<u8>> {
    let mut form = Serializer::new(String::new());
    for (place, param) in data.items("params")? {
        let mut param = Fields::of(param, place)?;
        let value = param.text("value")?.unwrap_or_default();
        form.append_pair(&param.needed_text("name")?, &value);
    }
    Ok(form.finish().into_bytes())
}

/// What came: decoded always, and left out by some where it is large or binary.
pub(super) fn of_response(
    answered: &mut Fields,
    is_bodiless: bool,
    notes: &mut Notes,
) -> Result<Vec<u8>> {
    let Some(content) = answered.take("content") else {
        return Ok(Vec::new());
    };
    let mut content = Fields::of(content, answered.at("content"))?;
    let (text, encoding) = (content.text("text")?, content.text("encoding")?);
    let size: Option<i64> = content.number("size")?;
    content.skip(&["mimeType", "compression"]);
    let body = match (text, encoding.as_deref()) {
        (Some(text), Some("base64")) => decode(&text, &content)?,
        (Some(text), None | Some("")) => sized(text, size),
        (Some(text), Some(_)) => {
            notes.add(
                content.place(),
                "the body's encoding is not known; it is taken for text",
            );
            text.into_bytes()
        }
        (None, _) => {
            if size.is_some_and(|size| size > 0) && !is_bodiless {
                notes.add(
                    content.place(),
                    "the body is not in the file, and is empty now",
                );
            }
            Vec::new()
        }
    };
    content.end(notes);
    Ok(body)
}

/// mitmproxy writes bytes as signs of Latin-1 where nothing says that they are UTF-8. The size, which
/// counts bytes, tells.
fn sized(text: String, size: Option<i64>) -> Vec<u8> {
    let byte = |sign: char| u8::try_from(u32::from(sign)).ok();
    let latin: Option<Vec<u8>> = text.chars().map(byte).collect();
    let is_size = |length: usize| size.is_some_and(|size| usize::try_from(size) == Ok(length));
    match latin {
        Some(latin) if is_size(latin.len()) => latin,
        _ => text.into_bytes(),
    }
}

fn decode(text: &str, fields: &Fields) -> Result<Vec<u8>> {
    base64::decode(text).map_err(|error| anyhow!("{}: {error}", fields.at("text")))
}
