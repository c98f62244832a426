//! Redirects that the client follows, and those that it leaves to the test.

use bytes::Bytes;
use cassette_reqwest::client_with;
use cassette_tests::{Server, echo};
use http::{Request, Response};
use reqwest::redirect::Policy;
use serde_json::Value;

use crate::case::{Case, both_runs};
use crate::see::see;

fn moved(status: u16, location: &str) -> Response<Bytes> {
    let response = Response::builder().status(status);
    let response = response.header("location", location);
    response.body(Bytes::from_static(b"moved")).unwrap()
}

/// Starts a server that sends a client from `/303` to `/end`, and so on.
fn server(target: &str) -> Server {
    let target = target.to_owned();
    Server::start(move |request: Request<Bytes>| {
        let path = request.uri().path();
        match path.trim_start_matches('/').parse() {
            Ok(_) if target.is_empty() => echo(request),
            Ok(status) => moved(status, &target),
            Err(_) if path == "/relative/here" => moved(302, "there?a=1"),
            Err(_) if path == "/chain" => moved(302, "/302"),
            Err(_) => echo(request),
        }
    })
}

#[tokio::test]
async fn the_final_url_is_the_same_and_stored_where_it_is_not_the_requests() {
    for (target, last) in [
        ("/end", "/end"),
        ("/end?a=1&b=%20", "/end?a=1&b=%20"),
        // The client itself shows no fragment.
        ("/end#part", "/end"),
        ("end", "/end"),
        ("/a/../end", "/end"),
        ("", "/302"),
    ] {
        let (sandbox, seen) = both_runs(server(target), async |asker| {
            see(asker.get("/302")).await.head.replace(&asker.origin, "")
        })
        .await;
        assert!(seen.starts_with(&format!("{last} 200")), "{seen}");
        let url = &sandbox.cassette("c.json")["interactions"][0]["response"]["url"];
        let is_stored = url.as_str().is_some_and(|url| url.ends_with(last));
        assert_eq!(is_stored, !target.is_empty(), "{url}");
    }
}

#[tokio::test]
async fn a_relative_target_a_chain_and_a_fragment_of_the_request() {
    let paths = ["/relative/here", "/chain", "/302#mine", "/end#mine", "/end"];
    let (sandbox, seen) = both_runs(server("/end"), async |asker| {
        let mut heads = Vec::new();
        for path in paths {
            heads.push(see(asker.get(path)).await.head.replace(&asker.origin, ""));
        }
        heads.join("\n")
    })
    .await;
    insta::assert_snapshot!(seen, @"
    /relative/there?a=1 200 OK HTTP/1.1
    /end 200 OK HTTP/1.1
    /end 200 OK HTTP/1.1
    /end 200 OK HTTP/1.1
    /end 200 OK HTTP/1.1
    ");
    let cassette = sandbox.cassette("c.json");
    let url = |n: usize| cassette["interactions"][n]["response"]["url"].clone();
    assert_eq!((url(3), url(4)), (Value::Null, Value::Null));
}

#[tokio::test]
async fn a_redirect_to_another_host_ends_there() {
    let other = Server::start(echo);
    let target = format!("http://localhost:{}/over/there?a=1", other.port());
    let (_, seen) = both_runs(server(&target), async |asker| {
        let request = asker.get("/302").header("x-mark", "1");
        see(request).await.head
    })
    .await;
    assert!(seen.starts_with(&format!("{target} 200")), "{seen}");
    assert_eq!(other.paths(), ["/over/there?a=1"]);
}

#[tokio::test]
async fn secrets_in_the_final_url_are_masked() {
    let case = Case::new(server("/end?page=2&api_key=s3cret"));
    let (sandbox, recorded, replayed) = case.runs(async |asker| see(asker.get("/302")).await).await;
    assert!(recorded.head.contains("/end?page=2&api_key=s3cret 200"));
    assert_eq!(recorded.head.replace("s3cret", "[REDACTED]"), replayed.head);
    let url = &sandbox.cassette("c.json")["interactions"][0]["response"]["url"];
    assert!(
        url.as_str()
            .unwrap()
            .ends_with("/end?page=2&api_key=[REDACTED]")
    );
}

#[tokio::test]
async fn a_post_becomes_a_get_or_stays_one_as_the_status_has_it() {
    let (_, seen) = both_runs(server("/end"), async |asker| {
        let mut texts = Vec::new();
        for status in ["/301", "/302", "/303", "/307", "/308"] {
            let seen = see(asker.post(status).body("carried")).await;
            assert!(seen.head.starts_with(&format!("{}/end 200", asker.origin)));
            texts.push(seen.text().to_owned());
        }
        texts
    })
    .await;
    let gets = seen.iter().filter(|text| text.contains("\"GET\"")).count();
    assert_eq!(gets, 3, "{seen:?}");
}

#[tokio::test]
async fn a_redirect_that_is_not_followed_is_an_answer() {
    let client = reqwest::Client::builder().redirect(Policy::none());
    let case = Case::new(server("/end?page=2#part")).client(client_with(client).unwrap());
    let (sandbox, seen) = case
        .both_runs(async |asker| {
            let mut all = Vec::new();
            for status in ["/301", "/302", "/303", "/307", "/308"] {
                all.push(see(asker.get(status)).await);
            }
            all
        })
        .await;
    for seen in seen {
        assert_eq!(seen.header("location"), Some("/end?page=2#part"));
        assert_eq!(seen.text(), "moved");
    }
    let paths = ["/301", "/302", "/303", "/307", "/308"];
    assert_eq!(sandbox.requested("c.json"), paths);
}
