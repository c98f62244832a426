//! What goes past the cassette.

use bytes::Bytes;
use cassette_core::unrecorded;
use cassette_reqwest::Proxy;
use cassette_tests::{Sandbox, Server, TlsServer, count};
use http::Response;

use crate::raw_client::{RawClient, credentials};
use crate::{FILE, client, proxy, record, replay};

async fn get(url: &str) -> String {
    let answer = client().get(url).send().await.unwrap();
    answer.text().await.unwrap()
}

#[tokio::test]
async fn unrecorded_requests_reach_the_server_in_a_replay_too() {
    let (sandbox, server) = (Sandbox::new(), Server::start(count()));
    let secure = TlsServer::start(count());
    let (url, pem) = (server.url("/recorded"), secure.certificate_pem());
    let ask = async || {
        proxy().trust(&pem).unwrap();
        let past = async {
            (
                get(&server.url("/past")).await,
                get(&secure.url("/past")).await,
            )
        };
        (get(&url).await, unrecorded(past).await)
    };
    let told = |texts: [&str; 3]| {
        let [recorded, plain, secure] = texts.map(ToOwned::to_owned);
        (recorded, (plain, secure))
    };
    assert_eq!(
        record(&sandbox, ask()).await.unwrap(),
        told(["0", "1", "0"])
    );
    assert_eq!(sandbox.requested(FILE), ["/recorded"]);
    assert_eq!(
        replay(&sandbox, ask()).await.unwrap(),
        told(["0", "2", "1"])
    );
}

/// Another program is told so by the URL of its proxy.
#[tokio::test]
async fn variables_that_are_asked_for_in_there_lead_past_it() {
    let (sandbox, server) = (Sandbox::new(), Server::start(count()));
    let ask = async |proxy: &Proxy, url: String| {
        let mut client = RawClient::connect(proxy).await;
        let line = credentials(proxy);
        let request = format!("GET {url} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{line}\r\n");
        client.send(request).await;
        client.rest().await
    };
    let recorded = record(&sandbox, async {
        let (past, through) = (unrecorded(async { proxy() }).await, proxy());
        assert_ne!(past.env().unwrap(), through.env().unwrap());
        let answer = ask(&past, server.url("/past")).await;
        answer + &ask(&through, server.url("/recorded")).await
    });
    let seen = recorded.await.unwrap();
    assert_eq!(seen.matches("HTTP/1.1 200 OK").count(), 2, "{seen}");
    assert_eq!(sandbox.requested(FILE), ["/recorded"]);
}

#[tokio::test]
async fn what_follows_an_unrecorded_request_is_recorded() {
    let (sandbox, server) = (Sandbox::new(), Server::start(count()));
    let (health, url) = (server.url("/health"), server.url("/recorded"));
    let ask = async || {
        unrecorded(get(&health)).await;
        get(&url).await
    };
    assert_eq!(record(&sandbox, ask()).await.unwrap(), "1");
    assert_eq!(sandbox.requested(FILE), ["/recorded"]);
    assert_eq!(replay(&sandbox, ask()).await.unwrap(), "1");
    assert_eq!(server.paths(), ["/health", "/recorded", "/health"]);
}

/// A client leaves its credentials behind there.
#[tokio::test]
async fn a_redirect_to_another_host_stays_past_it() {
    let (sandbox, other) = (Sandbox::new(), Server::start(count()));
    let to_other = other.url("/there");
    let server = Server::start(move |_| {
        let response = Response::builder().status(302);
        let response = response.header("location", &to_other);
        response.body(Bytes::new()).unwrap()
    });
    let url = server.url("/here");
    let ask = async || unrecorded(get(&url)).await;
    assert_eq!(record(&sandbox, ask()).await.unwrap(), "0");
    assert_eq!(sandbox.requested(FILE), [""; 0]);
    assert_eq!(replay(&sandbox, ask()).await.unwrap(), "1");
}

/// reqwest asks for the credentials of `http` when `send` is called, and for the proxy when it connects.
#[tokio::test]
async fn a_request_that_was_made_outside_goes_past_it_where_it_is_awaited() {
    let (sandbox, server) = (Sandbox::new(), Server::start(count()));
    let (recorded, health) = (server.url("/recorded"), server.url("/health"));
    let ask = async || {
        let client = client();
        let answer = unrecorded(client.get(&health).send()).await.unwrap();
        assert_eq!(answer.status(), 200);
        get(&recorded).await
    };
    record(&sandbox, ask()).await.unwrap();
    replay(&sandbox, ask()).await.unwrap();
    assert_eq!(sandbox.requested(FILE), ["/recorded"]);
    assert_eq!(server.paths(), ["/health", "/recorded", "/health"]);
}
