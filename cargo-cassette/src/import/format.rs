use anyhow::{Result, bail};
use clap::ValueEnum;

use super::exchange::Exchange;
use super::node::Node;
use super::notes::Notes;
use super::{cassetter, go_vcr, har, snapshot_agent, vcr, vcrpy};

/// The files that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Ruby VCR, rvcr, reqwest-vcr, surf-vcr: `http_interactions`
    Vcr,
    /// vcrpy: `interactions` of `uri`
    Vcrpy,
    /// go-vcr: `interactions` of `url`
    GoVcr,
    /// undici's `SnapshotAgent`
    SnapshotAgent,
    /// HTTP archives, of browsers, mitmproxy, Polly
    Har,
    /// cassetter: `interactions` whose bodies have a `type`
    Cassetter,
}

impl Format {
    /// Says what a file is by its content.
    ///
    /// # Errors
    ///
    /// When it is none of the formats, which are listed then.
    pub(super) fn of(root: &Node) -> Result<Self> {
        let first = root.get("interactions").and_then(|list| list.at(0));
        let found = match first {
            _ if root.get("http_interactions").is_some() => Some(Self::Vcr),
            _ if root
                .get("log")
                .is_some_and(|log| log.get("entries").is_some()) =>
            {
                Some(Self::Har)
            }
            _ if is_snapshots(root) => Some(Self::SnapshotAgent),
            _ if root.get("format").is_some() && root.get("test").is_some() => {
                bail!("it is a cassette already: copy it to where cassettes are")
            }
            Some(first) => of_interaction(first),
            None => of_none(root),
        };
        match found {
            Some(format) => Ok(format),
            None => bail!(
                "its format is not one of those that are read\n\n{}",
                known()
            ),
        }
    }

    pub(super) fn read(self, root: Node, notes: &mut Notes) -> Result<Vec<Exchange>> {
        match self {
            Self::Vcr => vcr::read(root, notes),
            Self::Vcrpy => vcrpy::read(root, notes),
            Self::GoVcr => go_vcr::read(root, notes),
            Self::SnapshotAgent => snapshot_agent::read(root, notes),
            Self::Har => har::read(root, notes),
            Self::Cassetter => cassetter::read(root, notes),
        }
    }
}

fn of_interaction(interaction: &Node) -> Option<Format> {
    let (request, response) = (interaction.get("request")?, interaction.get("response")?);
    let status = response.get("status");
    if request.get("url").is_some() {
        Some(Format::GoVcr)
    } else if matches!(status, Some(Node::Number(_))) {
        Some(Format::Cassetter)
    } else {
        request.get("uri").map(|_| Format::Vcrpy)
    }
}

/// A cassette in which nothing was recorded, or nothing of HTTP.
fn of_none(root: &Node) -> Option<Format> {
    let others = ["grpc_interactions", "ws_interactions", "observed_requests"];
    if others.iter().any(|name| root.get(name).is_some()) {
        return Some(Format::Cassetter);
    }
    let version = root.get("version")?;
    match (root.get("interactions")?, version) {
        (_, Node::Number(version)) if version == "2" => Some(Format::GoVcr),
        _ => Some(Format::Vcrpy),
    }
}

/// A list of snapshots, or, as older ones have it, a map of hashes to them.
fn is_snapshots(root: &Node) -> bool {
    match root {
        Node::List(items) => items.iter().all(|item| item.get("snapshot").is_some()),
        Node::Map(fields) => {
            let is_one = |node: &Node| {
                let answers = node.get("responses").or(node.get("response"));
                node.get("request").is_some() && answers.is_some()
            };
            !fields.is_empty() && fields.iter().all(|(_, node)| is_one(node))
        }
        _ => false,
    }
}

/// Returns the list of formats, for people.
fn known() -> String {
    let formats = Format::value_variants().iter();
    let lines = formats.filter_map(|format| {
        let value = format.to_possible_value()?;
        let help = value
            .get_help()
            .map(ToString::to_string)
            .unwrap_or_default();
        Some(format!("    {:<15} {help}", value.get_name()))
    });
    let lines: Vec<_> = lines.collect();
    format!(
        "{}\n\nhelp: say which it is: --format vcrpy",
        lines.join("\n")
    )
}
