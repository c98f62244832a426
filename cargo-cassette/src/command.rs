//! One command a file: its arguments, and what it does.

pub(crate) mod export;
pub(crate) mod import;
