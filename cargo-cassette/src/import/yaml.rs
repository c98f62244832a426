//! YAML as others write it: read event by event, so that nothing in it is evaluated, and what aliases
//! make of it stays bounded.

use std::collections::HashMap;

use anyhow::{Result, anyhow, bail};
use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Span, Tag};

use super::base64;
use super::node::Node;
use super::notes::Notes;

/// How deep lists and maps may stand in each other.
const MAX_DEPTH: usize = 128;

/// How many bytes may come out of aliases.
const MAX_COPIED: usize = 64 * 1024 * 1024;

/// What a node takes besides its text, roughly.
const NODE: usize = 64;

/// Reads the only document of a text.
///
/// # Errors
///
/// Says what is wrong, and at which line and column.
pub(super) fn parse(text: &str, notes: &mut Notes) -> Result<Node> {
    let mut builder = Builder {
        notes,
        open: Vec::new(),
        anchors: HashMap::new(),
        copied: 0,
        root: None,
    };
    let mut events = Parser::new_from_str(text);
    while let Some(event) = events.next_event() {
        let (event, span) = event.map_err(|error| at(error.marker(), error.info()))?;
        builder
            .take(event, &span)
            .map_err(|error| at(&span.start, &error.to_string()))?;
    }
    builder.root.ok_or_else(|| anyhow!("it is empty"))
}

fn at(mark: &Marker, what: &str) -> anyhow::Error {
    anyhow!("{what} at line {} column {}", mark.line(), mark.col() + 1)
}

struct Builder<'a> {
    notes: &'a mut Notes,
    open: Vec<Open>,
    /// What aliases stand for, complete.
    anchors: HashMap<usize, Anchored>,
    copied: usize,
    root: Option<Node>,
}

/// A list or map that has not come to its end.
struct Open {
    anchor: usize,
    node: Node,
    /// The key whose value is next.
    key: Option<String>,
    /// How many levels are below it.
    levels: usize,
}

struct Anchored {
    node: Node,
    size: usize,
    levels: usize,
}

impl Builder<'_> {
    fn take(&mut self, event: Event<'_>, span: &Span) -> Result<()> {
        match event {
            Event::DocumentStart(_) if self.root.is_some() => {
                bail!("a second document begins; a cassette is one")
            }
            Event::Alias(anchor) => self.copy(anchor),
            Event::Scalar(text, style, anchor, tag) => {
                let node = self.scalar(text.into_owned(), style, tag.as_deref(), span)?;
                self.put(node, anchor, 0)
            }
            Event::SequenceStart(anchor, tag) => {
                self.note_tag(tag.as_deref(), span);
                self.begin(Node::List(Vec::new()), anchor)
            }
            Event::MappingStart(anchor, tag) => {
                self.note_tag(tag.as_deref(), span);
                self.begin(Node::Map(Vec::new()), anchor)
            }
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(Open {
                    anchor,
                    node,
                    levels,
                    ..
                }) => self.put(node, anchor, levels),
                None => Ok(()),
            },
            _ => Ok(()),
        }
    }

    fn begin(&mut self, node: Node, anchor: usize) -> Result<()> {
        if self.open.len() >= MAX_DEPTH {
            bail!("it is nested deeper than {MAX_DEPTH}");
        }
        self.open.push(Open {
            anchor,
            node,
            key: None,
            levels: 0,
        });
        Ok(())
    }

    /// Puts in what an alias stands for. Aliases of aliases multiply, so they are counted.
    fn copy(&mut self, anchor: usize) -> Result<()> {
        let Some(anchored) = self.anchors.get(&anchor) else {
            bail!("an alias stands within what it stands for");
        };
        let levels = anchored.levels;
        self.copied = self.copied.saturating_add(anchored.size);
        if self.copied > MAX_COPIED {
            bail!("what its aliases stand for is larger than {MAX_COPIED} bytes");
        }
        if self.open.len() + levels > MAX_DEPTH {
            bail!("with its aliases it is nested deeper than {MAX_DEPTH}");
        }
        let node = anchored.node.clone();
        self.put(node, 0, levels)
    }

    fn put(&mut self, node: Node, anchor: usize, levels: usize) -> Result<()> {
        if anchor != 0 {
            self.keep(&node, anchor, levels)?;
        }
        let Some(open) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        open.levels = open.levels.max(levels + 1);
        match (&mut open.node, open.key.take()) {
            (Node::List(items), _) => items.push(node),
            (Node::Map(fields), Some(key)) => fields.push((key, node)),
            (_, _) => open.key = Some(key(node)?),
        }
        Ok(())
    }

    fn keep(&mut self, node: &Node, anchor: usize, levels: usize) -> Result<()> {
        let size = size(node);
        self.copied = self.copied.saturating_add(size);
        if self.copied > MAX_COPIED {
            bail!("what its aliases stand for is larger than {MAX_COPIED} bytes");
        }
        let node = node.clone();
        self.anchors.insert(anchor, Anchored { node, size, levels });
        Ok(())
    }

    fn scalar(
        &mut self,
        text: String,
        style: ScalarStyle,
        tag: Option<&Tag>,
        span: &Span,
    ) -> Result<Node> {
        Ok(match tag.map(|tag| tag.suffix.as_str()) {
            Some("binary") => Node::Bytes(base64::decode(&text)?),
            // What Python 2 and Ruby say of texts.
            Some("str" | "python/unicode" | "python/str" | "ruby/string" | "" | "!") => {
                Node::Text(text)
            }
            Some("int" | "float" | "bool" | "null") => plain(text),
            Some(_) => {
                self.note_tag(tag, span);
                Node::Text(text)
            }
            None if style == ScalarStyle::Plain => plain(text),
            None => Node::Text(text),
        })
    }

    fn note_tag(&mut self, tag: Option<&Tag>, span: &Span) {
        if let Some(tag) = tag.filter(|tag| !matches!(tag.suffix.as_str(), "map" | "seq" | "")) {
            let place = format!("line {}", span.start.line());
            let tag = &tag.suffix;
            self.notes
                .add(&place, format!("the tag `{tag}` is not evaluated"));
        }
    }
}

/// Keys of others are texts; what is none is taken as it is written.
fn key(node: Node) -> Result<String> {
    match node {
        Node::Text(text) | Node::Number(text) => Ok(text),
        Node::Null => Ok(String::new()),
        Node::Bool(value) => Ok(value.to_string()),
        other => bail!("{} is the key of a map", other.kind()),
    }
}

/// What a text means that stands without quotes.
fn plain(text: String) -> Node {
    match text.as_str() {
        "" | "~" | "null" | "Null" | "NULL" => Node::Null,
        "true" | "True" | "TRUE" => Node::Bool(true),
        "false" | "False" | "FALSE" => Node::Bool(false),
        _ if is_number(&text) => Node::Number(text),
        _ => Node::Text(text),
    }
}

/// Is it written as JSON writes numbers? Only then it can be written again as it stands.
fn is_number(text: &str) -> bool {
    let starts = text.starts_with(|sign: char| sign == '-' || sign.is_ascii_digit());
    starts && serde_json::from_str::<serde_json::Number>(text).is_ok()
}

fn size(node: &Node) -> usize {
    NODE + match node {
        Node::Null | Node::Bool(_) => 0,
        Node::Number(text) | Node::Text(text) => text.len(),
        Node::Bytes(bytes) => bytes.len(),
        Node::List(items) => items.iter().map(size).sum(),
        Node::Map(fields) => {
            let field = |(name, node): &(String, Node)| NODE + name.len() + size(node);
            fields.iter().map(field).sum()
        }
    }
}

#[cfg(test)]
mod tests;
