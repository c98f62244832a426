//! Taking the network away from a command.

use std::process::{Command, Stdio};

use anyhow::{Result, bail};

use super::words;

/// A new network has no device that is up; servers of the tests themselves need the loopback.
const WITH_LOOPBACK: &str = "ip link set lo up && exec \"$0\" \"$@\"";

/// Sees whether the system lets us.
///
/// # Errors
///
/// When it does not.
pub(super) fn check() -> Result<()> {
    let mut tried = without(&Command::new("true"));
    let tried = tried.stdout(Stdio::null()).stderr(Stdio::null()).status();
    if tried.is_ok_and(|status| status.success()) {
        return Ok(());
    }
    bail!(
        "the network cannot be taken away here: that takes Linux, `unshare`, `ip`, and the right to make namespaces\n\n\
         help: leave out --offline, or run it in a container without network, `docker run --network none …`"
    )
}

/// Returns the command so that it has no network but the loopback.
pub(super) fn without(command: &Command) -> Command {
    let mut wrapped = Command::new("unshare");
    wrapped.args(["--map-root-user", "--net", "sh", "-c", WITH_LOOPBACK]);
    wrapped.args(words(command));
    wrapped
}
