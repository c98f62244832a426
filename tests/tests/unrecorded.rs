//! `#[unrecorded]` on functions of every shape: their requests reach the server each time, and no file.

use std::fmt::Display;

use cassette_core::Mode;
use cassette_reqwest::{InCurrentCassette, cassette, client, scope, unrecorded};
use cassette_tests::{Sandbox, Server, Stage, echo, run, staged, url};
use reqwest_middleware::Result;

async fn get(url: String) -> Result<String> {
    Ok(client().get(url).send().await?.text().await?)
}

/// Says its own.
#[unrecorded]
async fn health() -> String {
    get(url("/health")).await.unwrap()
}

#[unrecorded]
async fn passes_on(path: &str) -> Result<usize> {
    let text = get(url(path)).await?;
    if text.is_empty() {
        return Ok(0);
    }
    Ok(text.len())
}

#[unrecorded]
async fn hides<T>(mut path: String, [first, _]: [T; 2]) -> Result<impl Display + use<T>>
where
    T: Display,
{
    path.push_str(&first.to_string());
    let answer = get(url(&path)).await?;
    Ok(answer.len())
}

trait Ask {
    async fn ask(&mut self) -> Result<&str>;

    #[unrecorded]
    async fn ask_twice(&mut self) -> Result<()> {
        self.ask().await?;
        self.ask().await?;
        Ok(())
    }
}

struct Client {
    path: String,
    answers: Vec<String>,
}

impl Client {
    #[unrecorded]
    async fn peek(&self) -> Result<String> {
        get(url(&self.path)).await
    }

    #[unrecorded]
    async fn into_answer(self) -> Result<String>
    where
        Self: Sized,
    {
        #![expect(unused_variables, reason = "the attribute must reach the body")]
        let unused = 1;
        get(url(&self.path)).await
    }
}

impl Ask for Client {
    #[unrecorded]
    async fn ask(&mut self) -> Result<&str> {
        self.answers.push(get(url(&self.path)).await?);
        Ok(self.answers.last().map_or("", String::as_str))
    }
}

fn asking(path: &str) -> Client {
    Client {
        path: path.to_owned(),
        answers: Vec::new(),
    }
}

#[cassette(config = staged)]
async fn asks_in_every_way() -> Result<()> {
    get(url("/recorded")).await?;
    assert!(health().await.contains("/health"));
    assert_ne!(passes_on("/passed-on").await?, 0);
    assert_ne!(hides("/hidden-".to_owned(), [1, 2]).await?.to_string(), "0");
    asking("/peeked").peek().await?;
    asking("/into").into_answer().await?;
    let mut client = asking("/twice");
    client.ask_twice().await?;
    assert_eq!(client.answers.len(), 2);
    unrecorded(get(url("/future"))).await?;
    Ok(())
}

#[test]
fn every_shape_reaches_the_server_in_every_run_and_no_file() {
    let stage = Stage::new(Server::start(echo));
    run(asks_in_every_way()).unwrap().unwrap();
    let unrecorded = [
        "/health",
        "/passed-on",
        "/hidden-1",
        "/peeked",
        "/into",
        "/twice",
        "/twice",
        "/future",
    ];
    assert_eq!(stage.server.paths()[0], "/recorded");
    assert_eq!(stage.server.paths()[1..], unrecorded);
    let file = "unrecorded/asks_in_every_way.json";
    assert_eq!(stage.sandbox.files(), [file]);
    assert_eq!(stage.sandbox.requested(file), ["/recorded"]);

    stage.variable("CASSETTE_MODE", "replay");
    run(asks_in_every_way()).unwrap().unwrap();
    assert_eq!(stage.server.paths()[9..], unrecorded, "in a replay as well");
}

#[tokio::test]
async fn what_fails_inside_is_passed_on() {
    #[unrecorded]
    async fn asks(url: String) -> Result<usize> {
        let text = get(url).await?;
        Ok(text.len())
    }

    let (server, sandbox) = (Server::start(echo), Sandbox::new());
    let url = server.url("/");
    server.stop();
    let asked = scope("failed", sandbox.config(Mode::Auto), asks(url)).await;
    assert!(asked.unwrap().is_err_and(|error| error.is_connect()));
}

#[cassette(config = staged)]
async fn spawns() {
    #[unrecorded]
    async fn inside() {
        let (stray, carried) = (get(url("/stray")), get(url("/carried")));
        tokio::spawn(stray).await.unwrap().unwrap();
        let carried = tokio::spawn(carried.in_current_cassette());
        carried.await.unwrap().unwrap();
    }
    inside().await;
}

#[test]
fn what_it_spawns_is_recorded_unless_it_is_carried_there() {
    let stage = Stage::new(Server::start(echo));
    run(spawns()).unwrap();
    assert_eq!(stage.server.paths(), ["/stray", "/carried"]);
    assert_eq!(
        stage.sandbox.requested("unrecorded/spawns.json"),
        ["/stray"]
    );
    run(spawns()).unwrap();
    assert_eq!(stage.server.paths()[2..], ["/carried"]);
}

#[tokio::test]
async fn without_a_cassette_nothing_changes() {
    #[unrecorded]
    async fn plain(url: &str) -> reqwest::Result<String> {
        reqwest::get(url).await?.text().await
    }

    let server = Server::start(echo);
    let answer = plain(&server.url("/plain")).await.unwrap();
    assert!(answer.contains("/plain"), "{answer}");
    let refused = client().get(server.url("/")).send();
    let refused = unrecorded(refused).await.unwrap_err().to_string();
    assert!(
        refused.starts_with("no cassette is in use here"),
        "{refused}"
    );
    assert_eq!(server.hits(), 1);
}

#[tokio::test]
async fn the_core_has_the_attribute_as_well() {
    #[cassette_core::unrecorded]
    async fn asks(url: String) -> Result<String> {
        get(url).await
    }

    let (server, sandbox) = (Server::start(echo), Sandbox::new());
    for mode in [Mode::Record, Mode::Auto] {
        let config = sandbox.config(mode);
        let asks = scope("core", config, asks(server.url("/")));
        asks.await.unwrap().unwrap();
    }
    assert_eq!(server.hits(), 2);
}
