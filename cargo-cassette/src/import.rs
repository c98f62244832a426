//! Files of other recorders: each is read by a pure function from its bytes to exchanges, and what could
//! not be carried over.

mod base64;
mod cassetter;
mod exchange;
mod fields;
mod format;
mod framing;
mod go_vcr;
mod har;
mod head;
mod node;
mod notes;
mod redirects;
mod snapshot_agent;
mod source;
#[cfg(test)]
mod tests;
mod time;
mod vcr;
mod vcrpy;
mod writer;
mod yaml;

use std::path::Path;

use anyhow::Result;

pub(crate) use exchange::Exchange;
pub(crate) use format::Format;
pub(crate) use notes::Notes;
pub(crate) use writer::feed;

/// What a file of another recorder holds.
#[derive(Debug)]
pub(crate) struct Recorded {
    pub(crate) format: Format,
    pub(crate) exchanges: Vec<Exchange>,
    pub(crate) notes: Notes,
}

impl Recorded {
    /// Reads a file, whose format is told by its content when it is not given. `follows_redirects`
    /// joins each redirect with what it leads to.
    ///
    /// # Errors
    ///
    /// Says what is wrong, and where in the file.
    pub(crate) fn read(
        bytes: &[u8],
        path: &Path,
        format: Option<Format>,
        follows_redirects: bool,
    ) -> Result<Self> {
        let mut notes = Notes::default();
        let root = source::parse(bytes, path, &mut notes)?;
        let format = format.map_or_else(|| Format::of(&root), Ok)?;
        let mut exchanges = format.read(root, &mut notes)?;
        for exchange in &mut exchanges {
            framing::settle(exchange, &mut notes);
        }
        if follows_redirects {
            exchanges = redirects::join(exchanges);
        } else {
            redirects::note(&exchanges, &mut notes);
        }
        Ok(Self {
            format,
            exchanges,
            notes,
        })
    }

    /// Returns when the oldest of it was recorded, where the file says so.
    pub(crate) fn recorded_at(&self) -> Option<std::time::SystemTime> {
        self.exchanges
            .iter()
            .filter_map(|exchange| exchange.recorded_at)
            .min()
    }
}
