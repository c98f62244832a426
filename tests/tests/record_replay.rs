//! The main job: recorded once, replayed from then on.

use cassette_core::{Config, Mode};
use cassette_reqwest::{client, scope};
use cassette_tests::{Sandbox, Server, echo, visible};

fn config(sandbox: &Sandbox) -> Config {
    Config::new().dir(sandbox.path()).environment([("", "")])
}

#[tokio::test]
async fn what_is_recorded_is_replayed_without_a_server() {
    let (server, sandbox) = (Server::start(echo), Sandbox::new());
    let run = |mode| {
        let url = server.url("/users?page=2");
        scope(
            "users/second-page",
            config(&sandbox).mode(mode),
            async move { visible(client().post(url).body("hello").send().await.unwrap()).await },
        )
    };
    let recorded = run(Mode::Record).await.unwrap();
    let replayed = run(Mode::Replay).await.unwrap();
    assert_eq!(replayed, recorded);
    assert_eq!(server.hits(), 1);
}
