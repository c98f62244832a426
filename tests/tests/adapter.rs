//! What the adapter for reqwest makes of requests and failures.

use bytes::Bytes;
use cassette_core::Mode;
use cassette_reqwest::{CassetteMiddleware, client, scope};
use cassette_tests::{Connection, RawServer, Refusing, Sandbox, Server, channel, echo, visible};
use http::Response;
use reqwest_middleware::ClientBuilder;
use tokio::io::AsyncReadExt;

#[tokio::test]
async fn an_upgraded_connection_is_not_recorded_and_fails_the_test() {
    let sandbox = Sandbox::new();
    let server = RawServer::start(async |mut connection: Connection| {
        connection.request().await;
        let head =
            "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n";
        connection.write(head).await;
        connection.write("hello").await;
        connection.closed().await;
    });
    let session = scope("c", sandbox.config(Mode::Record), async {
        let request = client().get(server.url("/"));
        let request = request
            .header("connection", "upgrade")
            .header("upgrade", "echo");
        let response = request.send().await.unwrap();
        let mut upgraded = response.upgrade().await.unwrap();
        let mut hello = [0; 5];
        upgraded.read_exact(&mut hello).await.unwrap();
        assert_eq!(&hello, b"hello");
    });
    let error = session.await.unwrap_err();
    insta::assert_snapshot!(error, @r#"
    an upgraded connection, like a WebSocket's, is not recorded

    help: take `#[cassette]` off this test, or give it `mode = "live"`
    "#);
    assert_eq!(sandbox.files().len(), 0);
}

#[tokio::test]
async fn a_forwarding_client_sends_where_there_is_no_cassette_and_replays_where_there_is_one() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let client = ClientBuilder::new(reqwest::Client::new())
        .with(CassetteMiddleware::forwarding())
        .build();
    let ask = || async { visible(client.get(server.url("/")).send().await.unwrap()).await };
    ask().await;
    assert_eq!(server.hits(), 1);
    for mode in [Mode::Record, Mode::Replay] {
        scope("c", sandbox.config(mode), ask()).await.unwrap();
    }
    assert_eq!(server.hits(), 2);
}

#[tokio::test]
async fn a_failed_request_is_recorded_and_fails_again() {
    let (sandbox, refusing) = (Sandbox::new(), Refusing::new());
    let url = refusing.url("/?api_key=s3cret");
    let mut errors = Vec::new();
    for mode in [Mode::Record, Mode::Replay] {
        let error = scope("c", sandbox.config(mode), async {
            client().get(&url).send().await.unwrap_err()
        });
        errors.push(error.await.unwrap());
    }
    assert!(
        errors
            .iter()
            .all(|error| error.is_connect() && error.is_request())
    );
    assert_eq!(errors[0].to_string(), errors[1].to_string());
    let error = &sandbox.cassette("c.json")["interactions"][0]["error"];
    assert_eq!(error["kind"], "connect");
    assert!(!sandbox.read("c.json").contains("s3cret"));
}

#[tokio::test]
async fn a_body_made_of_chunks_is_sent_whole_recorded_and_matched() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    for mode in [Mode::Record, Mode::Replay] {
        let (sender, body) = channel();
        for chunk in ["one ", "two"] {
            sender.send(Ok(Bytes::from(chunk))).unwrap();
        }
        drop(sender);
        let body = reqwest::Body::wrap(body);
        let session = scope("c", sandbox.config(mode), async {
            let answer = client()
                .post(server.url("/"))
                .body(body)
                .send()
                .await
                .unwrap();
            answer.text().await.unwrap()
        });
        assert!(session.await.unwrap().contains("one two"));
    }
    assert_eq!(
        (server.hits(), &server.requests()[0].body[..]),
        (1, &b"one two"[..])
    );
}

#[tokio::test]
async fn a_redirect_ends_at_the_same_url_and_head_keeps_its_length() {
    let (sandbox, server) = (
        Sandbox::new(),
        Server::start(|request| match request.uri().path() {
            "/old" => Response::builder()
                .status(302)
                .header("location", "/new?page=1")
                .body(Bytes::new())
                .unwrap(),
            _ => Response::builder()
                .header("content-length", "1234")
                .body(Bytes::new())
                .unwrap(),
        }),
    );
    let mut seen = Vec::new();
    for mode in [Mode::Record, Mode::Replay] {
        let session = scope("c", sandbox.config(mode), async {
            let old = client().head(server.url("/old#part")).send().await.unwrap();
            assert_eq!(old.url().as_str(), server.url("/new?page=1"));
            let new = client().head(server.url("/new#part")).send().await.unwrap();
            visible(old).await + &visible(new).await
        });
        seen.push(session.await.unwrap());
    }
    assert_eq!(seen[0], seen[1]);
    assert!(seen[0].contains("content-length: 1234"), "{}", seen[0]);
    let second = &sandbox.cassette("c.json")["interactions"][1]["response"];
    assert_eq!(
        second["url"],
        serde_json::Value::Null,
        "it is the request's own"
    );
}

/// Shows what is still to come: at first, and behind each chunk.
async fn lengths(mut response: reqwest::Response) -> String {
    let mut text = format!("{:?}", response.content_length());
    loop {
        let end = match response.chunk().await {
            Ok(Some(_)) => None,
            Ok(None) => Some("end"),
            Err(_) => Some("broken"),
        };
        text += &format!(" {:?}", response.content_length());
        if let Some(end) = end {
            return text + " " + end;
        }
    }
}

/// `content_length()` is what the server announced, also of a body that does not come whole.
#[tokio::test]
async fn the_length_that_is_announced_is_known_whatever_comes() {
    for (sent, expected) in [
        ("0123456789", "Some(10) Some(0) Some(0) end"),
        ("0123", "Some(10) Some(6) Some(6) broken"),
    ] {
        let server = RawServer::start(move |mut connection: Connection| async move {
            connection.request().await;
            let head = "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n";
            connection.write(format!("{head}{sent}")).await;
        });
        let url = server.url("/");
        assert_eq!(lengths(reqwest::get(&url).await.unwrap()).await, expected);
        for stream in [false, true] {
            let sandbox = Sandbox::new();
            for mode in [Mode::Record, Mode::Replay] {
                let config = sandbox.config(mode).stream(stream);
                let asked = async { lengths(client().get(&url).send().await.unwrap()).await };
                let seen = scope("c", config, asked).await.unwrap();
                assert_eq!(seen, expected, "{mode:?}, stream: {stream}");
            }
        }
        assert_eq!(server.hits(), 3);
    }
}

/// What is neither recorded nor replayed is not read whole either.
#[tokio::test]
async fn a_live_request_is_sent_as_it_comes() {
    let server = RawServer::start(async |mut connection| {
        let request = connection.request().await.unwrap();
        let coding = request
            .header("transfer-encoding")
            .unwrap_or("none")
            .to_owned();
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n",
            coding.len()
        );
        connection.write(head + &coding).await;
    });
    let sandbox = Sandbox::new();
    for (mode, coding) in [(Mode::Live, "chunked"), (Mode::Record, "none")] {
        let (sender, body) = channel();
        sender.send(Ok(Bytes::from("one"))).unwrap();
        drop(sender);
        let request = client()
            .post(server.url("/"))
            .body(reqwest::Body::wrap(body));
        let session = scope("c", sandbox.config(mode), async {
            request.send().await.unwrap().text().await.unwrap()
        });
        assert_eq!(session.await.unwrap(), coding);
    }
}
