//! Redirects, which reqwest follows below the middleware, or leaves to the test.

use cassette_tests::visible;
use http::Method;
use reqwest::Client;
use reqwest::redirect::{Action, Attempt, Policy};

use crate::case::{Case, both_runs};
use crate::{built, interactions, see, see_all, staying};

#[tokio::test]
async fn redirects_that_are_followed() {
    both_runs("redirects", |client, base| async move {
        let paths = [
            "/redirect/3",
            "/absolute-redirect/2",
            "/relative-redirect/2",
            "/redirect-to?url=/get",
            "/redirect-to?url=/anything%3Fa%3D1%26b%3D2&status_code=301",
            "/links/2",
        ];
        let mut text = see_all(&client, &base, &paths).await;
        for status in [302, 303, 307, 308] {
            let url = format!("{base}/redirect-to?url={base}/anything&status_code={status}");
            text += &see(client.post(url).body("carried on or dropped")).await;
        }
        text
    })
    .await;
}

#[tokio::test]
async fn redirects_that_are_not_followed() {
    let case = Case::new("redirects_none").client(staying);
    case.both_runs(|client, base| async move {
        let mut text = see_all(&client, &base, &["/redirect/2", "/absolute-redirect/1"]).await;
        text += &see_all(&client, &base, &["/relative-redirect/1", "/status/305"]).await;
        for status in [301, 302, 303, 307, 308] {
            let url = format!("{base}/redirect-to?url=/get&status_code={status}");
            text += &see(client.get(url)).await;
        }
        text
    })
    .await;
}

/// The cassette names what answered only where it is another URL than the one that was asked.
#[tokio::test]
async fn the_url_that_answered() {
    const ENDS: [(&str, &str); 8] = [
        ("/get", "/get"),
        ("/redirect/4", "/get"),
        ("/relative-redirect/3", "/get"),
        ("/absolute-redirect/3", "/get"),
        ("/redirect-to?url=/xml", "/xml"),
        (
            "/redirect-to?url=/get%3Fa%3D%25C3%25A9%26b",
            "/get?a=%C3%A9&b",
        ),
        ("/redirect-to?url=html", "/html"),
        ("/redirect-to?url=/redirect-to%3Furl%3D/json", "/json"),
    ];
    let cassette = both_runs("redirect_ends", |client, base| async move {
        let mut text = String::new();
        for (path, end) in ENDS {
            let response = client.get(format!("{base}{path}")).send().await.unwrap();
            assert_eq!(response.url().as_str(), format!("{base}{end}"));
            text += &visible(response).await;
        }
        text
    })
    .await;
    for (interaction, (path, end)) in interactions(&cassette).iter().zip(ENDS) {
        let url = interaction["response"]["url"].as_str();
        let ends = |url: &str| url.ends_with(end);
        assert_eq!(url.is_some_and(ends), path != end, "{path}: {url:?}");
    }
}

/// Neither what is asked nor what answers has a fragment.
#[tokio::test]
async fn fragments_around_redirects() {
    both_runs("redirect_fragments", |client, base| async move {
        let paths = [
            "/get#here",
            "/redirect/1#here",
            "/redirect-to?url=/get%23there",
            "/redirect-to?url=/get%23there#here",
        ];
        see_all(&client, &base, &paths).await
    })
    .await;
}

/// With 307 and 308 method and body are carried on, all along the chain; with the others they are not.
#[tokio::test]
async fn bodies_that_are_carried_on() {
    both_runs("redirect_bodies", |client, base| async move {
        let mut text = String::new();
        for (status, method, kept) in [
            (301, Method::POST, false),
            (303, Method::PUT, false),
            (307, Method::POST, true),
            (307, Method::PUT, true),
            (308, Method::POST, true),
            (308, Method::PATCH, true),
        ] {
            let second = format!("/redirect-to?url=/anything%26status_code={status}");
            let second = second.replace('?', "%3F").replace('=', "%3D");
            let url = format!("{base}/redirect-to?url={second}&status_code={status}");
            let request = client.request(method.clone(), url);
            let response = request.body("carried on").send().await.unwrap();
            assert_eq!(response.url().path(), "/anything");
            let seen = visible(response).await;
            let carried = seen.contains("carried on") && seen.contains(method.as_str());
            assert_eq!(carried, kept, "{status} {method}: {seen}");
            text += &seen;
        }
        text
    })
    .await;
}

/// Credentials are not sent on to another origin, and a method without a body stays itself.
#[tokio::test]
async fn redirects_of_other_methods() {
    both_runs("redirect_methods", |client, base| async move {
        let mut text = see(client.head(format!("{base}/redirect/2"))).await;
        for method in [Method::DELETE, Method::TRACE, Method::HEAD] {
            for status in [302, 307] {
                let url = format!("{base}/redirect-to?url=/anything&status_code={status}");
                text += &see(client.request(method.clone(), url)).await;
            }
        }
        text
    })
    .await;
}

/// What a policy refuses is an error; what it stops at is an answer.
#[tokio::test]
async fn too_many_redirects() {
    let cassette = limited("redirects_limited")
        .both_runs(|client, base| async move {
            let mut text = String::new();
            for path in ["/redirect/5", "/absolute-redirect/3"] {
                text += &see(client.get(format!("{base}{path}"))).await;
            }
            assert_eq!(text.matches("error: redirect\n").count(), 2, "{text}");
            text + &see(client.get(format!("{base}/redirect/2"))).await
        })
        .await;
    assert_eq!(interactions(&cassette)[0]["error"]["kind"], "redirect");
}

fn limited(name: &'static str) -> Case {
    Case::new(name).client(|| built(Client::builder().redirect(Policy::limited(2))))
}

#[tokio::test]
async fn the_url_of_the_redirect_that_was_not_followed() {
    let case = limited("redirects_limited_url");
    case.both_runs(|client, base| async move {
        let error = client.get(format!("{base}/redirect/5")).send().await;
        let error = error.unwrap_err();
        let url = error.url().expect("the error says where").clone();
        format!("{url}\n{error}\n")
    })
    .await;
}

/// A policy of the test's own.
fn choose(attempt: Attempt<'_>) -> Action {
    match attempt.url().path() {
        "/get" => attempt.stop(),
        "/html" => attempt.error("no pages"),
        _ => attempt.follow(),
    }
}

#[tokio::test]
async fn redirects_that_the_tests_own_policy_stops() {
    let case = Case::new("redirects_stopped");
    case.client(|| built(Client::builder().redirect(Policy::custom(choose))))
        .both_runs(|client, base| async move {
            let paths = [
                "/redirect/3",
                "/redirect-to?url=/html",
                "/redirect-to?url=/xml",
            ];
            see_all(&client, &base, &paths).await
        })
        .await;
}

/// Where a redirect leads can be no place at all.
#[tokio::test]
async fn redirects_to_nowhere() {
    both_runs("redirect_nowhere", |client, base| async move {
        let mut text = String::new();
        for url in [
            "ftp://127.0.0.1/file",
            "http://127.0.0.1:1/refused",
            "http://[broken",
            "",
        ] {
            let request = client.get(format!("{base}/redirect-to?url={url}"));
            text += &see(request).await;
        }
        text
    })
    .await;
}
