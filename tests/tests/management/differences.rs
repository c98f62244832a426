//! What of a file differs when it is recorded again.

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use cassette_core::{Config, Error, Mode, scope};
use cassette_reqwest::client;
use cassette_tests::{Sandbox, Server, chunks};
use http::Response;

/// Answers with a value that it is told; if it is noisy, with another date and other chunks each time.
struct Changing {
    server: Server,
    sandbox: Sandbox,
    value: Arc<AtomicUsize>,
}

impl Changing {
    fn new(is_noisy: bool) -> Self {
        let value = Arc::new(AtomicUsize::new(1));
        let (told, calls) = (Arc::clone(&value), AtomicUsize::new(0));
        let server = Server::start_body(move |request| {
            let call = calls.fetch_add(1, Ordering::SeqCst) * usize::from(is_noisy);
            let value = told.load(Ordering::SeqCst);
            let name = request.uri().path()[1..].to_owned();
            let text = format!("{{\"name\":\"{name}\",\"value\":{value},\"last\":true}}");
            let (begin, end) = text.split_at(3 + call % 20);
            let pieces = [begin.to_owned(), end.to_owned()];
            let response = Response::builder()
                .header("content-type", "application/json")
                .header(
                    "date",
                    format!("Mon, 01 Jan 2001 00:00:{:02} GMT", call % 60),
                )
                .header("x-request-id", call.to_string());
            let response = response.body(chunks(pieces.map(Bytes::from))).unwrap();
            async { response }
        });
        let sandbox = Sandbox::new();
        Self {
            server,
            sandbox,
            value,
        }
    }

    async fn record(&self, config: Config, names: &[&str]) -> Result<(), Error> {
        let session = scope("c", config, async {
            let ask = async |name: &&str| {
                let sent = client().get(self.server.url(&format!("/{name}"))).send();
                sent.await.unwrap().bytes().await.unwrap();
            };
            for name in names {
                ask(name).await;
            }
        });
        session.await
    }

    fn config(&self) -> Config {
        self.sandbox.config(Mode::Record)
    }

    /// Makes the recording look old, and returns it.
    fn aged(&self) -> String {
        let text = self.sandbox.read("c.json");
        let at = text.find("\"recorded_at\": \"").unwrap() + "\"recorded_at\": \"".len();
        let old = text[..at].to_owned() + "2001" + &text[at + 4..];
        self.sandbox.write("c.json", &old);
        old
    }

    /// Lines added and removed, as git counts them.
    fn numstat(&self, old: &str) -> String {
        self.sandbox.write("old.json", old);
        let mut git = Command::new("git");
        git.args(["diff", "--no-index", "--numstat", "old.json", "c.json"]);
        let output = git.current_dir(self.sandbox.path()).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let columns: Vec<_> = text.split('\t').take(2).collect();
        columns.join("/")
    }
}

const NAMES: [&str; 4] = ["a", "b", "c", "a"];

#[tokio::test]
async fn other_dates_chunks_and_orders_change_nothing() {
    let changing = Changing::new(true);
    changing.record(changing.config(), &NAMES).await.unwrap();
    let old = changing.aged();
    for names in [
        ["a", "b", "c", "a"],
        ["c", "a", "a", "b"],
        ["b", "a", "c", "a"],
    ] {
        changing.record(changing.config(), &names).await.unwrap();
        assert_eq!(changing.sandbox.read("c.json"), old);
    }
    assert_eq!(changing.server.hits(), 16);
}

/// What is recorded anew says when; the rest of the file stays.
#[tokio::test]
async fn a_value_that_has_changed_is_one_line_and_the_time_another() {
    for is_noisy in [false, true] {
        let changing = Changing::new(is_noisy);
        changing.record(changing.config(), &["a"]).await.unwrap();
        let old = changing.aged();
        assert_eq!(changing.numstat(&old), "", "nothing yet");
        changing.value.store(2, Ordering::SeqCst);
        changing.record(changing.config(), &["a"]).await.unwrap();
        assert_eq!(changing.numstat(&old), "2/2", "noisy: {is_noisy}");
    }
}

#[tokio::test]
async fn in_another_order_a_value_that_has_changed_is_one_line_in_its_place() {
    let changing = Changing::new(false);
    changing
        .record(changing.config(), &["a", "b", "c"])
        .await
        .unwrap();
    let old = changing.aged();
    changing.value.store(2, Ordering::SeqCst);
    changing
        .record(changing.config(), &["c", "b", "a"])
        .await
        .unwrap();
    assert_eq!(changing.numstat(&old), "4/4");
}

/// An update keeps the time, so there one line is all.
#[tokio::test]
async fn a_value_that_an_update_replaces_is_one_line() {
    let changing = Changing::new(false);
    changing
        .record(changing.config(), &["a", "b", "c"])
        .await
        .unwrap();
    let old = changing.aged();
    changing.value.store(2, Ordering::SeqCst);
    let session = scope("c", changing.sandbox.config(Mode::Update), async {
        let session = cassette_core::current().unwrap();
        let get = |path: &str| client().get(changing.server.url(path)).send();
        get("/a").await.unwrap();
        let b = crate::bench::get(&changing.server.url("/b"));
        assert_eq!(session.delete(&b), 1);
        get("/b").await.unwrap().bytes().await.unwrap();
    });
    session.await.unwrap();
    assert_eq!(changing.numstat(&old), "1/1");
}

#[tokio::test]
async fn the_time_alone_changes_the_file_only_where_age_counts() {
    let changing = Changing::new(true);
    changing.record(changing.config(), &NAMES).await.unwrap();
    let old = changing.aged();
    changing.record(changing.config(), &NAMES).await.unwrap();
    assert_eq!(changing.sandbox.read("c.json"), old);
    let config = changing.config().max_age(Duration::from_secs(3600));
    changing.record(config, &NAMES).await.unwrap();
    assert_eq!(changing.numstat(&old), "1/1");
}
