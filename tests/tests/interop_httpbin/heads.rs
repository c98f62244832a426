//! Methods, statuses, redirects and headers.

use http::Method;

use crate::case::{Case, both_runs};
use crate::{see, see_all, staying};

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
