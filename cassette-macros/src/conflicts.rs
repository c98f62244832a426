//! Arguments that contradict each other.

use syn::LitStr;

use crate::check::{Arguments, Setting, Value};
use crate::entry::tolerance;
use crate::errors::Errors;
use crate::name;

/// A list that means nothing once a flag is off: list, flag, and what to do.
const POINTLESS: &[(&str, &str)] = &[
    ("ignore_query", "match_query"),
    ("ignore_json", "match_body"),
];

/// Two lists no entry of which can be in both, and why.
const EXCLUSIVE: &[(&str, &str)] = &[
    ("match_headers", "ignore_headers"),
    ("match_headers", "exclude_headers"),
    ("verify_headers", "exclude_headers"),
    ("volatile_headers", "exclude_headers"),
    ("redact", "keep"),
];

/// Reports every contradiction, at the token to take away.
pub(crate) fn check(arguments: &Arguments, errors: &mut Errors) {
    let settings = &arguments.settings;
    for (list, flag) in POINTLESS {
        check_pointless(settings, list, flag, errors);
    }
    for (matched, other) in EXCLUSIVE {
        check_exclusive(settings, matched, other, errors);
    }
    check_tolerance(settings, errors);
    check_change(arguments, errors);
    check_extends(arguments, errors);
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

/// What is not compared needs no tolerance.
fn check_tolerance(settings: &[Setting], errors: &mut Errors) {
    for entry in entries(settings, "verify_tolerance") {
        let text = entry.value();
        let pointer = tolerance::pointer(&text);
        if entries(settings, "verify_ignore").any(|ignored| ignored.value() == pointer) {
            let message = format!(
                "{pointer:?} is in `verify_ignore` and in `verify_tolerance`: keep one of them"
            );
            errors.on(entry, message);
        }
    }
}

/// Without anything that is tracked no recording becomes stale.
fn check_change(arguments: &Arguments, errors: &mut Errors) {
    let track = find(&arguments.settings, "track").map(|setting| &setting.value);
    let is_off = matches!(track, Some(Value::Variant(_, variant)) if variant == "Off");
    if !is_off || !arguments.tracks.is_empty() {
        return;
    }
    if let Some(setting) = find(&arguments.settings, "on_change") {
        let message = "`on_change` has no effect with `track = \"off\"`: \
                       keep one of them, or name in `tracks` what can change";
        errors.on(&setting.key, message);
    }
}

fn check_extends(arguments: &Arguments, errors: &mut Errors) {
    let own = arguments.name.as_ref().map(name::fixed);
    let Some(Ok(Some(own))) = own else { return };
    for entry in entries(&arguments.settings, "extends").filter(|entry| entry.value() == own) {
        errors.on(
            entry,
            "a cassette cannot extend itself: take it out, or name another one",
        );
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
