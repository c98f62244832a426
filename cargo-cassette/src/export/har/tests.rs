use cassette_core::Cassette;

use super::archive;
use crate::import::Recorded;

const CASSETTE: &str = r#"{
  "format": 1,
  "test": "users::reads",
  "recorded_at": "2026-11-21T10:30:00Z",
  "interactions": [
    {
      "request": { "method": "POST", "url": "https://api.example.com/users?a=1&b=[REDACTED]", "headers": { "authorization": "[REDACTED]", "cookie": "sid=[REDACTED]; theme=dark", "content-type": "application/json" }, "body": { "json": { "name": "ada" } } },
      "response": { "status": 201, "version": "HTTP/2", "url": "https://api.example.com/users/1", "headers": { "content-type": "application/json", "set-cookie": ["a=[REDACTED]; Path=/", "b=2"] }, "body": { "json": { "id": 1 } }, "trailers": { "x-sum": "1" }, "timing": "120ms 10ms 5ms" }
    },
    {
      "request": { "method": "GET", "url": "https://api.example.com/blob", "body": { "base64": "AP8=" } },
      "response": { "status": 302, "reason": "Elsewhere", "headers": { "location": "/there" }, "body": { "base64": "/wA=", "truncated": { "kind": "reset", "message": "gone" } } }
    },
    {
      "request": { "method": "GET", "url": "https://api.example.com/slow" },
      "error": { "kind": "timeout", "message": "it took too long", "timing": "30000ms" }
    }
  ]
}"#;

fn exported() -> String {
    let cassette = Cassette::from_json(CASSETTE.as_bytes()).unwrap();
    let archive = archive(&[("users/reads".to_owned(), cassette)]);
    serde_json::to_string_pretty(&archive).unwrap()
}

#[test]
fn an_archive_holds_what_the_cassette_holds_as_it_is_masked() {
    insta::assert_snapshot!(exported(), @r#"
    {
      "log": {
        "creator": {
          "name": "cargo-cassette",
          "version": "0.1.0"
        },
        "entries": [
          {
            "cache": {},
            "pageref": "users/reads",
            "request": {
              "bodySize": 14,
              "cookies": [
                {
                  "name": "sid",
                  "value": "[REDACTED]"
                },
                {
                  "name": "theme",
                  "value": "dark"
                }
              ],
              "headers": [
                {
                  "name": "authorization",
                  "value": "[REDACTED]"
                },
                {
                  "name": "cookie",
                  "value": "sid=[REDACTED]; theme=dark"
                },
                {
                  "name": "content-type",
                  "value": "application/json"
                }
              ],
              "headersSize": -1,
              "httpVersion": "HTTP/2.0",
              "method": "POST",
              "postData": {
                "mimeType": "application/json",
                "text": "{\"name\":\"ada\"}"
              },
              "queryString": [
                {
                  "name": "a",
                  "value": "1"
                },
                {
                  "name": "b",
                  "value": "[REDACTED]"
                }
              ],
              "url": "https://api.example.com/users?a=1&b=[REDACTED]"
            },
            "response": {
              "bodySize": -1,
              "comment": "answered by https://api.example.com/users/1; its trailers are left out",
              "content": {
                "mimeType": "application/json",
                "size": 8,
                "text": "{\"id\":1}"
              },
              "cookies": [
                {
                  "name": "a",
                  "value": "[REDACTED]"
                },
                {
                  "name": "b",
                  "value": "2"
                }
              ],
              "headers": [
                {
                  "name": "content-type",
                  "value": "application/json"
                },
                {
                  "name": "set-cookie",
                  "value": "a=[REDACTED]; Path=/"
                },
                {
                  "name": "set-cookie",
                  "value": "b=2"
                }
              ],
              "headersSize": -1,
              "httpVersion": "HTTP/2.0",
              "redirectURL": "",
              "status": 201,
              "statusText": "Created"
            },
            "startedDateTime": "2026-11-21T10:30:00.000Z",
            "time": 135.0,
            "timings": {
              "receive": 15.0,
              "send": 0,
              "wait": 120.0
            }
          },
          {
            "cache": {},
            "pageref": "users/reads",
            "request": {
              "bodySize": 2,
              "cookies": [],
              "headers": [],
              "headersSize": -1,
              "httpVersion": "HTTP/1.1",
              "method": "GET",
              "postData": {
                "_encoding": "base64",
                "mimeType": "",
                "text": "AP8="
              },
              "queryString": [],
              "url": "https://api.example.com/blob"
            },
            "response": {
              "bodySize": -1,
              "comment": "the body broke off: gone",
              "content": {
                "encoding": "base64",
                "mimeType": "x-unknown",
                "size": 2,
                "text": "/wA="
              },
              "cookies": [],
              "headers": [
                {
                  "name": "location",
                  "value": "/there"
                }
              ],
              "headersSize": -1,
              "httpVersion": "HTTP/1.1",
              "redirectURL": "/there",
              "status": 302,
              "statusText": "Elsewhere"
            },
            "startedDateTime": "2026-11-21T10:30:00.000Z",
            "time": 0.0,
            "timings": {
              "receive": 0.0,
              "send": 0,
              "wait": 0.0
            }
          },
          {
            "cache": {},
            "pageref": "users/reads",
            "request": {
              "bodySize": 0,
              "cookies": [],
              "headers": [],
              "headersSize": -1,
              "httpVersion": "HTTP/1.1",
              "method": "GET",
              "queryString": [],
              "url": "https://api.example.com/slow"
            },
            "response": {
              "_error": "timeout: it took too long",
              "bodySize": -1,
              "content": {
                "mimeType": "x-unknown",
                "size": 0
              },
              "cookies": [],
              "headers": [],
              "headersSize": -1,
              "httpVersion": "",
              "redirectURL": "",
              "status": 0,
              "statusText": ""
            },
            "startedDateTime": "2026-11-21T10:30:00.000Z",
            "time": 30000.0,
            "timings": {
              "receive": 0.0,
              "send": 0,
              "wait": 30000.0
            }
          }
        ],
        "pages": [
          {
            "id": "users/reads",
            "pageTimings": {},
            "startedDateTime": "2026-11-21T10:30:00.000Z",
            "title": "users::reads"
          }
        ],
        "version": "1.2"
      }
    }
    "#);
}

/// What the format's own schema asks for; `tests/interop/import.sh` asks the schema itself.
#[test]
fn every_entry_has_what_the_format_requires() {
    let archive: serde_json::Value = serde_json::from_str(&exported()).unwrap();
    let has = |value: &serde_json::Value, fields: &[&str]| {
        for field in fields {
            assert!(!value[field].is_null(), "{field} in {value}");
        }
    };
    has(&archive["log"], &["version", "creator", "entries"]);
    let entries = archive["log"]["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 3);
    for entry in entries {
        has(
            entry,
            &[
                "startedDateTime",
                "time",
                "request",
                "response",
                "cache",
                "timings",
            ],
        );
        let message = [
            "httpVersion",
            "cookies",
            "headers",
            "headersSize",
            "bodySize",
        ];
        has(&entry["request"], &message);
        has(&entry["request"], &["method", "url", "queryString"]);
        has(&entry["response"], &message);
        has(
            &entry["response"],
            &["status", "statusText", "content", "redirectURL"],
        );
        has(&entry["response"]["content"], &["size", "mimeType"]);
        has(&entry["timings"], &["send", "wait", "receive"]);
    }
}

#[test]
fn what_is_exported_can_be_imported_again() {
    let path = std::path::Path::new("a.har");
    let recorded = Recorded::read(exported().as_bytes(), path, None, false).unwrap();
    assert_eq!(recorded.exchanges.len(), 3);
    assert_eq!(recorded.exchanges[1].body(), &b"\x00\xff"[..]);
    insta::assert_snapshot!(recorded.notes.lines().join("\n"), @r"
    log: `pages` is not carried over
    log.entries[0].response: `comment` is not carried over, and in 1 more place
    log.entries[0]: `pageref` is not carried over, and in 2 more places
    ");
}
