use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::value::RawValue;

use super::changes::Change;

/// What a part of a cassette says besides what is compared more closely: its fields as the file has them,
/// so that none is forgotten that comes new into the format.
pub(super) fn changes(
    place: &str,
    old: &impl Serialize,
    new: &impl Serialize,
    but: &[&str],
) -> Vec<Change> {
    let (old, new) = (fields(old), fields(new));
    let added = new.keys().filter(|name| !old.contains_key(*name));
    let names = old.keys().chain(added);
    let names = names.filter(|name| !but.contains(&name.as_str()));
    let shown =
        |fields: &BTreeMap<String, Box<RawValue>>, name| fields.get(name).map(|raw| text(raw));
    let changes = names.filter_map(|name| {
        Change::maybe(
            format!("{place} {name}"),
            shown(&old, name),
            shown(&new, name),
        )
    });
    changes.collect()
}

/// Returns a field as the file has it; a string as it reads.
pub(super) fn field(of: &impl Serialize, name: &str) -> Option<String> {
    fields(of).get(name).map(|raw| text(raw))
}

fn fields(of: &impl Serialize) -> BTreeMap<String, Box<RawValue>> {
    let text = serde_json::to_string(of);
    text.and_then(|text| serde_json::from_str(&text))
        .unwrap_or_default()
}

fn text(raw: &RawValue) -> String {
    serde_json::from_str(raw.get()).unwrap_or_else(|_| raw.get().to_owned())
}
