//! Commands that look at what has changed: in git, and beside cassettes.

#[cfg(feature = "browser")]
mod browser;
mod diff;
#[path = "../support/last_run.rs"]
mod last_run;
mod report;
mod repository;
mod review;
mod unsaved;
