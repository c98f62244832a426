//! Arguments that contradict each other.

use syn::LitStr;

use crate::check::{Setting, Value};
use crate::errors::Errors;

/// A list that means nothing once a flag is off: list, flag, and what to do.
const POINTLESS: &[(&str, &str)] = &[
    ("ignore_query", "match_query"),
    ("ignore_json", "match_body"),
];

/// Two lists no entry of which can be in both, and why.
const EXCLUSIVE: &[(&str, &str)] = &[
    ("match_headers", "ignore_headers"),
    ("match_headers", "exclude_headers"),
    ("redact", "keep"),
];

/// Reports every contradiction, at the token to take away.
pub(crate) fn check(settings: &[Setting], errors: &mut Errors) {
    for (list, flag) in POINTLESS {
        check_pointless(settings, list, flag, errors);
    }
    for (matched, other) in EXCLUSIVE {
        check_exclusive(settings, matched, other, errors);
    }
}

fn check_pointless(settings: &[Setting], list: &str, flag: &str, errors: &mut Errors) {
    let is_off = |value: &Value| matches!(value, Value::Flag(flag) if !flag.value);
    if !find(settings, flag).is_some_and(|setting| is_off(&setting.value)) {
        return;
    }
    if let Some(setting) = find(settings, list) {
        let message = format!("`{list}` has no effect with `{flag} = false`: keep one of them");
        errors.on(&setting.key, message);
    }
}

fn check_exclusive(settings: &[Setting], matched: &str, other: &str, errors: &mut Errors) {
    for entry in entries(settings, other) {
        let name = entry.value();
        if entries(settings, matched).any(|other| other.value().eq_ignore_ascii_case(&name)) {
            let message = format!("{name:?} is in `{matched}` and in `{other}`: keep one of them");
            errors.on(entry, message);
        }
    }
}

fn entries<'a>(settings: &'a [Setting], key: &str) -> impl Iterator<Item = &'a LitStr> {
    let entries: &[LitStr] = match find(settings, key).map(|setting| &setting.value) {
        Some(Value::List(entries)) => entries,
        _ => &[],
    };
    entries.iter()
}

fn find<'a>(settings: &'a [Setting], key: &str) -> Option<&'a Setting> {
    settings.iter().find(|setting| setting.key == key)
}
