//! A cargo project whose tests have cassettes, and the command run on it from recording to pruning.
//!
//! All tests share one project and the folder in which this workspace builds, one after the other: a build
//! takes longer than all the rest.

#[path = "../support/mod.rs"]
mod support;

mod interrupted;
mod project;
mod recording;
mod replaying;
mod server;
