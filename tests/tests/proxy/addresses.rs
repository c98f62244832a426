//! The forms in which a client can name a server.

use cassette_tests::{RawServer, Sandbox, Server, TlsServer, echo, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::raw_client::{RawClient, credentials, within};
use crate::{FILE, both_runs, both_runs_of_tls, client, proxy, record, replay};

async fn get(url: &str) -> String {
    let answer = client().get(url).send().await.unwrap();
    answer.text().await.unwrap()
}

fn stored_url(sandbox: &Sandbox) -> String {
    let url = &sandbox.cassette(FILE)["interactions"][0]["request"]["url"];
    url.as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_tunnel_to_a_port_without_tls_is_recorded_as_http() {
    let server = Server::start(echo);
    let (port, url) = (server.port(), server.url("/a?b=1"));
    let ask = async || {
        let mut client = RawClient::tunnel(&proxy(), &format!("127.0.0.1:{port}")).await;
        client
            .send(format!(
                "GET /a?b=1 HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n"
            ))
            .await;
        client.head().await + &client.through("}").await
    };
    let (sandbox, seen) = both_runs(server, ask).await;
    assert!(seen.starts_with("HTTP/1.1 200 OK\r\n"), "{seen}");
    assert!(seen.contains("/a?b=1"), "{seen}");
    assert_eq!(stored_url(&sandbox), url);
}

#[tokio::test]
async fn a_server_with_a_name_is_met_under_it() {
    let server = TlsServer::start(json(200, "[1]"));
    let url = server.url("/").replace("127.0.0.1", "localhost");
    let (sandbox, seen) = both_runs_of_tls(server, async || get(&url).await).await;
    assert_eq!((seen.as_str(), stored_url(&sandbox)), ("[1]", url));
}

#[tokio::test]
async fn an_address_of_ipv6_is_reached() {
    let listener = TcpListener::bind("[::1]:0").await.unwrap();
    let url = format!("http://[::1]:{}/a", listener.local_addr().unwrap().port());
    let served = async {
        let (mut stream, _) = within(listener.accept()).await.unwrap();
        within(stream.read_u8()).await.unwrap();
        let answer = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
        stream.write_all(answer.as_bytes()).await.unwrap();
        stream
    };
    let sandbox = Sandbox::new();
    let asked = record(&sandbox, async { tokio::join!(get(&url), served).0 });
    assert_eq!(asked.await.unwrap(), "ok");
    drop(listener);
    assert_eq!(replay(&sandbox, get(&url)).await.unwrap(), "ok");
    assert_eq!(stored_url(&sandbox), url);
}

/// The certificate is for the address, since the client names no server.
#[tokio::test]
async fn an_address_of_ipv6_is_met_by_tls() {
    let server = TlsServer::start(json(200, "[1]"));
    let (url, port) = (server.url("/"), server.port());
    let (sandbox, _) = both_runs_of_tls(server, async || get(&url).await).await;
    let moved = sandbox.read(FILE).replace("127.0.0.1", "[::1]");
    sandbox.write(FILE, moved);
    let replayed = replay(&sandbox, async {
        let tunnel = RawClient::tunnel(&proxy(), &format!("[::1]:{port}")).await;
        let mut client = tunnel.tls("::1").await;
        let host = format!("Host: [::1]:{port}\r\n");
        client.send(format!("GET / HTTP/1.1\r\n{host}\r\n")).await;
        client.head().await + &client.through("]").await
    });
    let seen = replayed.await.unwrap();
    assert!(
        seen.starts_with("HTTP/1.1 200 OK") && seen.ends_with("[1]"),
        "{seen}"
    );
}

/// Where a certificate says its version, its number follows.
fn number(der: &[u8]) -> &[u8] {
    let version = [0xa0, 3, 2, 1, 2];
    let at = der.windows(5).position(|bytes| bytes == version).unwrap() + 5;
    assert_eq!(der[at], 2, "an integer");
    &der[at + 2..][..der[at + 1].into()]
}

/// Some clients refuse two certificates of one number.
#[tokio::test]
async fn the_certificates_of_two_servers_have_numbers_of_their_own() {
    let sandbox = Sandbox::new();
    let recorded = record(&sandbox, async {
        let of = async |name: &str| {
            let tunnel = RawClient::tunnel(&proxy(), &format!("{name}:443")).await;
            number(&tunnel.tls(name).await.certificate()).to_vec()
        };
        (
            of("a.invalid").await,
            of("b.invalid").await,
            of("a.invalid").await,
        )
    });
    let (first, second, again) = recorded.await.unwrap();
    assert_ne!(first, second);
    assert_eq!(first, again);
}

#[tokio::test]
async fn the_port_that_a_scheme_has_anyway_is_left_out() {
    let sandbox = Sandbox::new();
    let recorded = record(&sandbox, async {
        let refused = client().get("https://127.0.0.1:443/").send().await;
        assert!(
            refused.is_err(),
            "nobody serves at this port of a test's machine"
        );
    });
    recorded.await.unwrap();
    assert_eq!(stored_url(&sandbox), "https://127.0.0.1/");
}

#[tokio::test]
async fn a_request_for_no_absolute_url_is_answered_with_what_is_wanted() {
    let (sandbox, server) = (Sandbox::new(), RawServer::start(async |_| ()));
    let recorded = record(&sandbox, async {
        let mut client = RawClient::connect(&proxy()).await;
        let line = credentials(&proxy());
        let request = format!("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{line}\r\n");
        client.send(request).await;
        client.rest().await
    });
    let seen = recorded.await.unwrap();
    assert!(seen.starts_with("HTTP/1.1 400 "), "{seen}");
    assert!(seen.contains("it is asked for absolute URLs"), "{seen}");
    assert_eq!(server.connections(), 0);
}
