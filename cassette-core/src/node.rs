use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::json::{
    Layout, is_json, relayout, requote, scalar_end, skip_space, string_end, unescape,
};

/// A JSON value as slices of its text; each knows how it is written.
#[derive(Debug)]
pub(crate) enum Node<'a> {
    /// Keys as written, between their quotes and with their escapes.
    Object(&'a str, Vec<(&'a str, Node<'a>)>),
    Array(&'a str, Vec<Node<'a>>),
    /// A string (with quotes), number, boolean or null.
    Scalar(&'a str),
}

impl<'a> Node<'a> {
    pub(crate) fn text(&self) -> &'a str {
        match self {
            Self::Object(text, _) | Self::Array(text, _) | Self::Scalar(text) => text,
        }
    }

    /// Returns what stands in an object or array, each with the segment of a path that leads there.
    pub(crate) fn members(&self) -> Vec<(Cow<'a, str>, &Self)> {
        match self {
            Self::Scalar(_) => Vec::new(),
            Self::Array(_, items) => {
                let numbered = items.iter().enumerate();
                numbered
                    .map(|(index, item)| (index.to_string().into(), item))
                    .collect()
            }
            Self::Object(_, members) => {
                let named = members.iter();
                named.map(|(key, member)| (unescape(key), member)).collect()
            }
        }
    }
}

/// Returns the tree of `text`, or nothing where it is not JSON or is nested too deeply.
pub(crate) fn parse(text: &str) -> Option<Node<'_>> {
    is_json(text).then(|| Walker { text, at: 0 }.value())?
}

/// Builds the tree of a text that `serde_json` has accepted.
struct Walker<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Walker<'a> {
    fn value(&mut self) -> Option<Node<'a>> {
        let (first, start) = (self.peek()?, self.at);
        Some(match first {
            b'{' => {
                let members = self.members(Self::member)?;
                Node::Object(&self.text[start..self.at], members)
            }
            b'[' => {
                let items = self.members(Self::value)?;
                Node::Array(&self.text[start..self.at], items)
            }
            b'"' => Node::Scalar(self.take(string_end)),
            _ => Node::Scalar(self.take(scalar_end)),
        })
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

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns true when the value that a pointer names is one of ours, or in one.
    pub(crate) fn has_pointer(&self, pointer: &str) -> bool {
        let segments = pointer.split('/').skip(1);
        let path: Vec<_> = segments
            .map(|segment| segment.replace("~1", "/").replace("~0", "~").into())
            .collect();
        (0..=path.len()).any(|length| self.contains(&path[..length]))
    }

    /// Returns true when the value at `path` is one of ours.
    pub(crate) fn contains(&self, path: &[Cow<'_, str>]) -> bool {
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

/// Returns the text of a value without whitespace, everything else as written.
pub(crate) fn compact(node: &Node<'_>) -> String {
    relayout(node.text(), Layout::Compact)
}

fn write_canonical<'a>(
    node: &Node<'a>,
    ignored: &Paths,
    path: &mut Vec<Cow<'a, str>>,
    out: &mut String,
) {
    match node {
        Node::Scalar(raw) => match raw.strip_prefix('"').and_then(|raw| raw.strip_suffix('"')) {
            Some(inside) if inside.contains('\\') => out.push_str(&requote(inside)),
            _ => out.push_str(raw),
        },
        Node::Array(_, items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                let segment = || index.to_string().into();
                write_member(segment, None, item, ignored, path, out);
            }
            out.push(']');
        }
        Node::Object(_, members) => {
            let mut members: Vec<_> = members
                .iter()
                .map(|(key, node)| (respelled(key), key, node))
                .collect();
            members.sort_by(|left, right| left.0.cmp(&right.0));
            out.push('{');
            for (respelled, key, member) in &members {
                let segment = || unescape(key);
                write_member(segment, Some(respelled), member, ignored, path, out);
            }
            out.push('}');
        }
    }
}

/// Returns a key without its quotes, the same for all its spellings.
fn respelled(key: &str) -> Cow<'_, str> {
    if !key.contains('\\') {
        return key.into();
    }
    let quoted = requote(key);
    quoted[1..quoted.len() - 1].to_owned().into()
}

fn write_member<'a>(
    segment: impl FnOnce() -> Cow<'a, str>,
    key: Option<&str>,
    member: &Node<'a>,
    ignored: &Paths,
    path: &mut Vec<Cow<'a, str>>,
    out: &mut String,
) {
    // Nobody asks where it is.
    let is_asked = !ignored.is_empty();
    path.extend(is_asked.then(segment));
    if !is_asked || !ignored.contains(path) {
        if let Some(key) = key {
            out.extend(["\"", key, "\":"]);
        }
        write_canonical(member, ignored, path, out);
        out.push(',');
    }
    if is_asked {
        path.pop();
    }
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
    let members = node.members();
    if members.is_empty() {
        return insert_leaf(pointer(path), canonical(node, ignored), leaves);
    }
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

/// Returns the strings, numbers, booleans and nulls that `paths` name, and those in the objects and
/// arrays that they name, as written.
pub(crate) fn scalars<'a>(node: &Node<'a>, paths: &Paths) -> Vec<&'a str> {
    let (mut found, mut path) = (Vec::new(), Vec::new());
    walk(node, &mut path, &mut |path, scalar| {
        let is_named = (0..=path.len()).any(|length| paths.contains(&path[..length]));
        found.extend(is_named.then_some(scalar));
    });
    found
}

/// Returns the numbers, booleans and nulls, as written.
pub(crate) fn bare<'a>(node: &Node<'a>) -> Vec<&'a str> {
    let mut found = Vec::new();
    walk(node, &mut Vec::new(), &mut |_, scalar| {
        found.extend((!scalar.starts_with('"')).then_some(scalar));
    });
    found
}

/// Calls `visit` with the pointer and the text of each string, number, boolean and null.
pub(crate) fn each_scalar<'a>(node: &Node<'a>, visit: &mut dyn FnMut(String, &'a str)) {
    walk(node, &mut Vec::new(), &mut |path, scalar| {
        visit(pointer(path), scalar);
    });
}

fn walk<'a>(
    node: &Node<'a>,
    path: &mut Vec<Cow<'a, str>>,
    visit: &mut dyn FnMut(&[Cow<'a, str>], &'a str),
) {
    if let Node::Scalar(scalar) = node {
        visit(path, scalar);
    }
    for (segment, member) in node.members() {
        path.push(segment);
        walk(member, path, visit);
        path.pop();
    }
}

pub(crate) fn pointer(path: &[Cow<'_, str>]) -> String {
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

    fn canonical_of(text: &str, ignored: &[&str]) -> String {
        let ignored: Vec<String> = ignored.iter().map(|&pointer| pointer.to_owned()).collect();
        canonical(&parse(text).unwrap(), &Paths::new(&ignored))
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
        assert_ne!(
            canonical_of(r#"["\ud800"]"#, &[]),
            canonical_of(r#"["\\ud800"]"#, &[])
        );
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
