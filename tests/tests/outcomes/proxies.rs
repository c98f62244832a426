//! Variables that name a proxy: a replay goes past it.

use cassette_core::{Config, Mode};
use cassette_reqwest::{client, client_with, scope};
use cassette_tests::{Child, RawServer, Sandbox};
use reqwest::Client;

use crate::by_hand::{KINDS, every_kind, holds, url};
use crate::{FILE, write};

#[tokio::test]
#[ignore = "run by its parent"]
async fn replays_every_kind() {
    for client in [client(), client_with(Client::builder()).unwrap()] {
        let config = Config::new().mode(Mode::Replay);
        let session = scope("c", config, async {
            for (kind, expect) in KINDS {
                let error = client.get(url(kind)).send().await.unwrap_err();
                assert_eq!(holds(&error), expect, "{kind}");
            }
        });
        session.await.unwrap();
    }
}

const VARIABLES: [&str; 6] = [
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "http_proxy",
    "https_proxy",
    "all_proxy",
];

fn check(proxy: &str) {
    let sandbox = Sandbox::new();
    write(&sandbox, &every_kind());
    let before = sandbox.read(FILE);
    let child = Child::exactly("proxies::replays_every_kind", &sandbox, "");
    let child = child.variable("NO_PROXY", "").variable("no_proxy", "");
    let with_proxy = VARIABLES
        .iter()
        .fold(child, |child, name| child.variable(name, proxy));
    let ran = with_proxy.run();
    ran.expect_passed(1);
    assert_eq!(ran.stderr, "");
    assert_eq!(sandbox.read(FILE), before);
}

#[test]
fn a_failure_is_the_same_where_the_environment_names_a_proxy() {
    let proxy = RawServer::start(async |mut connection| {
        connection.request().await;
        connection
            .write("HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n")
            .await;
    });
    check(&proxy.url(""));
    assert_eq!(proxy.connections(), 0);
}

#[test]
fn a_failure_is_the_same_where_the_environment_names_a_proxy_that_is_none() {
    check("http://[no proxy");
}
