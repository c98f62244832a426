use std::fs;

use cassette_core::Cassette;
use tempfile::TempDir;

use super::*;

const ONE: &str = r#"{"http_interactions": [{"request": {"uri": "http://127.0.0.1:9/pets?token=q9F3b1c7D5e2a4680Zq", "method": "get"},
    "response": {"status": {"code": 200}, "headers": {"set-cookie": ["sid=abcdefghijklmnop; Path=/"]}, "body": "Rex"}, "recorded_at": "Sat, 21 Nov 2026 10:00:00 GMT", "id": 7}]}"#;

/// A package with files to import.
struct Place(TempDir);

impl Place {
    fn new(files: &[(&str, &str)]) -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        for (file, content) in files {
            let path = place.0.path().join("from").join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        place
    }

    fn import(&self, paths: &[&str], change: impl FnOnce(&mut ImportFiles)) -> String {
        let from = self.0.path().join("from");
        let mut import = ImportFiles {
            paths: paths.iter().map(|path| from.join(path)).collect(),
            name: None,
            test: None,
            format: None,
            follow_redirects: false,
            force: false,
        };
        change(&mut import);
        let told = match import.import_into(self.0.path()) {
            Ok(outcome) => format!("{}\nfailed: {}", outcome.lines.join("\n"), outcome.failed),
            Err(error) => format!("error: {}", told(&error)),
        };
        told.replace(&from.display().to_string(), "[from]")
    }

    fn cassette(&self, name: &str) -> Option<String> {
        fs::read_to_string(self.0.path().join("tests/cassettes").join(name)).ok()
    }

    fn files(&self) -> Vec<String> {
        let files = WalkDir::new(self.0.path().join("tests"))
            .into_iter()
            .flatten();
        let files = files.filter(|entry| entry.file_type().is_file());
        files
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect()
    }
}

#[test]
fn a_file_becomes_the_cassette_that_is_named_and_is_masked() {
    let place = Place::new(&[("old.json", ONE)]);
    let said = place.import(&["old.json"], |import| {
        import.name = Some("users/reads".to_owned());
    });
    insta::assert_snapshot!(said, @r"
    [from]/old.json: recorded 1 interaction into tests/cassettes/users/reads.json (vcr)
      note: http_interactions[0]: `id` is not carried over
    failed: 0
    ");
    insta::assert_snapshot!(place.cassette("users/reads.json").unwrap(), @r#"
    {
      "format": 1,
      "test": "users::reads",
      "recorded_at": "2026-11-21T10:00:00Z",
      "interactions": [
        {
          "request": {
            "method": "GET",
            "url": "http://127.0.0.1:9/pets?token=[REDACTED]"
          },
          "response": {
            "status": 200,
            "headers": {
              "set-cookie": "sid=[REDACTED]; Path=/"
            },
            "body": {
              "text": "Rex"
            }
          }
        }
      ]
    }
    "#);
}

#[test]
fn files_of_a_folder_are_named_after_their_paths() {
    let place = Place::new(&[
        ("users/reads.vcr.json", ONE),
        ("b.json", ONE),
        ("notes.md", "none"),
    ]);
    insta::assert_snapshot!(place.import(&["."], |_| ()), @r"
    [from]/./b.json: recorded 1 interaction into tests/cassettes/b.json (vcr)
      note: http_interactions[0]: `id` is not carried over
    [from]/./users/reads.vcr.json: recorded 1 interaction into tests/cassettes/users/reads.json (vcr)
      note: http_interactions[0]: `id` is not carried over
    failed: 0
    ");
    let cassette = Cassette::from_json(place.cassette("users/reads.json").unwrap().as_bytes());
    assert_eq!(cassette.unwrap().test(), "users::reads");
}

#[test]
fn the_test_can_be_another() {
    let place = Place::new(&[("old.json", ONE)]);
    place.import(&["old.json"], |import| {
        import.name = Some("personas/gamer".to_owned());
        import.test = Some("personas::creates_gamer".to_owned());
    });
    let cassette = Cassette::from_json(place.cassette("personas/gamer.json").unwrap().as_bytes());
    assert_eq!(cassette.unwrap().test(), "personas::creates_gamer");
}

#[test]
fn a_broken_file_among_others_is_told_and_the_others_are_imported() {
    let place = Place::new(&[
        ("a.json", "{"),
        ("b.json", ONE),
        ("c.json", r#"{"http_interactions": []}"#),
    ]);
    insta::assert_snapshot!(place.import(&["."], |_| ()), @r"
    [from]/./a.json: not imported: it is no JSON: EOF while parsing an object at line 1 column 1
    [from]/./b.json: recorded 1 interaction into tests/cassettes/b.json (vcr)
      note: http_interactions[0]: `id` is not carried over
    [from]/./c.json: not imported: it holds no request
    failed: 2
    ");
    assert_eq!(place.files(), ["b.json"]);
}

#[test]
fn what_may_be_a_secret_is_refused_by_its_place_and_nothing_is_written() {
    let secret = ONE.replace("Rex", "ghp_0123456789abcdefghijABCDEFGHIJ012345");
    let place = Place::new(&[("a.json", &secret), ("b.json", ONE)]);
    insta::assert_snapshot!(place.import(&["."], |_| ()), @r#"
    [from]/./a.json: not imported: the recording may hold a secret, and is not saved

          cassette: tests/cassettes/a.json

          interaction 1, response body line 1: the shape of a token of github
              of GET http://127.0.0.1:9/pets?token=[REDACTED]

      help: if it is one, mask it: `#[cassette(redact = ["text:<pattern>"])]`
      help: if it is none, keep it: `#[cassette(keep = ["shape:github"])]`
      help: an import reads them in cassette.toml
    [from]/./b.json: recorded 1 interaction into tests/cassettes/b.json (vcr)
      note: http_interactions[0]: `id` is not carried over
    failed: 1
    "#);
    assert_eq!(place.files(), ["b.json"]);
}

#[test]
fn what_cassette_toml_leaves_out_of_recordings_is_not_imported() {
    let place = Place::new(&[("a.json", ONE)]);
    fs::write(
        place.0.path().join("cassette.toml"),
        "unrecorded = [\"127.0.0.1\"]\n",
    )
    .unwrap();
    insta::assert_snapshot!(place.import(&["a.json"], |_| ()), @r"
    [from]/a.json: not imported: nothing is left to be recorded: `unrecorded`, `exclude_urls` or `extends` name all requests
    failed: 1
    ");
    assert_eq!(place.files(), [""; 0]);
}

#[test]
fn of_what_is_left_out_the_rest_is_imported() {
    let other = ONE.replace("http_interactions\": [", "http_interactions\": [{\"request\": {\"uri\": \"http://localhost/\", \"method\": \"get\"}, \"response\": {\"status\": {\"code\": 200}}}, ");
    let place = Place::new(&[("a.json", &other)]);
    let rule = "unrecorded = [\"localhost\"]\n";
    fs::write(place.0.path().join("cassette.toml"), rule).unwrap();
    insta::assert_snapshot!(place.import(&["a.json"], |_| ()), @r"
    [from]/a.json: recorded 1 interaction into tests/cassettes/a.json (vcr)
      note: http_interactions[1]: `id` is not carried over
      note: http_interactions[0]: left out: `unrecorded` or `exclude_urls` of cassette.toml name the request
    failed: 0
    ");
}

#[test]
fn a_cassette_is_replaced_only_by_force() {
    let place = Place::new(&[("a.json", ONE)]);
    place.import(&["a.json"], |_| ());
    insta::assert_snapshot!(place.import(&["a.json"], |_| ()), @r"
    [from]/a.json: not imported: there is a cassette tests/cassettes/a.json already, which belongs to a

      help: give another name, or replace it: cargo cassette import --force …
    failed: 1
    ");
    let again = place.import(&["a.json"], |import| import.force = true);
    assert!(again.ends_with("failed: 0"), "{again}");
}

#[test]
fn what_cannot_be_meant_is_refused() {
    let place = Place::new(&[("a.json", ONE), ("b.json", ONE), ("none/notes.md", "")]);
    let named = |import: &mut ImportFiles| import.name = Some("c".to_owned());
    insta::assert_snapshot!(place.import(&["."], named), @r"
    error: --name is for one file, and there are 2

      help: leave it out: cassettes are called as their files are
    ");
    insta::assert_snapshot!(place.import(&["none"], |_| ()), @"error: there is no file to import: their names end with .har, .json, .toml, .yaml, .yml");
    insta::assert_snapshot!(place.import(&["a.json", "a.json"], |import| import.force = true), @r"
    error: [from]/a.json and [from]/a.json would both be called a

      help: import one of them alone: --name NAME
    ");
    let missing = place.import(&["nowhere.json"], |_| ());
    assert!(
        missing.starts_with("error: cannot read [from]/nowhere.json: "),
        "{missing}"
    );
    let outside = place.import(&["a.json"], |import| import.name = Some("../a".to_owned()));
    assert!(
        outside.contains("`..` leaves its folder") && outside.ends_with("failed: 1"),
        "{outside}"
    );
    assert_eq!(place.files(), [""; 0]);
}

#[test]
fn a_file_of_half_a_gibibyte_and_more_is_not_read() {
    let place = Place::new(&[("a.json", "")]);
    let file = fs::File::create(place.0.path().join("from/a.json")).unwrap();
    file.set_len(MAX_FILE + 1).unwrap();
    insta::assert_snapshot!(place.import(&["a.json"], |_| ()), @r"
    [from]/a.json: not imported: it has more than 536870912 bytes
    failed: 1
    ");
}

const OF_GO: &str = "version: 2
interactions:
- request: {url: 'http://127.0.0.1:9/a', method: GET}
  response: {proto: HTTP/1.1, status: 200 Fine, code: 200, headers: {X: ['1']}, trailer: {X-Sum: [abc]}, body: ok, duration: 1.5s}
- request: {url: 'http://127.0.0.1:9/b', method: GET}
  response: {proto: HTTP/2.0, status: 200 OK, code: 200, body: '', duration: 0s}
";

const FAILED: &str = r#"{"log": {"entries": [{"request": {"method": "GET", "url": "http://127.0.0.1:9/"}, "response": {"status": 0, "_error": "net::ERR_CONNECTION_RESET"}, "timings": {"wait": 20}}]}}"#;

const ANSWERED_BY: &str = "version: 1
interactions:
- request: {uri: 'http://127.0.0.1:9/a', method: GET}
  response: {status: {code: 200}, url: 'http://127.0.0.1:9/b'}
";

/// The interactions of a cassette, as they stand in it.
fn interactions(file: &str, content: &str) -> String {
    let place = Place::new(&[(file, content)]);
    fs::write(
        place.0.path().join("cassette.toml"),
        "latency = \"recorded\"\n",
    )
    .unwrap();
    let said = place.import(&[file], |_| ());
    assert!(said.ends_with("failed: 0"), "{said}");
    let cassette = place.cassette("a.json").unwrap();
    let (_, interactions) = cassette.split_once("\"interactions\": ").unwrap();
    interactions.to_owned()
}

#[test]
fn reasons_versions_trailers_and_times_are_in_the_cassette() {
    insta::assert_snapshot!(interactions("a.yaml", OF_GO), @r#"
    [
        {
          "request": {
            "method": "GET",
            "url": "http://127.0.0.1:9/a"
          },
          "response": {
            "status": 200,
            "reason": "Fine",
            "headers": {
              "x": "1"
            },
            "body": {
              "text": "ok"
            },
            "trailers": {
              "x-sum": "abc"
            },
            "timing": "1500ms 0ms"
          }
        },
        {
          "request": {
            "method": "GET",
            "url": "http://127.0.0.1:9/b"
          },
          "response": {
            "status": 200,
            "version": "HTTP/2",
            "timing": "0ms"
          }
        }
      ]
    }
    "#);
}

#[test]
fn failures_are_in_the_cassette() {
    insta::assert_snapshot!(interactions("a.har", FAILED), @r#"
    [
        {
          "request": {
            "method": "GET",
            "url": "http://127.0.0.1:9/"
          },
          "error": {
            "kind": "reset",
            "message": "net::ERR_CONNECTION_RESET",
            "timing": "20ms"
          }
        }
      ]
    }
    "#);
}

#[test]
fn the_url_that_answered_is_in_the_cassette() {
    insta::assert_snapshot!(interactions("a.yaml", ANSWERED_BY), @r#"
    [
        {
          "request": {
            "method": "GET",
            "url": "http://127.0.0.1:9/a"
          },
          "response": {
            "status": 200,
            "url": "http://127.0.0.1:9/b",
            "timing": "0ms"
          }
        }
      ]
    }
    "#);
}
