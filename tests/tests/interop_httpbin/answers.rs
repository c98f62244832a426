//! Bodies of answers: of bytes and of every kind of text.

use crate::case::{Case, both_runs};
use crate::{answered_bodies, form, see, see_all};

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

/// The most readable form that gives the same bytes back.
#[tokio::test]
async fn forms_in_the_cassette() {
    const FORMS: [(&str, &str); 11] = [
        ("/json", "json"),
        ("/get", "json"),
        ("/xml", "text"),
        ("/html", "text"),
        ("/encoding/utf8", "text"),
        ("/image/svg", "text"),
        ("/robots.txt", "text"),
        ("/image/png", "base64"),
        ("/image/jpeg", "base64"),
        ("/image/webp", "base64"),
        ("/bytes/0", "none"),
    ];
    let cassette = both_runs("forms", |client, base| async move {
        let paths = FORMS.map(|(path, _)| path);
        see_all(&client, &base, &paths).await
    })
    .await;
    for (body, (path, expected)) in answered_bodies(&cassette).iter().zip(FORMS) {
        assert_eq!(form(body), expected, "{path}");
    }
}

/// httpbin gives at most 102400 bytes, so the limit is lower here. The same bytes are the same file.
#[tokio::test]
async fn bytes_in_a_file_of_their_own() {
    let case = Case::new("bytes_in_file").files(2);
    let cassette = case
        .config(|config| config.body_limit(65_536))
        .both_runs(|client, base| async move {
            let paths = [
                "/bytes/400000?seed=1",
                "/range/102400",
                "/range/102400?again",
                "/bytes/65536?seed=1",
            ];
            see_all(&client, &base, &paths).await
        })
        .await;
    let bodies = answered_bodies(&cassette);
    let forms: Vec<_> = bodies.iter().map(form).collect();
    assert_eq!(forms, ["file", "file", "file", "base64"]);
    assert_eq!(bodies[1]["file"], bodies[2]["file"]);
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
