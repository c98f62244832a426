//! What the gate says of a recording that it refuses: where, never what.

use bytes::Bytes;
use cassette_core::{Error, Mode};
use cassette_reqwest::{client, scope};
use cassette_tests::{Sandbox, Server, masked};
use http::Response;
use reqwest_middleware::RequestBuilder;

use crate::{other_token, token};

/// Records these requests, and returns how that is refused.
pub(crate) async fn refused(
    sandbox: &Sandbox,
    requests: impl IntoIterator<Item = RequestBuilder>,
) -> Error {
    let session = scope("c", sandbox.config(Mode::Record), async {
        for request in requests {
            request.send().await.unwrap().bytes().await.unwrap();
        }
    });
    let error = session.await.unwrap_err();
    assert!(error.is_secret() && !error.is_rejected() && !error.is_storage());
    let shown = format!("{error} {error:?}");
    for secret in [token(), other_token()] {
        assert!(!shown.contains(&secret[4..]), "{shown}");
    }
    error
}

/// The report for a request, which `answer` is the answer to.
async fn report(
    ask: impl Fn(RequestBuilder) -> RequestBuilder,
    target: &str,
    answer: Response<Bytes>,
) -> String {
    let (sandbox, server) = (Sandbox::new(), Server::start(move |_| answer.clone()));
    let request = ask(client().post(server.url(target)));
    let error = refused(&sandbox, [request]).await;
    masked(&error.to_string(), &sandbox, &server.url(""))
}

pub(crate) async fn of_answer(kind: &str, body: String) -> String {
    let answer = Response::builder().header("content-type", kind);
    report(|request| request, "/", answer.body(body.into()).unwrap()).await
}

async fn of_request(ask: impl Fn(RequestBuilder) -> RequestBuilder, target: &str) -> String {
    report(ask, target, Response::new(Bytes::new())).await
}

#[tokio::test]
async fn a_token_in_json_is_named_by_its_pointer() {
    let body = format!(r#"{{"items":[{{"n":1}},{{"a/b":"see {}."}}]}}"#, token());
    insta::assert_snapshot!(of_answer("application/json", body).await, @r#"
    the recording may hold a secret, and is not saved

        cassette: [sandbox]/c.json

        interaction 1, response body /items/1/a~1b: the shape of a token of github
            of POST http://server/

    help: if it is one, mask it: `#[cassette(redact = ["json:/items/1/a~1b"])]`
    help: if it is none, keep it: `#[cassette(keep = ["json:/items/1/a~1b"])]`

    note: the recording of c is not saved; 1 interaction kept in [sandbox]/c.rejected.json
    "#);
}

#[tokio::test]
async fn a_token_in_the_line_of_a_stream_is_named_by_its_pointer() {
    let lines = format!("{{\"n\":1}}\n{{\"a\":{{\"b\":\"{}\"}}}}\n", token());
    insta::assert_snapshot!(of_answer("application/x-ndjson", lines).await, @r#"
    the recording may hold a secret, and is not saved

        cassette: [sandbox]/c.json

        interaction 1, response body /a/b: the shape of a token of github
            of POST http://server/

    help: if it is one, mask it: `#[cassette(redact = ["json:/a/b"])]`
    help: if it is none, keep it: `#[cassette(keep = ["json:/a/b"])]`

    note: the recording of c is not saved; 1 interaction kept in [sandbox]/c.rejected.json
    "#);
}

#[tokio::test]
async fn a_token_in_a_text_is_named_by_its_line_and_kept_by_its_shape() {
    let body = format!("one\ntwo {}\nthree", other_token());
    insta::assert_snapshot!(of_answer("text/plain", body).await, @r#"
    the recording may hold a secret, and is not saved

        cassette: [sandbox]/c.json

        interaction 1, response body line 2: the shape of a token of gitlab
            of POST http://server/

    help: if it is one, mask it: `#[cassette(redact = ["text:<pattern>"])]`
    help: if it is none, keep it: `#[cassette(keep = ["shape:gitlab"])]`

    note: the recording of c is not saved; 1 interaction kept in [sandbox]/c.rejected.json
    "#);
}

#[tokio::test]
async fn a_token_in_a_header_is_named() {
    let ask = |request: RequestBuilder| request.header("x-note", format!("see {}", token()));
    insta::assert_snapshot!(of_request(ask, "/").await, @r#"
    the recording may hold a secret, and is not saved

        cassette: [sandbox]/c.json

        interaction 1, request header x-note: the shape of a token of github
            of POST http://server/

    help: if it is one, mask it: `#[cassette(redact = ["header:x-note"])]`
    help: if it is none, keep it: `#[cassette(keep = ["header:x-note"])]`

    note: the recording of c is not saved; 1 interaction kept in [sandbox]/c.rejected.json
    "#);
    let answer = Response::builder().header("x-next", token());
    let of_response = report(|request| request, "/", answer.body(Bytes::new()).unwrap()).await;
    insta::assert_snapshot!(of_response, @r#"
    the recording may hold a secret, and is not saved

        cassette: [sandbox]/c.json

        interaction 1, response header x-next: the shape of a token of github
            of POST http://server/

    help: if it is one, mask it: `#[cassette(redact = ["header:x-next"])]`
    help: if it is none, keep it: `#[cassette(keep = ["header:x-next"])]`

    note: the recording of c is not saved; 1 interaction kept in [sandbox]/c.rejected.json
    "#);
}

#[tokio::test]
async fn a_token_in_a_query_or_a_path_is_named() {
    let target = format!("/a?page=1&sid={}&n=2", token());
    insta::assert_snapshot!(of_request(|request| request, &target).await, @r#"
    the recording may hold a secret, and is not saved

        cassette: [sandbox]/c.json

        interaction 1, request query sid: the shape of a token of github
            of POST http://server/a?page=1&sid=[BLOCKED]&n=2

    help: if it is one, mask it: `#[cassette(redact = ["query:sid"])]`
    help: if it is none, keep it: `#[cassette(keep = ["query:sid"])]`

    note: the recording of c is not saved; 1 interaction kept in [sandbox]/c.rejected.json
    "#);
    let target = format!("/of/{}/a", token());
    insta::assert_snapshot!(of_request(|request| request, &target).await, @r#"
    the recording may hold a secret, and is not saved

        cassette: [sandbox]/c.json

        interaction 1, request url: the shape of a token of github
            of POST http://server/of/[BLOCKED]/a

    help: if it is one, mask it: `#[cassette(redact = ["text:<pattern>"])]`
    help: if it is none, keep it: `#[cassette(keep = ["shape:github"])]`

    note: the recording of c is not saved; 1 interaction kept in [sandbox]/c.rejected.json
    "#);
}

#[tokio::test]
async fn a_token_in_a_field_of_a_form_is_named() {
    let form = "application/x-www-form-urlencoded";
    let ask = |request: RequestBuilder| {
        let request = request.header("content-type", form);
        request.body(format!("page=1&user%5Bpin%5D={}", token()))
    };
    insta::assert_snapshot!(of_request(ask, "/").await, @r#"
    the recording may hold a secret, and is not saved

        cassette: [sandbox]/c.json

        interaction 1, request form field user[pin]: the shape of a token of github
            of POST http://server/

    help: if it is one, mask it: `#[cassette(redact = ["form:user[pin]"])]`
    help: if it is none, keep it: `#[cassette(keep = ["form:user[pin]"])]`

    note: the recording of c is not saved; 1 interaction kept in [sandbox]/c.rejected.json
    "#);
    let ask = |request: RequestBuilder| {
        let request = request.header("content-type", "multipart/form-data; boundary=b");
        let head = "--b\r\ncontent-disposition: form-data; name=\"pin\"\r\n\r\n";
        request.body(format!("{head}{}\r\n--b--\r\n", token()))
    };
    insta::assert_snapshot!(of_request(ask, "/").await, @r#"
    the recording may hold a secret, and is not saved

        cassette: [sandbox]/c.json

        interaction 1, request body line 4: the shape of a token of github
            of POST http://server/

    help: if it is one, mask it: `#[cassette(redact = ["text:<pattern>"])]`
    help: if it is none, keep it: `#[cassette(keep = ["shape:github"])]`

    note: the recording of c is not saved; 1 interaction kept in [sandbox]/c.rejected.json
    "#);
}
