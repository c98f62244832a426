//! The page that shows changed cassettes: one file, which loads nothing and runs nothing of what it shows.

mod data;
mod message;
mod sides;

use anyhow::{Context, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use sha2::{Digest, Sha256};

use crate::changed::Changes;
use crate::workspace::Workspace;

const TEMPLATE: &str = include_str!("page/page.html");
const STYLE: &str = include_str!("page/page.css");
const SCRIPT: &str = include_str!("page/page.js");

/// Returns the page. What was recorded stands in it as JSON, and the script makes nothing but text of it;
/// the policy at its head lets no other script run, and nothing be loaded.
///
/// # Errors
///
/// When it cannot be written as JSON.
pub(crate) fn html(changes: &Changes, workspace: &Workspace) -> Result<String> {
    let data = serde_json::to_string(&data::page(changes, workspace));
    let data = inert(&data.context("cannot write the page's data")?);
    let policy = format!(
        "default-src 'none'; script-src '{}'; style-src '{}'; base-uri 'none'; form-action 'none'",
        hash(SCRIPT),
        hash(STYLE)
    );
    // The data is last: nothing is replaced in what was recorded.
    let page = TEMPLATE
        .replace("{{policy}}", &policy)
        .replace("{{style}}", STYLE)
        .replace("{{script}}", SCRIPT);
    Ok(page.replacen("{{data}}", &data, 1))
}

/// Returns JSON in which HTML finds no tag, no entity and no comment, and nothing ends a line of a script.
fn inert(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                out.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            _ => out.push(c),
        }
    }
    out
}

fn hash(of: &str) -> String {
    format!("sha256-{}", BASE64.encode(Sha256::digest(of)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_in_the_page_is_no_html_and_the_same_json() {
        let hostile = "</script><script>alert(1)</script><!-- &lt; \u{2028}\u{2029}";
        let json = serde_json::to_string(hostile).unwrap();
        let inert = inert(&json);
        assert!(
            !inert.contains(['<', '>', '&', '\u{2028}', '\u{2029}']),
            "{inert}"
        );
        assert_eq!(serde_json::from_str::<String>(&inert).unwrap(), hostile);
    }

    #[test]
    fn own_style_and_script_end_no_tag() {
        assert!(!SCRIPT.contains("</") && !SCRIPT.contains("<!--"));
        assert!(!STYLE.contains("</"));
        for placeholder in ["{{policy}}", "{{style}}", "{{script}}", "{{data}}"] {
            assert_eq!(TEMPLATE.matches(placeholder).count(), 1, "{placeholder}");
            assert!(!SCRIPT.contains(placeholder) && !STYLE.contains(placeholder));
        }
    }
}
