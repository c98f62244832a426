//! Methods, statuses and headers.

use cassette_tests::visible;
use http::Method;
use serde_json::Value;

use crate::case::both_runs;
use crate::{answered_bodies, see, see_all};

#[tokio::test]
async fn every_method() {
    both_runs("methods", |client, base| async move {
        let mut text = String::new();
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "TRACE"] {
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            text += &see(client.request(method, format!("{base}/anything?n=1"))).await;
        }
        for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            let path = method.as_str().to_lowercase();
            let request = client.request(method, format!("{base}/{path}"));
            text += &see(request.body("plain text")).await;
        }
        text += &see(client.head(format!("{base}/get"))).await;
        text += &see(client.head(format!("{base}/image/png"))).await;
        text += &see(client.request(Method::OPTIONS, format!("{base}/get"))).await;
        text
    })
    .await;
}

/// httpbin takes none of them; one in small letters is no HTTP to it.
#[tokio::test]
async fn methods_of_ones_own() {
    both_runs("own_methods", |client, base| async move {
        let mut text = String::new();
        for method in ["PURGE", "PROPFIND", "QUERY", "M-SEARCH", "get", "X"] {
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            let request = client.request(method, format!("{base}/anything"));
            text += &see(request.body("with a body")).await;
        }
        text
    })
    .await;
}

/// Nothing comes behind the head, whatever it announces.
#[tokio::test]
async fn heads_alone() {
    both_runs("heads", |client, base| async move {
        let mut text = String::new();
        for path in [
            "/status/404",
            "/status/204",
            "/bytes/4096?seed=1",
            "/stream/3",
            "/stream-bytes/64?seed=1",
            "/drip?numbytes=3&duration=0",
            "/range/64",
            "/etag/abc",
            "/cookies/delete",
        ] {
            let seen = see(client.head(format!("{base}{path}"))).await;
            assert!(seen.ends_with("body: 0 bytes: \n"), "{path}: {seen}");
            text += &seen;
        }
        text
    })
    .await;
}

/// Statuses without a body, by other methods too.
#[tokio::test]
async fn answers_without_a_body() {
    let cassette = both_runs("bodyless", |client, base| async move {
        let mut text = String::new();
        for status in [204, 304] {
            for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
                let request = client.request(method, format!("{base}/status/{status}"));
                text += &see(request.body("sent")).await;
            }
        }
        text
    })
    .await;
    assert!(answered_bodies(&cassette).iter().all(Value::is_null));
}

#[tokio::test]
async fn every_kind_of_status() {
    both_runs("statuses", |client, base| async move {
        let mut text = String::new();
        for status in [
            200, 201, 202, 203, 204, 205, 206, 226, 299, 300, 304, 400, 401, 402, 403, 404, 405,
            406, 407, 408, 409, 410, 412, 418, 422, 428, 429, 431, 451, 500, 501, 502, 503, 504,
            511, 599,
        ] {
            text += &see(client.get(format!("{base}/status/{status}"))).await;
        }
        text += &see(client.post(format!("{base}/status/503")).body("again")).await;
        text
    })
    .await;
}

#[tokio::test]
async fn headers_that_repeat() {
    both_runs("repeated_headers", |client, base| async move {
        let url = format!("{base}/response-headers?X-Twice=1&X-Once=a%2C+b&X-Twice=2&X-Empty=");
        let mut text = see(client.get(&url)).await;
        text += &see(client.post(&url)).await;
        let request = client.get(format!("{base}/headers"));
        text += &see(request.header("x-mark", "1").header("x-mark", "2")).await;
        text
    })
    .await;
}

/// Their order within a name counts, and so does what looks like a list.
#[tokio::test]
async fn headers_that_repeat_many_times() {
    both_runs("repeated_often", |client, base| async move {
        let query =
            "X-A=3&X-A=1&X-A=2&X-A=1&X-B=1%2C2&X-B=3&Link=%3C/a%3E&Link=%3C/b%3E&Vary=a&Vary=b";
        let response = client.get(format!("{base}/response-headers?{query}"));
        let response = response.send().await.unwrap();
        let all = response.headers().get_all("x-a").iter();
        let all: Vec<_> = all.filter_map(|value| value.to_str().ok()).collect();
        assert_eq!(all, ["3", "1", "2", "1"]);
        let mut text = visible(response).await;
        let odd = "Content-Type=text/plain%3B%20charset%3Dlatin1&X-Latin=%E9&X-Utf=%C3%A9";
        text += &see_all(&client, &base, &[&format!("/response-headers?{odd}")]).await;
        text
    })
    .await;
}

#[tokio::test]
async fn conditional_requests() {
    both_runs("conditional", |client, base| async move {
        let etag = format!("{base}/etag/abc");
        let cache = format!("{base}/cache");
        let since = "Sat, 21 Nov 2026 10:00:00 GMT";
        let mut text = see(client.get(&etag)).await;
        text += &see(client.get(&etag).header("if-none-match", "abc")).await;
        text += &see(client.get(&etag).header("if-match", "\"other\"")).await;
        text += &see(client.get(&cache)).await;
        text += &see(client.get(&cache).header("if-modified-since", since)).await;
        text += &see_all(&client, &base, &["/cache/60"]).await;
        text
    })
    .await;
}

/// `etag` and `last-modified` of one answer go into the next request, as a cache would do it.
#[tokio::test]
async fn validators_that_are_sent_back() {
    both_runs("validators", |client, base| async move {
        let first = client.get(format!("{base}/cache")).send().await.unwrap();
        let (etag, modified) = (&first.headers()["etag"], &first.headers()["last-modified"]);
        let again = client.get(format!("{base}/cache?again"));
        let again = again
            .header("if-none-match", etag)
            .header("if-modified-since", modified);
        let mut text = see(again).await;
        assert!(text.contains("status: 304"), "{text}");
        for tags in ["W/\"abc\", \"def\"", "*", "\"abc\",\"other\""] {
            let request = client.get(format!("{base}/etag/abc"));
            text += &see(request.header("if-none-match", tags)).await;
        }
        text
    })
    .await;
}

/// Headers do not count for matching by default, so these are one sequence.
#[tokio::test]
async fn the_same_url_with_other_headers() {
    both_runs("negotiated", |client, base| async move {
        let mut text = String::new();
        for accept in [
            "image/png",
            "image/svg+xml",
            "application/json",
            "image/webp",
        ] {
            text += &see(client.get(format!("{base}/image")).header("accept", accept)).await;
        }
        text
    })
    .await;
}
