//! One command a file: its arguments, and what it does.

pub(crate) mod completions;
pub(crate) mod export;
pub(crate) mod import;
pub(crate) mod list;
pub(crate) mod man;
