//! `#[unrecorded]` on functions that are not `async`, and `unrecorded_sync`.

use std::fmt::Display;

use cassette_reqwest::{blocking_client_builder, cassette, unrecorded, unrecorded_sync};
use cassette_tests::{Server, Stage, echo, staged, url};

use crate::get;

#[unrecorded]
fn health() -> String {
    get(&url("/health")).unwrap()
}

#[unrecorded]
fn passes_on(path: &str) -> reqwest::Result<usize> {
    let text = get(&url(path))?;
    if text.is_empty() {
        return Ok(0);
    }
    Ok(text.len())
}

#[unrecorded]
fn hides<T>(mut path: String, [first, _]: [T; 2]) -> reqwest::Result<impl Display + use<T>>
where
    T: Display,
{
    path.push_str(&first.to_string());
    let answer = get(&url(&path))?;
    Ok(answer.len())
}

struct Client {
    path: String,
    answers: Vec<String>,
}

impl Client {
    #[unrecorded]
    fn ask(&mut self) -> reqwest::Result<&str> {
        #![expect(unused_variables, reason = "the attribute must reach the body")]
        let unused = 1;
        self.answers.push(get(&url(&self.path))?);
        Ok(self.answers.last().map_or("", String::as_str))
    }

    #[unrecorded]
    fn into_answer(self) -> String {
        get(&url(&self.path)).unwrap()
    }
}

#[cassette(config = staged)]
fn asks_in_every_way() -> reqwest::Result<()> {
    get(&url("/recorded"))?;
    assert!(health().contains("/health"));
    assert_ne!(passes_on("/passed-on")?, 0);
    assert_ne!(hides("/hidden-".to_owned(), [1, 2])?.to_string(), "0");
    let mut client = Client {
        path: "/method".to_owned(),
        answers: Vec::new(),
    };
    assert!(client.ask()?.contains("/method"));
    assert!(client.into_answer().contains("/method"));
    unrecorded_sync(|| get(&url("/closure")))?;
    Ok(())
}

#[test]
fn every_shape_reaches_the_server_in_every_run_and_no_file() {
    let stage = Stage::new(Server::start(echo));
    asks_in_every_way().unwrap();
    let unrecorded = [
        "/health",
        "/passed-on",
        "/hidden-1",
        "/method",
        "/method",
        "/closure",
    ];
    assert_eq!(stage.server.paths()[0], "/recorded");
    assert_eq!(stage.server.paths()[1..], unrecorded);
    let file = "sync/unrecorded/asks_in_every_way.json";
    assert_eq!(stage.sandbox.requested(file), ["/recorded"]);
    stage.variable("CASSETTE_MODE", "replay");
    asks_in_every_way().unwrap();
    assert_eq!(stage.server.paths()[7..], unrecorded, "in a replay as well");
}

#[test]
fn a_blocking_client_is_bound_to_where_it_was_built() {
    #[cassette(config = staged)]
    fn asks() {
        let outside = blocking_client_builder().build().unwrap();
        let inside = unrecorded_sync(|| blocking_client_builder().build().unwrap());
        unrecorded_sync(|| outside.get(url("/outside")).send()).unwrap();
        inside.get(url("/inside")).send().unwrap();
    }

    let stage = Stage::new(Server::start(echo));
    asks();
    let file = "sync/unrecorded/asks.json";
    assert_eq!(stage.server.paths(), ["/outside", "/inside"]);
    assert_eq!(stage.sandbox.requested(file), ["/outside"]);
}

#[test]
fn without_a_cassette_nothing_changes() {
    let server = Server::start(echo);
    let refused = unrecorded_sync(|| get(&server.url("/")).unwrap());
    assert!(
        refused.starts_with("no cassette is in use here"),
        "{refused}"
    );
    assert_eq!(server.hits(), 0);
}
