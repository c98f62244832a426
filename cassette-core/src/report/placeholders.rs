use http::HeaderMap;

use super::{LISTED, line, list, text};
use crate::body::{Body, End};
use crate::diff::cut;
use crate::failure::RecordedError;
use crate::interaction::{Interaction, Recorded, RecordedResponse};
use crate::node::{self, Paths};
use crate::placeholder::is_in;

/// Lists where these answers, each with its number, held placeholders: a test may have failed for want
/// of what they stand for.
pub(crate) fn placeholders<'a>(
    answers: impl Iterator<Item = (usize, &'a Interaction)>,
) -> Option<String> {
    let held = answers.filter_map(|(number, interaction)| {
        let places = places(&interaction.recorded);
        let request = line(&interaction.request);
        (!places.is_empty()).then(|| {
            format!(
                "interaction {} ({request}): {}",
                number + 1,
                joined(&places)
            )
        })
    });
    let held: Vec<String> = held.collect();
    let list = text(|out| list(out, held.iter().cloned()));
    (!held.is_empty()).then(|| {
        format!(
            "the answers held placeholders where secrets had been\n\n{}",
            list.trim_end()
        )
    })
}

/// Returns true when the answer holds one.
pub(crate) fn has_placeholder(interaction: &Interaction) -> bool {
    !places(&interaction.recorded).is_empty()
}

fn joined(places: &[String]) -> String {
    let listed = places[..places.len().min(LISTED)].join(", ");
    match places.len().saturating_sub(LISTED) {
        0 => listed,
        more => format!("{listed}, … and {more} more"),
    }
}

fn places(recorded: &Recorded) -> Vec<String> {
    match recorded {
        Recorded::Response(response) => places_of_response(response),
        Recorded::Error(error) => place_of_error(error).into_iter().collect(),
    }
}

fn places_of_response(response: &RecordedResponse) -> Vec<String> {
    let url = response.url.iter().filter(|url| is_in(url.as_bytes()));
    let mut places: Vec<String> = url.map(|_| "url".to_owned()).collect();
    places.extend(places_of_headers("header", &response.headers));
    places.extend(places_of_body(&response.body));
    places.extend(places_of_headers("trailer", &response.trailers));
    places
}

fn places_of_headers(what: &str, headers: &HeaderMap) -> impl Iterator<Item = String> {
    let names = headers.keys().filter(|name| {
        let mut values = headers.get_all(*name).iter();
        values.any(|value| is_in(value.as_bytes()))
    });
    names.map(move |name| format!("{what} {name}"))
}

fn places_of_body(body: &Body) -> Vec<String> {
    let mut places = places_of_content(body.bytes());
    if let End::Broken(error) = body.end() {
        places.extend(place_of_error(error));
    }
    places
}

/// JSON by path, other text by line.
fn places_of_content(content: &[u8]) -> Vec<String> {
    if !is_in(content) {
        return Vec::new();
    }
    let Ok(text) = str::from_utf8(content) else {
        return vec!["body".to_owned()];
    };
    if let Some(node) = node::parse(text) {
        let leaves = node::leaves(&node, &Paths::default()).into_iter();
        let masked = leaves.filter(|(_, leaf)| is_in(leaf.as_bytes()));
        return masked
            .map(|(path, _)| format!("body {}", cut(if path.is_empty() { "/" } else { &path })))
            .collect();
    }
    let lines = text.split('\n').zip(1..);
    let masked = lines.filter(|(line, _)| is_in(line.as_bytes()));
    masked
        .map(|(_, number)| format!("body line {number}"))
        .collect()
}

fn place_of_error(error: &RecordedError) -> Option<String> {
    let mut texts = [&error.message].into_iter().chain(&error.url);
    let is_masked = texts.any(|text| is_in(text.as_bytes()));
    is_masked.then(|| "error".to_owned())
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use serde_json::{Value, json};

    use super::*;
    use crate::cassette::Cassette;

    /// Cassettes as they stand in files: what today's rules mask makes no difference.
    fn interactions(interactions: &Value) -> Vec<Interaction> {
        let text = json!({
            "format": 1,
            "test": "t",
            "recorded_at": "2026-11-21T10:30:00Z",
            "interactions": interactions,
        });
        let cassette = Cassette::from_json(text.to_string().as_bytes()).unwrap();
        cassette.interactions().to_vec()
    }

    fn answer(path: &str, response: &Value) -> Value {
        let url = format!("http://e.com/{path}");
        json!({ "request": { "method": "GET", "url": url }, "response": response })
    }

    fn report(interactions: &[Interaction]) -> Option<String> {
        placeholders(interactions.iter().enumerate())
    }

    #[test]
    fn answers_without_placeholders_are_not_mentioned() {
        let [silent, said] = [
            answer("[REDACTED]", &json!({ "status": 200 })),
            answer(
                "",
                &json!({ "status": 200, "body": { "text": "[BLOCKED]" } }),
            ),
        ];
        assert_eq!(report(&interactions(&json!([silent]))), None);
        let both = interactions(&json!([silent, said]));
        assert_snapshot!(report(&both).unwrap(), @"
        the answers held placeholders where secrets had been

            interaction 2 (GET http://e.com/): body line 1
        ");
    }

    #[test]
    fn every_place_of_an_answer_has_a_name() {
        let everywhere = answer(
            "a",
            &json!({
                "status": 200,
                "url": "http://e.com/b?api_key=[REDACTED]",
                "headers": {
                    "content-type": "application/json",
                    "set-cookie": ["a=[REDACTED]", "b=[REDACTED]"],
                },
                "body": { "json": {
                    "access_token": "[REDACTED]",
                    "expires_in": 3600,
                    "users": [{ "a/b": "see [REDACTED]" }],
                } },
                "trailers": { "x-signature": "[REDACTED]" },
            }),
        );
        let lines = answer(
            "b",
            &json!({
                "status": 200,
                "body": {
                    "text": "a\n[REDACTED]\nb [BLOCKED]",
                    "truncated": { "kind": "closed", "message": "[REDACTED]" },
                },
            }),
        );
        let bytes = answer(
            "c",
            &json!({ "status": 200, "body": { "base64": "/1tSRURBQ1RFRF0=" } }),
        );
        let failure = json!({
            "request": { "method": "GET", "url": "http://e.com/d" },
            "error": { "kind": "redirect", "message": "", "url": "http://e.com/?api_key=[REDACTED]" },
        });
        let scalar = answer(
            "e",
            &json!({ "status": 200, "body": { "text": "\"[REDACTED]\"" } }),
        );
        let all = json!([everywhere, lines, bytes, failure, scalar]);
        assert_snapshot!(report(&interactions(&all)).unwrap(), @"
        the answers held placeholders where secrets had been

            interaction 1 (GET http://e.com/a): url, header set-cookie, body /access_token, body /users/0/a~1b, trailer x-signature
            interaction 2 (GET http://e.com/b): body line 2, body line 3, error
            interaction 3 (GET http://e.com/c): body
            interaction 4 (GET http://e.com/d): error
            interaction 5 (GET http://e.com/e): body /
        ");
    }

    #[test]
    fn many_places_make_short_reports() {
        let fields = (0..30).map(|n| (format!("{n:02}"), "[REDACTED]".into()));
        let fields: serde_json::Map<String, Value> = fields.collect();
        let body = json!({ "status": 200, "body": { "json": fields } });
        let one = interactions(&json!([answer(&"long/".repeat(100), &body)]));
        let many = vec![one[0].clone(); 30];
        let report = report(&many).unwrap();
        assert_eq!(report.lines().count(), 13, "{report}");
        assert!(report.ends_with("\n    … and 20 more"), "{report}");
        let line = report.lines().nth(2).unwrap();
        assert!(
            line.ends_with("body /08, body /09, … and 20 more"),
            "{line}"
        );
        assert!(line.chars().count() < 400, "{line}");
    }
}
