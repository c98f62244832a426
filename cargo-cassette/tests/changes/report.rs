//! `cargo cassette report --html`: what stands in the page. What a browser makes of it is in `browser`.

use std::fs;

use crate::repository::{Repository, get, ok};
use serde_json::{Value, json};

/// The data of the page that is at this path.
fn data(page: &str) -> Value {
    let (_, behind) = page.split_once("id=\"data\">").unwrap();
    serde_json::from_str(behind.split_once("</script>").unwrap().0).unwrap()
}

#[test]
fn the_page_holds_each_changed_cassette_with_both_sides() {
    let repository = Repository::new();
    repository.record(
        "users/reads",
        &[
            get("/1", ok(json!({ "name": "ada" }))),
            get("/2", ok(json!(2))),
        ],
    );
    repository.commit();
    let mut timed = get("/1", ok(json!({ "name": "bob" })));
    timed["response"]["timing"] = json!("120ms 5ms");
    repository.record("users/reads", &[timed, get("/2", ok(json!(2)))]);
    insta::assert_snapshot!(repository.cassette(&["report", "--html", "-o", "out/report.html"]), @r"
    out/report.html
    --- stderr
    1 changed cassette in the page
    ");
    let page = fs::read_to_string(repository.path("out/report.html")).unwrap();
    insta::assert_snapshot!(serde_json::to_string_pretty(&data(&page)).unwrap(), @r#"
    {
      "cassettes": [
        {
          "head": [],
          "interactions": [
            {
              "answer": [
                {
                  "is_same": true,
                  "new": [
                    1,
                    "200 HTTP/1.1"
                  ],
                  "old": [
                    1,
                    "200 HTTP/1.1"
                  ]
                },
                {
                  "is_same": true,
                  "new": [
                    2,
                    "content-type: application/json"
                  ],
                  "old": [
                    2,
                    "content-type: application/json"
                  ]
                },
                {
                  "is_same": true,
                  "new": [
                    3,
                    ""
                  ],
                  "old": [
                    3,
                    ""
                  ]
                },
                {
                  "is_same": true,
                  "new": [
                    4,
                    "{"
                  ],
                  "old": [
                    4,
                    "{"
                  ]
                },
                {
                  "is_same": false,
                  "new": [
                    5,
                    "  \"name\": \"bob\""
                  ],
                  "old": [
                    5,
                    "  \"name\": \"ada\""
                  ]
                },
                {
                  "is_same": true,
                  "new": [
                    6,
                    "}"
                  ],
                  "old": [
                    6,
                    "}"
                  ]
                }
              ],
              "fields": [
                {
                  "new": "120ms 5ms",
                  "old": null,
                  "place": "response timing"
                },
                {
                  "new": "\"bob\"",
                  "old": "\"ada\"",
                  "place": "response body /name"
                }
              ],
              "is_moved": false,
              "kind": "changed",
              "method": "GET",
              "new": 1,
              "new_answer": "200",
              "old": 1,
              "old_answer": "200",
              "request": [
                {
                  "is_same": true,
                  "new": [
                    1,
                    "GET http://shop.test/1"
                  ],
                  "old": [
                    1,
                    "GET http://shop.test/1"
                  ]
                }
              ],
              "tone": "good",
              "url": "http://shop.test/1",
              "waited": 125
            },
            {
              "answer": [],
              "fields": [],
              "is_moved": false,
              "kind": "same",
              "method": "GET",
              "new": 2,
              "new_answer": "200",
              "old": 2,
              "old_answer": "200",
              "request": [],
              "tone": "good",
              "url": "http://shop.test/2",
              "waited": null
            }
          ],
          "name": "users/reads",
          "package": "shop",
          "path": "tests/cassettes/users/reads.json",
          "problems": [],
          "status": "changed",
          "summary": "1 changed"
        }
      ],
      "since": "HEAD"
    }
    "#);
}

#[test]
fn without_a_name_for_it_the_page_goes_to_the_target_folder() {
    let repository = Repository::new();
    repository.commit();
    insta::assert_snapshot!(repository.cassette(&["report", "--html"]), @r"
    target/cassette/report.html
    --- stderr
    0 changed cassettes in the page
    ");
    assert!(repository.path("target/cassette/report.html").exists());
}

#[test]
fn a_broken_file_is_named_in_the_page_and_the_rest_goes_on() {
    let repository = Repository::new();
    repository.record("a", &[get("/1", ok(json!(1)))]);
    repository.write("b.json", "{");
    let said = repository.cassette(&["report", "--html", "-o", "report.html"]);
    assert_eq!(said.code, Some(1), "{said}");
    let page = data(&fs::read_to_string(repository.path("report.html")).unwrap());
    assert_eq!(page["cassettes"][0]["interactions"][0]["kind"], "added");
    let problem = page["cassettes"][1]["problems"][0].as_str().unwrap();
    assert!(problem.contains("b.json is no cassette"), "{problem}");
}

/// The page is given to others: nothing in it is from elsewhere.
#[test]
fn the_page_loads_nothing() {
    let repository = Repository::new();
    repository.commit();
    repository.cassette(&["report", "--html", "-o", "report.html"]);
    let page = fs::read_to_string(repository.path("report.html")).unwrap();
    for outside in [
        "src=", "href=", "@import", "url(", "http://", "https://", "fetch(",
    ] {
        assert!(!page.contains(outside), "{outside}");
    }
    assert!(
        page.contains("default-src 'none'; script-src 'sha256-"),
        "{page}"
    );
}
