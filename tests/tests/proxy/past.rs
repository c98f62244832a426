//! What goes past the cassette.

use cassette_core::unrecorded;
use cassette_tests::{Sandbox, Server, TlsServer, count};

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

/// Another program is told so by the user in its proxy's URL.
#[tokio::test]
async fn variables_that_are_asked_for_in_there_lead_past_it() {
    let sandbox = Sandbox::new();
    let recorded = record(&sandbox, async {
        let past = unrecorded(async { proxy() }).await;
        (past.url().to_owned(), proxy().url().to_owned())
    });
    let (past, through) = recorded.await.unwrap();
    assert!(past.starts_with("http://unrecorded:"), "{past}");
    assert_eq!(past.replacen("unrecorded", "cassette", 1), through);
}
