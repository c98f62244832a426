//! Several findings, and those that the gate makes in rare places.

use cassette_reqwest::client;
use cassette_tests::{Connection, RawServer, Sandbox, Server, last_chunk_with, masked};

use crate::gate::{of_answer, refused};
use crate::{other_token, token};

/// Made by chance, at a name that is on no list but ends like one that is.
#[tokio::test]
async fn a_value_made_by_chance_at_a_name_like_a_credentials_is_named() {
    let value = ["q7Zp2Lx9", "Vb4Tn8Rw", "K3mYc6Hd"].concat();
    let body = format!(r#"{{"acme_secret":"{value}","acme_id":"{value}"}}"#);
    let report = of_answer("application/json", body).await;
    assert!(!report.contains(&value));
    insta::assert_snapshot!(report, @r#"
    the recording may hold a secret, and is not saved

        cassette: [sandbox]/c.json

        interaction 1, response body /acme_secret: a value made by chance at a credential's name
            of POST http://server/

    help: if it is one, mask it: `#[cassette(redact = ["json:/acme_secret"])]`
    help: if it is none, keep it: `#[cassette(keep = ["json:/acme_secret"])]`

    note: the recording of c is not saved; 1 interaction kept in [sandbox]/c.rejected.json
    "#);
}

#[tokio::test]
async fn a_token_in_trailers_is_named() {
    let server = RawServer::start(async |mut connection: Connection| {
        while connection.request().await.is_some() {
            let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ntrailer: x-sum\r\n\r\n";
            connection.write(head.as_bytes()).await;
            connection
                .write(last_chunk_with(&[("x-sum", &token())]))
                .await;
        }
    });
    let sandbox = Sandbox::new();
    let error = refused(&sandbox, [client().get(server.url("/"))]).await;
    insta::assert_snapshot!(masked(&error.to_string(), &sandbox, &server.url("")), @r#"
    the recording may hold a secret, and is not saved

        cassette: [sandbox]/c.json

        interaction 1, response trailer x-sum: the shape of a token of github
            of GET http://server/

    help: if it is one, mask it: `#[cassette(redact = ["header:x-sum"])]`
    help: if it is none, keep it: `#[cassette(keep = ["header:x-sum"])]`

    note: the recording of c is not saved; 1 interaction kept in [sandbox]/c.rejected.json
    "#);
}

#[tokio::test]
async fn each_place_is_listed_with_its_interaction() {
    let (sandbox, server) = (Sandbox::new(), Server::start(cassette_tests::echo));
    let get = |path: &str| client().get(server.url(path));
    let requests = [
        get("/fine"),
        get(&format!("/second?sid={}", token())),
        get("/third")
            .header("x-note", token())
            .header("x-other", other_token()),
    ];
    let error = refused(&sandbox, requests).await;
    insta::assert_snapshot!(masked(&error.to_string(), &sandbox, &server.url("")), @r#"
    the recording may hold a secret, and is not saved

        cassette: [sandbox]/c.json

        interaction 2, request query sid: the shape of a token of github
            of GET http://server/second?sid=[BLOCKED]
        interaction 2, response body /path: the shape of a token of github
            of GET http://server/second?sid=[BLOCKED]
        interaction 3, request header x-note: the shape of a token of github
            of GET http://server/third
        interaction 3, request header x-other: the shape of a token of gitlab
            of GET http://server/third

    help: if it is one, mask it: `#[cassette(redact = ["query:sid"])]`
    help: if it is none, keep it: `#[cassette(keep = ["query:sid"])]`

    note: the recording of c is not saved; 3 interactions kept in [sandbox]/c.rejected.json
    "#);
}

#[tokio::test]
async fn of_many_places_ten_are_listed() {
    let tokens: Vec<String> = (0..12)
        .map(|number| format!("{}{number}", token()))
        .collect();
    let body = serde_json::to_string(&tokens).unwrap();
    insta::assert_snapshot!(of_answer("application/json", body).await, @r#"
    the recording may hold a secret, and is not saved

        cassette: [sandbox]/c.json

        interaction 1, response body /0: the shape of a token of github
            of POST http://server/
        interaction 1, response body /1: the shape of a token of github
            of POST http://server/
        interaction 1, response body /2: the shape of a token of github
            of POST http://server/
        interaction 1, response body /3: the shape of a token of github
            of POST http://server/
        interaction 1, response body /4: the shape of a token of github
            of POST http://server/
        interaction 1, response body /5: the shape of a token of github
            of POST http://server/
        interaction 1, response body /6: the shape of a token of github
            of POST http://server/
        interaction 1, response body /7: the shape of a token of github
            of POST http://server/
        interaction 1, response body /8: the shape of a token of github
            of POST http://server/
        interaction 1, response body /9: the shape of a token of github
            of POST http://server/
        … and 2 more

    help: if it is one, mask it: `#[cassette(redact = ["json:/0"])]`
    help: if it is none, keep it: `#[cassette(keep = ["json:/0"])]`

    note: the recording of c is not saved; 1 interaction kept in [sandbox]/c.rejected.json
    "#);
}
