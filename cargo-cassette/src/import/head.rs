//! What stands before a body: methods, URLs, versions, statuses, headers.

use anyhow::{Result, anyhow, bail};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, Version};
use url::Url;

use super::fields::{Fields, check_version, mistaken, placed};
use super::node::Node;
use super::notes::Notes;

/// Takes a method; many write it in lower case.
///
/// # Errors
///
/// When it is absent, or no method.
pub(super) fn method(fields: &mut Fields, name: &str) -> Result<Method> {
    let text = fields.needed_text(name)?.to_ascii_uppercase();
    let method = text.parse();
    method.map_err(|_| anyhow!("{} is no method", fields.at(name)))
}

/// Takes an absolute URL as clients write it; what is behind `#` never goes to a server.
///
/// # Errors
///
/// When it is absent, or no URL of HTTP.
pub(super) fn url(fields: &mut Fields, name: &str) -> Result<Uri> {
    let text = fields.needed_text(name)?;
    parse_url(&text).map_err(|error| error.context(fields.at(name)))
}

pub(super) fn parse_url(text: &str) -> Result<Uri> {
    let mut url = Url::parse(text).map_err(|error| anyhow!("it is no absolute URL: {error}"))?;
    if !is_http(url.scheme()) {
        bail!(
            "it is a URL of the scheme {}, not of http or https",
            url.scheme()
        );
    }
    url.set_fragment(None);
    url.as_str()
        .parse()
        .map_err(|_| anyhow!("it is no URL that a client could ask for"))
}

pub(super) fn is_http(scheme: &str) -> bool {
    matches!(scheme, "http" | "https")
}

/// # Errors
///
/// When it is no status.
pub(super) fn status(code: Option<u16>, place: &str) -> Result<StatusCode> {
    let code = code.ok_or_else(|| anyhow!("{place} is missing"))?;
    StatusCode::from_u16(code).map_err(|_| anyhow!("{place} is {code}, which is no status"))
}

/// Reads `HTTP/1.1`, `http/2.0`, `h3` and `2` alike. What says nothing is HTTP/1.1.
pub(super) fn version(text: Option<String>, place: &str, notes: &mut Notes) -> Version {
    let Some(text) = text.filter(|text| !text.is_empty() && text != "unknown") else {
        return Version::HTTP_11;
    };
    let name = text.to_ascii_lowercase();
    let number = name.trim_start_matches("http/").trim_start_matches('h');
    match number {
        "0.9" => Version::HTTP_09,
        "1.0" => Version::HTTP_10,
        "1.1" | "1" => Version::HTTP_11,
        "2" | "2.0" => Version::HTTP_2,
        "3" | "3.0" => Version::HTTP_3,
        _ => {
            notes.add(
                place,
                "its protocol version is not known; it is taken for HTTP/1.1",
            );
            Version::HTTP_11
        }
    }
}

/// Takes headers as a map of names to a value or a list of values.
///
/// # Errors
///
/// When they are something else.
pub(super) fn headers(fields: &mut Fields, name: &str, notes: &mut Notes) -> Result<HeaderMap> {
    let place = fields.at(name);
    let mut headers = HeaderMap::new();
    match fields.take(name) {
        None => {}
        Some(Node::Map(map)) => {
            for (name, values) in map {
                for value in listed(values) {
                    append(&mut headers, &name, value, &place, notes)?;
                }
            }
        }
        Some(other) => return Err(mistaken(&place, "a map", &other)),
    }
    Ok(headers)
}

/// Takes headers as a list of names and values.
///
/// # Errors
///
/// When they are something else.
pub(super) fn header_list(fields: &mut Fields, name: &str, notes: &mut Notes) -> Result<HeaderMap> {
    let mut headers = HeaderMap::new();
    let place = fields.at(name);
    for (at, item) in fields.items(name)? {
        let mut header = Fields::of(item, at)?;
        let (name, value) = (header.needed_text("name")?, header.text("value")?);
        let value = Node::Text(value.unwrap_or_default());
        append(&mut headers, &name, value, &place, notes)?;
        header.skip(&["_fromType"]);
        header.end(notes);
    }
    Ok(headers)
}

/// A map of HTTP/2 names its pseudo headers with a colon; they say what stands elsewhere.
pub(super) fn append(
    headers: &mut HeaderMap,
    name: &str,
    value: Node,
    place: &str,
    notes: &mut Notes,
) -> Result<()> {
    if name.starts_with(':') {
        return Ok(());
    }
    let value = match value {
        Node::Text(text) | Node::Number(text) => text.into_bytes(),
        Node::Bool(value) => value.to_string().into_bytes(),
        Node::Bytes(bytes) => bytes,
        Node::Null => Vec::new(),
        other => return Err(mistaken(&format!("{place}.{name}"), "a text", &other)),
    };
    match (
        HeaderName::from_bytes(name.as_bytes()),
        HeaderValue::from_bytes(value.trim_ascii()),
    ) {
        (Ok(name), Ok(value)) => {
            let appended = headers.try_append(name, value);
            appended.map_err(|_| anyhow!("{place} are more than a message can have"))?;
        }
        (Err(_), _) => notes.add(
            place,
            format!(
                "`{}` is no name of a header, and is left out",
                name.escape_debug()
            ),
        ),
        (Ok(name), Err(_)) => {
            notes.add(
                place,
                format!("the value of `{name}` cannot be a header's, and is left out"),
            );
        }
    }
    Ok(())
}

fn listed(values: Node) -> Vec<Node> {
    match values {
        Node::List(values) => values,
        value => vec![value],
    }
}

/// Returns the media type of a body in lower case, without its parameters.
pub(super) fn media_type(headers: &HeaderMap) -> String {
    let value = headers.get(http::header::CONTENT_TYPE);
    let value = value
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let media_type = value.split(';').next().unwrap_or_default();
    media_type.trim().to_ascii_lowercase()
}

/// Takes the interactions of a file, which must be of one of these versions.
///
/// # Errors
///
/// When it is of another, or has no list of them.
pub(super) fn interactions(
    root: Node,
    versions: &[&str],
    notes: &mut Notes,
) -> Result<Vec<Fields>> {
    let mut file = Fields::of(root, "")?;
    check_version(&mut file, versions)?;
    let interactions = file.need("interactions")?;
    file.end(notes);
    entries(interactions, "interactions")
}

/// Returns the fields of each item of a list.
///
/// # Errors
///
/// When it is no list of maps.
pub(super) fn entries(node: Node, place: &str) -> Result<Vec<Fields>> {
    match node {
        Node::List(items) => {
            let items = placed(place, items).into_iter();
            items.map(|(at, item)| Fields::of(item, at)).collect()
        }
        other => Err(mistaken(place, "a list", &other)),
    }
}
