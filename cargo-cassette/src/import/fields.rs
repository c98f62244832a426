use std::str::FromStr;

use anyhow::{Result, anyhow, bail};

use super::node::Node;
use super::notes::Notes;

/// The fields of a map, taken out one by one, so that what nobody has asked for can be told.
#[derive(Debug)]
pub(super) struct Fields {
    place: String,
    left: Vec<(String, Node)>,
}

impl Fields {
    /// # Errors
    ///
    /// When it is no map.
    pub(super) fn of(node: Node, place: impl Into<String>) -> Result<Self> {
        let place = place.into();
        match node {
            Node::Map(left) => Ok(Self { place, left }),
            other => Err(mistaken(&place, "a map", &other)),
        }
    }

    /// Returns where they stand.
    pub(super) fn place(&self) -> &str {
        &self.place
    }

    /// Returns where this field stands.
    pub(super) fn at(&self, name: &str) -> String {
        match self.place.as_str() {
            "" => name.to_owned(),
            place => format!("{place}.{name}"),
        }
    }

    /// Takes a field; one that is null is absent.
    pub(super) fn take(&mut self, name: &str) -> Option<Node> {
        let at = self.left.iter().position(|(field, _)| field == name)?;
        let (_, node) = self.left.remove(at);
        Some(node).filter(|node| *node != Node::Null)
    }

    /// # Errors
    ///
    /// When it is absent.
    pub(super) fn need(&mut self, name: &str) -> Result<Node> {
        let node = self.take(name);
        node.ok_or_else(|| anyhow!("{} is missing", self.at(name)))
    }

    /// # Errors
    ///
    /// When it is absent or no map.
    pub(super) fn fields(&mut self, name: &str) -> Result<Self> {
        let node = self.need(name)?;
        Self::of(node, self.at(name))
    }

    /// # Errors
    ///
    /// When it is there and no text.
    pub(super) fn text(&mut self, name: &str) -> Result<Option<String>> {
        match self.take(name) {
            None => Ok(None),
            Some(Node::Text(text) | Node::Number(text)) => Ok(Some(text)),
            Some(Node::Bool(value)) => Ok(Some(value.to_string())),
            Some(other) => Err(mistaken(&self.at(name), "a text", &other)),
        }
    }

    /// # Errors
    ///
    /// When it is absent or no text.
    pub(super) fn needed_text(&mut self, name: &str) -> Result<String> {
        let text = self.text(name)?;
        text.ok_or_else(|| anyhow!("{} is missing", self.at(name)))
    }

    /// # Errors
    ///
    /// When it is there and no number of this kind.
    pub(super) fn number<T: FromStr>(&mut self, name: &str) -> Result<Option<T>> {
        let Some(text) = self.text(name)? else {
            return Ok(None);
        };
        let number = text.parse();
        number
            .map(Some)
            .map_err(|_| anyhow!("{} is not such a number", self.at(name)))
    }

    /// Returns the items of a list, each with its place; none where it is absent.
    ///
    /// # Errors
    ///
    /// When it is there and no list.
    pub(super) fn items(&mut self, name: &str) -> Result<Vec<(String, Node)>> {
        match self.take(name) {
            None => Ok(Vec::new()),
            Some(Node::List(items)) => Ok(placed(&self.at(name), items)),
            Some(other) => Err(mistaken(&self.at(name), "a list", &other)),
        }
    }

    /// Leaves out fields that follow from others, or say nothing of the traffic.
    pub(super) fn skip(&mut self, names: &[&str]) {
        self.left
            .retain(|(name, _)| !names.contains(&name.as_str()));
    }

    /// Notes what nobody has asked for.
    pub(super) fn end(self, notes: &mut Notes) {
        for (name, node) in self.left {
            let is_empty = match node {
                Node::Null => true,
                Node::Text(text) => text.is_empty(),
                Node::List(items) => items.is_empty(),
                Node::Map(fields) => fields.is_empty(),
                Node::Bool(_) | Node::Number(_) | Node::Bytes(_) => false,
            };
            if !is_empty {
                notes.add(&self.place, format!("`{name}` is not carried over"));
            }
        }
    }
}

/// Gives each item its place.
pub(super) fn placed(place: &str, items: Vec<Node>) -> Vec<(String, Node)> {
    let items = items.into_iter().enumerate();
    items
        .map(|(number, item)| (format!("{place}[{number}]"), item))
        .collect()
}

/// Says that something else was expected.
pub(super) fn mistaken(place: &str, expected: &str, found: &Node) -> anyhow::Error {
    let place = if place.is_empty() { "the file" } else { place };
    anyhow!("{place} is {}, not {expected}", found.kind())
}

/// # Errors
///
/// When it is not the version that is read.
pub(super) fn check_version(fields: &mut Fields, known: &[&str]) -> Result<()> {
    match fields.text("version")? {
        Some(version) if !known.contains(&version.as_str()) => {
            bail!(
                "version {version} is not one of those that are read: {}",
                known.join(", ")
            )
        }
        _ => Ok(()),
    }
}
