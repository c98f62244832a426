//! What is asked of the cassette, and what goes past it: rules, functions in code, fallbacks, statuses,
//! variables, code that has changed, and the words for all of it.
//!
//! Each run is told in one line: how it ended, what reached the server, and what the file holds.

mod bench;
mod combinations;
mod decided;
mod fallback;
mod fallback_secrets;
mod inside;
mod inside_streams;
mod layers;
mod matching;
mod model;
mod normalized;
mod normalized_updates;
mod notices;
mod options;
mod recheck;
mod recheck_files;
mod rules;
mod rules_before;
mod rules_file;
mod statuses;
mod statuses_file;
mod times;
mod tracked;
mod variables;
mod variables_killed;
mod variables_secret;
mod versions;
