//! Commands that look at what has changed: in git, and beside cassettes.

#[cfg(feature = "browser")]
mod browser;
mod diff;
mod report;
mod repository;
mod review;
mod unsaved;
