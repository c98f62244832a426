use std::fmt::Write;
use std::sync::Arc;

use super::{Facts, line, list, text};
use crate::interaction::RecordedRequest;
use crate::redact::{Blocked, UNMASKED};

/// What is told of a place: the interaction's number and request, and what is there.
pub(crate) type Found = (usize, Arc<RecordedRequest>, Blocked);

/// The recording holds what looks like a secret.
pub(crate) fn blocked(facts: &Facts, found: &[Found]) -> String {
    text(|out| {
        let cassette = &facts.cassette;
        writeln!(
            out,
            "the recording may hold a secret, and is not saved\n\n    cassette: {cassette}\n"
        )?;
        list(out, found.iter().map(place))?;
        let Some((_, _, first)) = found.first() else {
            return Ok(());
        };
        let (mask, keep) = selectors(first);
        writeln!(
            out,
            "\nhelp: if it is one, mask it: `#[cassette(redact = [\"{mask}\"])]`"
        )?;
        write!(
            out,
            "help: if it is none, keep it: `#[cassette(keep = [\"{keep}\"])]`"
        )
    })
}

fn place((number, request, blocked): &Found) -> String {
    let Blocked {
        side, place, shape, ..
    } = blocked;
    format!(
        "interaction {}, {side} {}: {}\n        of {}",
        number + 1,
        place.shown,
        looks(shape),
        line(request)
    )
}

pub(crate) fn looks(shape: &str) -> String {
    match shape {
        "authorization" => "credentials behind the name of their scheme".to_owned(),
        "compressed" => "a secret in a compressed body that cannot be stored readable".to_owned(),
        "entropy" => "a value made by chance at a credential's name".to_owned(),
        "jwt" => "a JSON Web Token".to_owned(),
        "private-key" => "a private key".to_owned(),
        UNMASKED => "a secret that is not masked".to_owned(),
        provider => format!("the shape of a token of {provider}"),
    }
}

/// What to write to mask it, and to keep it.
pub(crate) fn selectors(blocked: &Blocked) -> (String, String) {
    match &blocked.place.selector {
        Some(selector) => (selector.clone(), selector.clone()),
        None if blocked.shape == UNMASKED => {
            ("text:<pattern>".to_owned(), "text:<pattern>".to_owned())
        }
        None => (
            "text:<pattern>".to_owned(),
            format!("shape:{}", blocked.shape),
        ),
    }
}
