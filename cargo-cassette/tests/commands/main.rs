//! Command by command, on folders with cassettes.

#[path = "../support/mod.rs"]
mod support;

mod audit;
mod check;
mod export;
mod fmt;
mod help;
mod import;
mod init;
mod list;
mod prune;
mod show;
