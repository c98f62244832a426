//! Cookies, credentials, and answers that repeat them.

use reqwest::Client;
use reqwest_middleware::{ClientWithMiddleware, RequestBuilder};

use crate::case::{Case, both_runs};
use crate::{built, see, see_all, staying};

/// Sends a request and shows its outcome where a secret of unknown place changes the lengths.
///
/// They must still agree with each other.
async fn see_without_lengths(request: RequestBuilder) -> String {
    let response = request.send().await.expect("httpbin answers");
    let head = format!("{} {:?}", response.status(), response.version());
    let headers: String = response
        .headers()
        .iter()
        .filter(|(name, _)| *name != "content-length")
        .map(|(name, value)| format!("{name}: {}\n", value.as_bytes().escape_ascii()))
        .collect();
    let announced = response.headers().get("content-length").cloned();
    let known = response.content_length();
    let body = response.text().await.expect("the body is whole");
    let length = body.len().to_string();
    assert_eq!(announced.expect("httpbin announces the length"), &length);
    assert_eq!(known.expect("a length is known").to_string(), length);
    format!("{head}\n{headers}{body}\n")
}

/// The replay has placeholders for values of cookies, so only what is left of an answer that
/// repeats them can be compared.
#[tokio::test]
async fn cookies_that_are_read() {
    let case = Case::new("cookies_read").secrets(&["oatmeal-and-raisin"]);
    case.both_runs(|client, base| async move {
        let request = client.get(format!("{base}/cookies"));
        let cookies = "kind=plain; flavour=oatmeal-and-raisin";
        see_without_lengths(request.header("cookie", cookies)).await
    })
    .await;
}

/// The replay has placeholders for the values in `set-cookie`.
#[tokio::test]
async fn cookies_that_are_set() {
    let case = Case::new("cookies_set").client(staying);
    case.secrets(&["oatmeal-and-raisin", "short"])
        .both_runs(|client, base| async move {
            let query = "flavour=oatmeal-and-raisin&kind=short";
            let set = client.get(format!("{base}/cookies/set?{query}"));
            let mut text = see_without_lengths(set).await;
            let one = client.get(format!("{base}/cookies/set/flavour/oatmeal-and-raisin"));
            text += &see_without_lengths(one).await;
            text
        })
        .await;
}

/// An empty value is no secret.
#[tokio::test]
async fn cookies_that_are_deleted() {
    let case = Case::new("cookies_deleted").client(staying);
    case.both_runs(|client, base| async move {
        see_all(&client, &base, &["/cookies/delete?flavour"]).await
    })
    .await;
}

/// reqwest's own cookie store is below the middleware: it sees nothing while replaying, and the
/// answers show what it did while recording.
#[tokio::test]
async fn cookies_in_reqwests_own_store() {
    let case = Case::new("cookies_store").client(|| built(Client::builder().cookie_store(true)));
    case.both_runs(|client, base| async move {
        let paths = ["/cookies/set?kind=short", "/cookies"];
        see_all(&client, &base, &paths).await
    })
    .await;
}

/// httpbin repeats neither name nor password, and `authorization` is not answered.
#[tokio::test]
async fn basic_authentication() {
    both_runs("basic", |client, base| async move {
        let mut text = String::new();
        for path in [
            "/basic-auth/ada/lovelace",
            "/hidden-basic-auth/ada/lovelace",
        ] {
            for password in ["lovelace", "byron"] {
                let request = client.get(format!("{base}{path}"));
                text += &see(request.basic_auth("ada", Some(password))).await;
            }
            text += &see(client.get(format!("{base}{path}"))).await;
        }
        text
    })
    .await;
}

/// The answer repeats the token under the JSON key `token`, so only what is left can be compared.
#[tokio::test]
async fn bearer_authentication() {
    let case = Case::new("bearer").secrets(&["a-token-made-up-for-this-test"]);
    case.both_runs(|client, base| async move {
        let request = client.get(format!("{base}/bearer"));
        let token = "a-token-made-up-for-this-test";
        see_without_lengths(request.bearer_auth(token)).await
    })
    .await;
}

#[tokio::test]
async fn bearer_authentication_that_is_missing() {
    both_runs("bearer_missing", |client, base| async move {
        see_all(&client, &base, &["/bearer"]).await
    })
    .await;
}

/// A challenge is no secret. The two cookies that httpbin sets with it are, by their place.
#[tokio::test]
async fn digest_challenge() {
    let case = Case::new("digest").secrets(&["never", "fake_value"]);
    case.both_runs(|client, base| async move {
        let request = client.get(format!("{base}/digest-auth/auth/ada/lovelace"));
        see(request).await
    })
    .await;
}

/// The answers repeat headers, query and form. Where their names are those of secrets the replay
/// has placeholders, so only what is left can be compared.
#[tokio::test]
async fn secrets_that_the_answer_repeats() {
    let case = Case::new("repeated_secrets").secrets(SECRETS);
    case.both_runs(ask_with_secrets).await;
}

/// What is masked in a request does not come back into the cassette, wherever the answer repeats it.
#[tokio::test]
async fn secrets_that_the_answer_repeats_are_not_stored() {
    let case = Case::new("stored_secrets").secrets(SECRETS);
    let cassette = case.both_runs(ask_with_secrets).await;
    let stored: Vec<&str> = cassette
        .lines()
        .filter(|line| SECRETS.iter().any(|secret| line.contains(secret)))
        .collect();
    assert!(stored.is_empty(), "secrets in the cassette: {stored:#?}");
}

const SECRETS: &[&str] = &[
    "of-bad-news-and-worse",
    "of-good-news-and-better",
    "mellon-says-the-wizard",
];

async fn ask_with_secrets(client: ClientWithMiddleware, base: String) -> String {
    let headers = client
        .get(format!("{base}/headers"))
        .header("authorization", "Bearer of-bad-news-and-worse")
        .header("x-open", "left as it is");
    let bearer = client
        .get(format!("{base}/bearer"))
        .bearer_auth("of-bad-news-and-worse");
    let query = client.get(format!("{base}/get?api_key=of-good-news-and-better&page=2"));
    let form = [("name", "gandalf"), ("password", "mellon-says-the-wizard")];
    let form = client.post(format!("{base}/post")).form(&form);
    let mut text = String::new();
    for request in [headers, bearer, query, form] {
        text += &see_without_lengths(request).await;
    }
    text
}
