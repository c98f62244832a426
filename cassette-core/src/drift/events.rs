//! Streams piece by piece: events, lines, records.

use std::cmp::Ordering;

use memchr::memchr2;

use super::{DriftRules, differ, tree};
use crate::diff::{Difference, alike, readable};
use crate::node::{self, Node};

/// What a stream is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Server-sent events.
    Events,
    /// JSON, line by line.
    Lines,
    /// JSON texts, each behind a record separator (RFC 7464).
    Records,
}

impl Kind {
    /// Returns what the bodies of a media type are made of, if they are made of pieces.
    pub(super) fn of(media_type: &str) -> Option<Self> {
        match media_type {
            "text/event-stream" => Some(Self::Events),
            "application/json-seq" => Some(Self::Records),
            "application/x-ndjson"
            | "application/ndjson"
            | "application/jsonl"
            | "application/jsonlines"
            | "application/x-jsonlines"
            | "application/stream+json" => Some(Self::Lines),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Events => "event",
            Self::Lines => "line",
            Self::Records => "record",
        }
    }

    /// Of a body that `is_open` the piece that was still coming is left out.
    fn pieces(self, bytes: &[u8], is_open: bool) -> Vec<Event> {
        match self {
            Self::Events => events(bytes, is_open),
            Self::Lines => texts(bytes, b'\n', is_open),
            Self::Records => texts(bytes, b'\x1e', is_open),
        }
    }
}

/// The bytes of a stream; `is_open` where there may have been more.
#[derive(Clone, Copy)]
pub(super) struct Stream<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) is_open: bool,
}

/// Compares two streams piece by piece; in what chunks they came does not matter.
pub(super) fn compare(
    rules: &DriftRules,
    kind: Kind,
    recorded: Stream<'_>,
    live: Stream<'_>,
) -> Vec<Difference> {
    let pieces = |stream: Stream<'_>| kind.pieces(stream.bytes, stream.is_open);
    let (left, right) = (pieces(recorded), pieces(live));
    let is_expected = match left.len().cmp(&right.len()) {
        Ordering::Less => recorded.is_open,
        Ordering::Equal => true,
        // One that is left although more came than was recorded does not come any more.
        Ordering::Greater => {
            live.is_open && (recorded.is_open || live.bytes.len() < recorded.bytes.len())
        }
    };
    let mut found = Vec::new();
    if !is_expected {
        let count = |pieces: &[Event]| pieces.len().to_string();
        let place = format!("{}s", kind.name());
        found.push(differ(place, &count(&left), &count(&right)));
    }
    for (number, (left, right)) in left.iter().zip(&right).enumerate() {
        let place = format!("{} {}", kind.name(), number + 1);
        found.extend(left.compare(rules, kind, &place, right));
    }
    found
}

/// A piece of a stream; of those that are no events only the data counts.
#[derive(Debug, Default, PartialEq, Eq)]
struct Event {
    name: Option<Vec<u8>>,
    data: Option<Vec<u8>>,
    /// How long a client waits before it connects again.
    retry: Option<Vec<u8>>,
}

impl Event {
    /// A block that sets no more than how long to wait does so for what follows.
    fn is_one(&self) -> bool {
        self.name.is_some() || self.data.is_some()
    }

    fn of(data: &[u8]) -> Self {
        Self {
            data: Some(data.to_vec()),
            ..Self::default()
        }
    }

    /// What a line of a block says (HTML, section 9.2.6). Identifiers are drawn anew by every server that
    /// is asked again, so they are not compared; comments keep a connection alive and say nothing.
    fn read(&mut self, line: &[u8]) {
        let colon = line.iter().position(|&byte| byte == b':');
        let (field, value) = line.split_at(colon.unwrap_or(line.len()));
        let value = value.strip_prefix(b":").unwrap_or(value);
        let value = value.strip_prefix(b" ").unwrap_or(value);
        match (field, &mut self.data) {
            (b"data", Some(data)) => {
                data.push(b'\n');
                data.extend_from_slice(value);
            }
            (b"data", data) => *data = Some(value.to_vec()),
            (b"event", _) => self.name = Some(value.to_vec()).filter(|name| !name.is_empty()),
            (b"retry", _) => self.retry = Some(value.to_vec()),
            _ => {}
        }
    }

    /// Without a name it is a `message`.
    fn name(&self) -> &[u8] {
        self.name.as_deref().unwrap_or(b"message")
    }

    fn compare(&self, rules: &DriftRules, kind: Kind, place: &str, live: &Self) -> Vec<Difference> {
        let data = match kind {
            Kind::Events => format!("{place} data"),
            Kind::Lines | Kind::Records => place.to_owned(),
        };
        let name = field(
            &format!("{place} name"),
            Some(self.name()),
            Some(live.name()),
        );
        let retry = field(
            &format!("{place} retry"),
            self.retry.as_deref(),
            live.retry.as_deref(),
        );
        let mut found: Vec<_> = name.into_iter().chain(retry).collect();
        let (recorded, live) = (self.data.as_deref(), live.data.as_deref());
        match (json(recorded), json(live)) {
            (Some(recorded), Some(live)) => {
                found.extend(tree::compare(rules, &data, &recorded, &live));
            }
            _ => found.extend(field(&data, recorded, live)),
        }
        found
    }
}

fn json(data: Option<&[u8]>) -> Option<Node<'_>> {
    node::parse(str::from_utf8(data?).ok()?)
}

fn field(place: &str, recorded: Option<&[u8]>, live: Option<&[u8]>) -> Option<Difference> {
    let is_same = match (recorded, live) {
        (Some(recorded), Some(live)) => alike(recorded, live),
        (recorded, live) => recorded == live,
    };
    (!is_same).then(|| {
        let (recorded, live) = (recorded.map(readable), live.map(readable));
        Difference::new(place, recorded.as_deref(), live.as_deref())
    })
}

/// Returns the blocks that have a name or data. The last one of a whole body counts also without the empty
/// line behind it: servers forget it, and most clients do not mind.
fn events(bytes: &[u8], is_open: bool) -> Vec<Event> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let (mut events, mut current) = (Vec::new(), Event::default());
    for line in lines(bytes) {
        if !line.is_empty() {
            current.read(line);
        } else if current.is_one() {
            events.push(std::mem::take(&mut current));
        }
    }
    events.extend(Some(current).filter(|last| !is_open && last.is_one()));
    events
}

/// Lines end with CRLF, LF or CR.
fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = memchr2(b'\r', b'\n', rest).unwrap_or(rest.len());
        let line = &rest[..end];
        let is_crlf = rest[end..].starts_with(b"\r\n");
        rest = rest
            .get(end + 1 + usize::from(is_crlf)..)
            .unwrap_or_default();
        Some(line)
    })
}

/// Returns the JSON texts between separators; space around them means nothing.
fn texts(bytes: &[u8], separator: u8, is_open: bool) -> Vec<Event> {
    let mut texts: Vec<&[u8]> = bytes.split(|&byte| byte == separator).collect();
    if is_open {
        texts.pop();
    }
    let texts = texts.into_iter().map(<[u8]>::trim_ascii);
    texts
        .filter(|text| !text.is_empty())
        .map(Event::of)
        .collect()
}
