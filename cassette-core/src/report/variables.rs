use super::Facts;

/// A variable that the recording test had not made.
pub(crate) fn no_variable(facts: &Facts, name: &str) -> String {
    let mode = if facts.rechecks { "record" } else { "update" };
    format!(
        "the cassette holds no variable {name}\n\n    cassette: {}\n    mode: {}\n\nhelp: to record it, {}",
        facts.cassette,
        facts.mode,
        facts.again(mode)
    )
}

/// A variable whose value stands where secrets do.
pub(crate) fn secret_variable(facts: &Facts, name: &str) -> String {
    format!(
        "the variable {name} is used as a secret, and would be stored as it is: the recording is not saved\n\n    \
         cassette: {}\n\nhelp: ask for secrets with `secret(\"…\")`, which stores none\n\
         help: if it is none, keep the place where it is used, like `#[cassette(keep = [\"header:x-token\"])]`",
        facts.cassette
    )
}
