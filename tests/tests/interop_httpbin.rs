//! The real httpbin, asked twice: once through an open gate while recording, once through a closed
//! one while replaying. A client must not be able to tell the two apart.
#![cfg(feature = "interop")]

use std::future::{Future, poll_fn};
use std::io;
use std::pin::Pin;
use std::task::Poll;

use bytes::Bytes;
use cassette_reqwest::{Config, Mode, client, client_with, scope};
use cassette_tests::{Gate, Sandbox, channel, visible_outcome};
use http::Method;
use reqwest::multipart::{Form, Part};
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder};
use reqwest_middleware::{ClientWithMiddleware, RequestBuilder};
use tokio::task::JoinSet;

/// What stands in a cassette for a secret.
const REDACTED: &str = "[REDACTED]";

/// One recording and its replay.
struct Case {
    name: &'static str,
    client: fn() -> ClientWithMiddleware,
    secrets: &'static [&'static str],
}

impl Case {
    fn new(name: &'static str) -> Self {
        Self {
            name,
            client,
            secrets: &[],
        }
    }

    fn client(self, client: fn() -> ClientWithMiddleware) -> Self {
        Self { client, ..self }
    }

    /// Names what the recording run sees and the replay need not: the placeholder counts as equal.
    fn secrets(self, secrets: &'static [&'static str]) -> Self {
        Self { secrets, ..self }
    }

    /// Returns the cassette.
    async fn both_runs<F, T>(self, run: F) -> String
    where
        F: Fn(ClientWithMiddleware, String) -> T,
        T: Future<Output = String>,
    {
        let sandbox = Sandbox::new();
        let gate = Gate::open(&httpbin());
        let base = format!("http://127.0.0.1:{}", gate.port());
        let once = |mode| {
            let config = Config::new()
                .dir(sandbox.path())
                .mode(mode)
                .environment([] as [(&str, &str); 0]);
            scope(self.name, config, run((self.client)(), base.clone()))
        };

        let recorded = once(Mode::Record).await.expect("the recording is saved");
        assert!(gate.connections() >= 1, "recording reaches the server");
        gate.close();
        let cassette = format!("{}.json", self.name);
        assert_eq!(sandbox.files(), [cassette.as_str()]);

        let replayed = once(Mode::Replay).await.expect("the recording is played");
        let (recorded, replayed) = (self.masked(&recorded), self.masked(&replayed));
        for (recorded, replayed) in recorded.lines().zip(replayed.lines()) {
            assert_eq!(recorded, replayed, "left: recording, right: replay");
        }
        assert_eq!(recorded, replayed, "left: recording, right: replay");
        sandbox.read(&cassette)
    }

    /// Where a whole header is a secret its scheme goes too; where only its value is, it stays.
    fn masked(&self, text: &str) -> String {
        let mask = |text: String, secret: &&str| text.replace(secret, REDACTED);
        let masked = self.secrets.iter().fold(text.to_owned(), mask);
        masked.replace(&format!("Bearer {REDACTED}"), REDACTED)
    }
}

/// Runs `run` while recording and while replaying, and compares what it saw.
async fn both_runs<F, T>(name: &'static str, run: F)
where
    F: Fn(ClientWithMiddleware, String) -> T,
    T: Future<Output = String>,
{
    Case::new(name).both_runs(run).await;
}

/// The `host:port` of the httpbin that `tests/interop.sh` started.
#[expect(
    clippy::disallowed_methods,
    reason = "the address of a server comes from the script that started it"
)]
fn httpbin() -> String {
    let base = std::env::var("CASSETTE_INTEROP_HTTPBIN")
        .expect("CASSETTE_INTEROP_HTTPBIN is set: run these tests by `tests/interop.sh`");
    base.trim_start_matches("http://").to_owned()
}

fn built(builder: ClientBuilder) -> ClientWithMiddleware {
    client_with(builder).expect("the client can be built")
}

fn staying() -> ClientWithMiddleware {
    built(Client::builder().redirect(Policy::none()))
}

/// Sends a request and shows all of its outcome.
async fn see(request: RequestBuilder) -> String {
    visible_outcome(request.send().await).await
}

async fn see_all(client: &ClientWithMiddleware, base: &str, paths: &[&str]) -> String {
    let mut text = String::new();
    for path in paths {
        text += &see(client.get(format!("{base}{path}"))).await;
    }
    text
}

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

/// Polls all futures in one task and returns their results in order.
async fn join_all<F: Future>(futures: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    enum Slot<F: Future> {
        Running(Pin<Box<F>>),
        Done(Option<F::Output>),
    }
    let mut slots: Vec<Slot<F>> = futures
        .into_iter()
        .map(|future| Slot::Running(Box::pin(future)))
        .collect();
    poll_fn(|cx| {
        let mut all = true;
        for slot in &mut slots {
            if let Slot::Running(future) = slot {
                match future.as_mut().poll(cx) {
                    Poll::Ready(output) => *slot = Slot::Done(Some(output)),
                    Poll::Pending => all = false,
                }
            }
        }
        if all { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    slots
        .into_iter()
        .map(|slot| match slot {
            Slot::Done(output) => output.expect("taken once"),
            Slot::Running(_) => unreachable!("all are done"),
        })
        .collect()
}

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

/// What is masked in a request does not come back into the cassette under a name of its own. Inside
/// another value, as in the URL that the answer repeats, it is not found today.
#[tokio::test]
async fn secrets_that_the_answer_repeats_by_name_are_not_stored() {
    let case = Case::new("stored_secrets").secrets(SECRETS);
    let cassette = case.both_runs(ask_with_secrets).await;
    let stored: Vec<&str> = cassette
        .lines()
        .filter(|line| !line.trim_start().starts_with("\"url\""))
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
async fn json_and_forms() {
    both_runs("bodies", |client, base| async move {
        let url = format!("{base}/post");
        let json = serde_json::json!({ "name": "Ada", "tags": ["a", "b"], "size": 1.5 });
        let form = [
            ("name", "Ada L."),
            ("topping", "cheese"),
            ("topping", "öl&=+"),
        ];
        let mut text = see(client.post(&url).json(&json)).await;
        text += &see(client.post(&url).form(&form)).await;
        text += &see(client.post(&url).body(vec![0_u8, 159, 146, 150])).await;
        text += &see(client.post(&url).body("")).await;
        text += &see(client.get(format!("{base}/get")).query(&form)).await;
        text
    })
    .await;
}

/// The boundary is another one in each run. The answers repeat that of the recording.
#[tokio::test]
async fn multipart_with_a_file() {
    both_runs("multipart", |client, base| async move {
        let file = Part::bytes(b"line one\r\nline two\xff".as_slice())
            .file_name("notes.txt")
            .mime_str("text/plain")
            .unwrap();
        let form = Form::new().text("title", "Notes").part("upload", file);
        see(client.post(format!("{base}/post")).multipart(form)).await
    })
    .await;
}

#[tokio::test]
async fn multipart_with_a_stream() {
    both_runs("multipart_stream", |client, base| async move {
        let (sender, body) = channel();
        for chunk in ["first ", "second ", "third"] {
            sender.send(Ok(Bytes::from(chunk))).unwrap();
        }
        drop(sender);
        let stream = Part::stream(reqwest::Body::wrap(body)).file_name("stream.bin");
        let form = Form::new().part("upload", stream).text("after", "it");
        see(client.post(format!("{base}/post")).multipart(form)).await
    })
    .await;
}

#[tokio::test]
async fn a_streamed_body() {
    both_runs("request_stream", |client, base| async move {
        let (sender, body) = channel();
        sender.send(Ok(Bytes::from("one "))).unwrap();
        sender.send(Ok(Bytes::from("two"))).unwrap();
        drop(sender);
        let body = reqwest::Body::wrap(body);
        see(client.put(format!("{base}/put")).body(body)).await
    })
    .await;
}

#[tokio::test]
async fn a_streamed_body_that_breaks_off() {
    both_runs("request_stream_broken", |client, base| async move {
        // First one that arrives, so that there is something to record for certain.
        let mut text = see(client.get(format!("{base}/get"))).await;
        let (sender, body) = channel();
        sender.send(Ok(Bytes::from("one "))).unwrap();
        sender
            .send(Err(io::Error::other("the disk is gone")))
            .unwrap();
        let body = reqwest::Body::wrap(body);
        let outcome = client.put(format!("{base}/put")).body(body).send().await;
        text += if outcome.is_err() {
            "an error\n"
        } else {
            "an answer\n"
        };
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

#[tokio::test]
async fn an_answer_that_is_late() {
    both_runs("late", |client, base| async move {
        see_all(&client, &base, &["/delay/1"]).await
    })
    .await;
}

#[tokio::test]
async fn requests_joined_in_one_task() {
    both_runs("joined", |client, base| async move {
        let requests = (0..16).map(|n| see(client.get(format!("{base}/anything/{n}"))));
        join_all(requests).await.concat()
    })
    .await;
}

/// Each answer is another one: they come back in the order in which they were asked for.
#[tokio::test]
async fn equal_requests_joined_in_one_task() {
    both_runs("joined_equal", |client, base| async move {
        let requests = (0..16).map(|_| see(client.get(format!("{base}/uuid"))));
        join_all(requests).await.concat()
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_in_tasks_of_their_own() {
    both_runs("spawned", |client, base| async move {
        let mut tasks = JoinSet::new();
        for n in 0..16 {
            let request = client.post(format!("{base}/anything?n={n}"));
            tasks.spawn(async move { (n, see(request.body(format!("body {n}"))).await) });
        }
        let mut answers = tasks.join_all().await;
        answers.sort();
        answers.into_iter().map(|(_, text)| text).collect()
    })
    .await;
}
