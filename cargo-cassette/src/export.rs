//! Cassettes in the formats of other tools.

pub(crate) mod har;
