//! JSON as text: laid out anew without touching a token, walked as a tree of slices.
//!
//! `serde_json::Value` would lose what a recording must keep (`1.10`, duplicate keys, key order),
//! so everything here works on the text that came, after `serde_json` has accepted it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::de::IgnoredAny;

/// The deepest nesting of a cassette file (and so of all that is in it).
pub(crate) const MAX_DEPTH: usize = 128;

/// How the whitespace between the tokens is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    /// No whitespace.
    Compact,
    /// `, ` and `: `, on one line.
    Spaced,
    /// One element a line, indented by so many spaces a level.
    Indent(usize),
}

/// A JSON value as slices of its text.
#[derive(Debug)]
pub(crate) enum Node<'a> {
    /// Keys as written, between their quotes and with their escapes.
    Object(Vec<(&'a str, Node<'a>)>),
    Array(Vec<Node<'a>>),
    /// A string (with quotes), number, boolean or null, as written.
    Scalar(&'a str),
}

/// Returns the tree of `text`, or nothing where it is not JSON or is nested too deeply.
pub(crate) fn parse(text: &str) -> Option<Node<'_>> {
    is_json(text).then(|| Walker { text, at: 0 }.value())?
}

/// Returns true when `text` is one JSON value, not nested too deeply.
pub(crate) fn is_json(text: &str) -> bool {
    depth(text.as_bytes()) <= MAX_DEPTH && serde_json::from_str::<IgnoredAny>(text).is_ok()
}

/// Returns how deeply arrays and objects are nested.
pub(crate) fn depth(text: &[u8]) -> usize {
    brackets(text)
        .map(|(_, depth)| depth)
        .max()
        .unwrap_or_default()
}

/// Returns where the nesting first goes beyond `limit`.
pub(crate) fn deeper_than(text: &[u8], limit: usize) -> Option<usize> {
    brackets(text)
        .find(|&(_, depth)| depth > limit)
        .map(|(at, _)| at)
}

/// Each opening bracket outside strings, with how many are open there.
fn brackets(text: &[u8]) -> impl Iterator<Item = (usize, usize)> {
    let (mut depth, mut next) = (0_usize, 0);
    std::iter::from_fn(move || {
        while next < text.len() {
            let at = next;
            next = if text[at] == b'"' {
                string_end(text, at)
            } else {
                at + 1
            };
            match text[at] {
                b'{' | b'[' => {
                    depth += 1;
                    return Some((at, depth));
                }
                b'}' | b']' => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        None
    })
}

/// Returns the index after the string that begins at `at`, or the text's end.
fn string_end(text: &[u8], at: usize) -> usize {
    let mut at = at + 1;
    while at < text.len() {
        match text[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    text.len()
}

/// Returns `text`, which must be JSON, with the same tokens in another layout.
pub(crate) fn relayout(text: &str, layout: Layout) -> String {
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len());
    let (mut level, mut at) = (0, 0);
    while at < bytes.len() {
        let start = at;
        at += 1;
        match bytes[start] {
            b' ' | b'\n' | b'\r' | b'\t' => {}
            open @ (b'{' | b'[') => {
                out.push(char::from(open));
                let next = skip_space(bytes, at);
                if matches!(bytes.get(next), Some(b'}' | b']')) {
                    out.push(char::from(bytes[next]));
                    at = next + 1;
                } else {
                    level += 1;
                    line(&mut out, layout, level);
                }
            }
            close @ (b'}' | b']') => {
                level = level.saturating_sub(1);
                line(&mut out, layout, level);
                out.push(char::from(close));
            }
            b',' => {
                out.push_str(if layout == Layout::Spaced { ", " } else { "," });
                line(&mut out, layout, level);
            }
            b':' => out.push_str(if layout == Layout::Compact { ":" } else { ": " }),
            b'"' => {
                at = string_end(bytes, start);
                out.push_str(&text[start..at]);
            }
            _ => {
                at = scalar_end(bytes, start);
                out.push_str(&text[start..at]);
            }
        }
    }
    out
}

fn line(out: &mut String, layout: Layout, level: usize) {
    if let Layout::Indent(width) = layout {
        out.push('\n');
        out.extend(std::iter::repeat_n(' ', width * level));
    }
}

fn skip_space(text: &[u8], mut at: usize) -> usize {
    while matches!(text.get(at), Some(b' ' | b'\n' | b'\r' | b'\t')) {
        at += 1;
    }
    at
}

fn scalar_end(text: &[u8], mut at: usize) -> usize {
    while !matches!(
        text.get(at),
        None | Some(b' ' | b'\n' | b'\r' | b'\t' | b',' | b':' | b'}' | b']')
    ) {
        at += 1;
    }
    at
}

/// Builds the tree of a text that `serde_json` has accepted.
struct Walker<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Walker<'a> {
    fn value(&mut self) -> Option<Node<'a>> {
        match self.peek()? {
            b'{' => self.members(Self::member).map(Node::Object),
            b'[' => self.members(Self::value).map(Node::Array),
            b'"' => Some(Node::Scalar(self.take(string_end))),
            _ => Some(Node::Scalar(self.take(scalar_end))),
        }
    }

    fn members<T>(&mut self, member: fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        self.at += 1;
        let mut members = Vec::new();
        loop {
            match self.peek()? {
                b'}' | b']' => {
                    self.at += 1;
                    return Some(members);
                }
                b',' => self.at += 1,
                _ => members.push(member(self)?),
            }
        }
    }

    fn member(&mut self) -> Option<(&'a str, Node<'a>)> {
        let key = self.take(string_end);
        self.peek()?;
        self.at += 1;
        Some((key.get(1..key.len() - 1)?, self.value()?))
    }

    fn peek(&mut self) -> Option<u8> {
        self.at = skip_space(self.text.as_bytes(), self.at);
        self.text.as_bytes().get(self.at).copied()
    }

    fn take(&mut self, end: fn(&[u8], usize) -> usize) -> &'a str {
        let start = self.at;
        self.at = end(self.text.as_bytes(), start);
        &self.text[start..self.at]
    }
}

/// Returns the characters that a key or string stands for; `raw` is what is between the quotes.
pub(crate) fn unescape(raw: &str) -> Cow<'_, str> {
    if !raw.contains('\\') {
        return Cow::Borrowed(raw);
    }
    match serde_json::from_str(&format!("\"{raw}\"")) {
        Ok(text) => Cow::Owned(text),
        // A lone surrogate stands for no character: it is compared as it is written.
        Err(_) => Cow::Borrowed(raw),
    }
}

/// Returns `text` as a JSON string, quotes included.
pub(crate) fn quote(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// JSON paths in which `*` stands for any key or index, for example `/messages/*/id` (RFC 6901
/// pointers but for the wildcard).
#[derive(Clone, Debug, Default)]
pub(crate) struct Paths(Vec<Vec<String>>);

impl Paths {
    pub(crate) fn new(pointers: &[String]) -> Self {
        let segments = |pointer: &String| {
            let unescape = |segment: &str| segment.replace("~1", "/").replace("~0", "~");
            pointer.split('/').skip(1).map(unescape).collect()
        };
        Self(pointers.iter().map(segments).collect())
    }

    /// Returns true when the value at `path` is one of ours.
    fn contains(&self, path: &[Cow<'_, str>]) -> bool {
        self.0.iter().any(|pattern| {
            pattern.len() == path.len()
                && (pattern.iter().zip(path)).all(|(want, is)| want == "*" || *want == **is)
        })
    }
}

/// Returns a text that is the same for all spellings of one value: keys sorted, escapes resolved,
/// no whitespace; numbers as written, duplicates kept; what `ignored` names left out.
pub(crate) fn canonical(node: &Node<'_>, ignored: &Paths) -> String {
    let mut out = String::new();
    write_canonical(node, ignored, &mut Vec::new(), &mut out);
    out
}

fn write_canonical<'a>(
    node: &Node<'a>,
    ignored: &Paths,
    path: &mut Vec<Cow<'a, str>>,
    out: &mut String,
) {
    match node {
        Node::Scalar(raw) => match raw.strip_prefix('"').and_then(|raw| raw.strip_suffix('"')) {
            Some(raw) if raw.contains('\\') => out.push_str(&quote(&unescape(raw))),
            _ => out.push_str(raw),
        },
        Node::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                write_member(
                    Cow::Owned(index.to_string()),
                    None,
                    item,
                    ignored,
                    path,
                    out,
                );
            }
            out.push(']');
        }
        Node::Object(members) => {
            let mut members: Vec<_> = members
                .iter()
                .map(|(key, node)| (unescape(key), node))
                .collect();
            members.sort_by(|left, right| left.0.cmp(&right.0));
            out.push('{');
            for (key, member) in members {
                let quoted = quote(&key);
                write_member(key, Some(&quoted), member, ignored, path, out);
            }
            out.push('}');
        }
    }
}

fn write_member<'a>(
    segment: Cow<'a, str>,
    key: Option<&str>,
    member: &Node<'a>,
    ignored: &Paths,
    path: &mut Vec<Cow<'a, str>>,
    out: &mut String,
) {
    path.push(segment);
    if !ignored.contains(path) {
        if let Some(key) = key {
            out.push_str(key);
            out.push(':');
        }
        write_canonical(member, ignored, path, out);
        out.push(',');
    }
    path.pop();
}

/// Returns the leaves of a tree by their pointer, what `ignored` names left out. Empty objects and
/// arrays are leaves; of duplicate keys the later ones carry a number.
pub(crate) fn leaves(node: &Node<'_>, ignored: &Paths) -> BTreeMap<String, String> {
    let mut leaves = BTreeMap::new();
    collect_leaves(node, ignored, &mut Vec::new(), &mut leaves);
    leaves
}

fn collect_leaves<'a>(
    node: &Node<'a>,
    ignored: &Paths,
    path: &mut Vec<Cow<'a, str>>,
    leaves: &mut BTreeMap<String, String>,
) {
    let members: Vec<(Cow<'a, str>, &Node<'a>)> = match node {
        Node::Object(members) if !members.is_empty() => members
            .iter()
            .map(|(key, node)| (unescape(key), node))
            .collect(),
        Node::Array(items) if !items.is_empty() => (items.iter().enumerate())
            .map(|(index, node)| (index.to_string().into(), node))
            .collect(),
        leaf => return insert_leaf(pointer(path), canonical(leaf, ignored), leaves),
    };
    for (segment, member) in members {
        path.push(segment);
        if !ignored.contains(path) {
            collect_leaves(member, ignored, path, leaves);
        }
        path.pop();
    }
}

fn insert_leaf(mut pointer: String, value: String, leaves: &mut BTreeMap<String, String>) {
    while leaves.contains_key(&pointer) {
        pointer.push_str(" (again)");
    }
    leaves.insert(pointer, value);
}

fn pointer(path: &[Cow<'_, str>]) -> String {
    path.iter()
        .flat_map(|segment| {
            [
                "/".to_owned(),
                segment.replace('~', "~0").replace('/', "~1"),
            ]
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        r#"{"b":[1.10,{"x":"a,b: {}"},[],{}],"a":"\"\\","a":1e3,"n":12345678901234567890123}"#;

    fn canonical_of(text: &str, ignored: &[&str]) -> String {
        let ignored: Vec<String> = ignored.iter().map(|&pointer| pointer.to_owned()).collect();
        canonical(&parse(text).unwrap(), &Paths::new(&ignored))
    }

    #[test]
    fn every_layout_gives_the_compact_text_back() {
        for layout in [
            Layout::Compact,
            Layout::Spaced,
            Layout::Indent(2),
            Layout::Indent(4),
        ] {
            let text = relayout(TEXT, layout);
            assert_eq!(relayout(&text, Layout::Compact), TEXT, "{layout:?}");
        }
    }

    #[test]
    fn indented_text_is_what_serde_json_writes() {
        let value: serde_json::Value = serde_json::from_str(TEXT).unwrap();
        let (compact, pretty) = (
            value.to_string(),
            serde_json::to_string_pretty(&value).unwrap(),
        );
        assert_eq!(relayout(&compact, Layout::Indent(2)), pretty);
    }

    #[test]
    fn canonical_text_ignores_key_order_escapes_and_layout_only() {
        assert_eq!(
            canonical_of(r#"{"a":1,"b":"A"}"#, &[]),
            canonical_of("{ \"b\" : \"\\u0041\", \"a\":1 }", &[])
        );
        assert_ne!(
            canonical_of(r#"{"a":1}"#, &[]),
            canonical_of(r#"{"a":1.0}"#, &[])
        );
        assert_ne!(
            canonical_of(r#"{"a":1,"a":1}"#, &[]),
            canonical_of(r#"{"a":1}"#, &[])
        );
        assert_ne!(canonical_of("[1,2]", &[]), canonical_of("[2,1]", &[]));
    }

    #[test]
    fn ignored_paths_are_left_out_wherever_the_wildcard_reaches() {
        let ignored = ["/messages/*/id", "/created"];
        assert_eq!(
            canonical_of(
                r#"{"messages":[{"id":1,"t":"x"},{"id":2}],"created":3}"#,
                &ignored
            ),
            canonical_of(
                r#"{"messages":[{"t":"x","id":8},{}],"created":4}"#,
                &ignored
            ),
        );
    }

    #[test]
    fn depth_counts_brackets_outside_strings() {
        assert_eq!(depth(br#"{"a":["[[[[",{"b":1}]}"#), 3);
        assert!(parse(&"[".repeat(200)).is_none());
        let deep = "[".repeat(129) + &"]".repeat(129);
        assert!(parse(&deep).is_none());
    }

    #[test]
    fn leaves_have_pointers_and_duplicates_are_not_lost() {
        let leaves = leaves(
            &parse(r#"{"a/b":[1,{}],"x":1,"x":2}"#).unwrap(),
            &Paths::default(),
        );
        let lines: Vec<String> = leaves
            .iter()
            .map(|(path, value)| format!("{path} = {value}"))
            .collect();
        assert_eq!(
            lines,
            ["/a~1b/0 = 1", "/a~1b/1 = {}", "/x = 1", "/x (again) = 2"]
        );
    }
}
