//! One command a file: its arguments, and what it does.

pub(crate) mod accept;
pub(crate) mod audit;
pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod diff;
pub(crate) mod export;
pub(crate) mod fmt;
pub(crate) mod import;
pub(crate) mod init;
pub(crate) mod list;
pub(crate) mod man;
pub(crate) mod migrate;
pub(crate) mod prune;
pub(crate) mod record;
pub(crate) mod reject;
pub(crate) mod report;
pub(crate) mod review;
pub(crate) mod show;
pub(crate) mod test;
