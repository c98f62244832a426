//! Bodies of answers: compressed, streamed, of bytes and of every kind of text.

use reqwest::Client;

use crate::case::{Case, both_runs};
use crate::{built, see, see_all};

#[tokio::test]
async fn compressed_bodies_as_they_are() {
    let undecoded = || built(Client::builder().no_gzip().no_brotli().no_deflate());
    let case = Case::new("compressed").client(undecoded);
    case.both_runs(|client, base| async move {
        see_all(&client, &base, &["/gzip", "/deflate", "/brotli"]).await
    })
    .await;
}

#[cfg(feature = "decompression")]
#[tokio::test]
async fn compressed_bodies_that_reqwest_decodes() {
    let case = Case::new("decoded");
    case.both_runs(|client, base| async move {
        let mut text = String::new();
        for (path, marker) in [
            ("/gzip", "gzipped"),
            ("/deflate", "deflated"),
            ("/brotli", "brotli"),
        ] {
            let seen = see(client.get(format!("{base}{path}"))).await;
            assert!(seen.contains(marker), "reqwest decodes {path}: {seen}");
            text += &seen;
        }
        text
    })
    .await;
}

#[tokio::test]
async fn streams() {
    both_runs("streams", |client, base| async move {
        let paths = [
            "/stream/5",
            "/stream-bytes/2048?seed=7&chunk_size=256",
            "/stream-bytes/0?seed=7",
            "/drip?duration=0.5&numbytes=8&delay=0",
            "/drip?duration=0&numbytes=0&delay=0&code=201",
        ];
        see_all(&client, &base, &paths).await
    })
    .await;
}

/// While recording, a body of unknown length is handed on as it comes; the replay cuts it alike.
#[tokio::test]
async fn chunks_keep_their_boundaries() {
    both_runs("chunks", |client, base| async move {
        let mut text = String::new();
        for path in ["/stream/20", "/stream-bytes/2048?seed=7&chunk_size=256"] {
            let mut response = client.get(format!("{base}{path}")).send().await.unwrap();
            while let Some(chunk) = response.chunk().await.unwrap() {
                text += &format!("{}\n", chunk.escape_ascii());
            }
        }
        text
    })
    .await;
}

#[tokio::test]
async fn a_stream_that_is_dropped_early() {
    both_runs("stream_dropped", |client, base| async move {
        let mut response = client
            .get(format!("{base}/stream/50"))
            .send()
            .await
            .unwrap();
        let chunk = response.chunk().await.unwrap().expect("the stream begins");
        chunk.escape_ascii().to_string()
    })
    .await;
}

#[tokio::test]
async fn bytes_that_are_no_text() {
    both_runs("bytes", |client, base| async move {
        let paths = [
            "/bytes/4096?seed=1",
            "/bytes/1?seed=2",
            "/bytes/0",
            "/base64/SGVsbG8gd29ybGQ=",
            "/image/png",
            "/image/jpeg",
            "/image/webp",
        ];
        see_all(&client, &base, &paths).await
    })
    .await;
}

#[tokio::test]
async fn ranges() {
    both_runs("ranges", |client, base| async move {
        let url = format!("{base}/range/64?chunk_size=10");
        let mut text = String::new();
        for range in ["bytes=0-9", "bytes=60-", "bytes=-4", "bytes=100-200"] {
            text += &see(client.get(&url).header("range", range)).await;
        }
        text
    })
    .await;
}

#[tokio::test]
async fn pages() {
    both_runs("pages", |client, base| async move {
        let paths = [
            "/encoding/utf8",
            "/html",
            "/xml",
            "/json",
            "/robots.txt",
            "/deny",
            "/forms/post",
            "/links/3/0",
            "/image/svg",
            "/ip",
            "/user-agent",
            "/uuid",
            "/anything/with%20space/%C3%A9?q=%E2%82%AC&empty=&flag",
            "/no-such-page",
        ];
        see_all(&client, &base, &paths).await
    })
    .await;
}
