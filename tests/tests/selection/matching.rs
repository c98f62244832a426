//! What does not count when a request is looked up is in the file all the same; what is left out of the
//! file does not count.

use cassette_core::{Config, Mode};
use cassette_reqwest::{client, scope};
use cassette_tests::{Sandbox, Server, echo};
use serde_json::{Value, json};

use crate::bench::{Bench, FILE};

type Say = fn(Config) -> Config;

/// A request: path, headers, body.
#[derive(Clone, Copy)]
struct Ask {
    path: &'static str,
    header: (&'static str, &'static str),
    body: &'static str,
}

const FIRST: Ask = Ask {
    path: "/v1?page=1&time=111",
    header: ("x-kind", "One"),
    body: r#"{"id":"first","items":[{"id":1,"at":"today"},{"id":2,"at":"now"}]}"#,
};
const OTHER_BODY: Ask = Ask {
    body: r#"{"id":"second","items":[{"id":1,"at":"later"},{"id":2,"at":"then"}]}"#,
    ..FIRST
};
const OTHER_QUERY: Ask = Ask {
    path: "/v1?page=1&time=222",
    ..FIRST
};
const OTHER_CASE: Ask = Ask {
    header: ("X-Kind", "oNE"),
    ..FIRST
};
const OTHER_HEADER: Ask = Ask {
    header: ("x-kind", "two"),
    ..FIRST
};

async fn ask(server: &Server, sandbox: &Sandbox, config: Config, ask: Ask) -> bool {
    let request = client().post(server.url(ask.path));
    let request = request
        .header(ask.header.0, ask.header.1)
        .header("content-type", "application/json")
        .body(ask.body);
    let hits = server.hits();
    let ended = scope("c", config, request.send()).await;
    assert_eq!(server.hits(), hits, "{}", sandbox.read(FILE));
    ended
        .inspect_err(|error| assert!(error.is_unmatched(), "{error}"))
        .is_ok()
}

/// Records [`FIRST`], then replays another with these settings and without; what is stored is whole.
async fn check(say: Say, other: Ask) {
    check_apart(say, |config| config, other).await;
}

async fn check_apart(say: Say, without: Say, other: Ask) {
    let (server, sandbox) = (Server::start(echo), Sandbox::new());
    let record = say(sandbox.config(Mode::Record));
    let request = client().post(server.url(FIRST.path));
    let request = request
        .header(FIRST.header.0, FIRST.header.1)
        .header("content-type", "application/json")
        .body(FIRST.body);
    scope("c", record, request.send()).await.unwrap().unwrap();
    let stored = &sandbox.cassette(FILE)["interactions"][0]["request"];
    assert_eq!(stored["url"], server.url(FIRST.path));
    assert_eq!(stored["headers"]["x-kind"], "One");
    let body: Value = serde_json::from_str(FIRST.body).unwrap();
    assert_eq!(stored["body"]["json"], body);

    let replay = || sandbox.config(Mode::Replay);
    assert!(ask(&server, &sandbox, say(replay()), other).await);
    assert!(!ask(&server, &sandbox, without(replay()), other).await);
}

#[tokio::test]
async fn what_is_ignored_is_in_the_file() {
    check(|config| config.match_body(false), OTHER_BODY).await;
    check(
        |config| config.ignore_json(["/id", "/items/*/at"]),
        OTHER_BODY,
    )
    .await;
    check(|config| config.ignore_json(["/id", "/items/*"]), OTHER_BODY).await;
    check(|config| config.ignore_json(["/*"]), OTHER_BODY).await;
    check(|config| config.match_query(false), OTHER_QUERY).await;
    check(|config| config.ignore_query(["time"]), OTHER_QUERY).await;
    let matched: Say = |config| config.match_headers(["x-kind"]);
    check_apart(
        |config| config.match_headers(["x-kind"]).ignore_headers(["X-KIND"]),
        matched,
        OTHER_HEADER,
    )
    .await;
    check_apart(
        |config| config.match_headers(["x-kind"]).case_sensitive(false),
        matched,
        OTHER_CASE,
    )
    .await;
}

#[tokio::test]
async fn what_is_ignored_elsewhere_still_counts_here() {
    let table: [(Say, Ask); 6] = [
        (
            |config| config.ignore_json(["/id", "/items/*/id"]),
            OTHER_BODY,
        ),
        (|config| config.ignore_json(["/items"]), OTHER_BODY),
        (
            |config| config.match_query(false).ignore_json(["/id"]),
            OTHER_BODY,
        ),
        (|config| config.ignore_query(["page", "Time"]), OTHER_QUERY),
        (
            |config| config.match_headers(["x-kind"]).ignore_headers(["x-other"]),
            OTHER_HEADER,
        ),
        (
            |config| config.match_headers(["x-kind"]).case_sensitive(false),
            OTHER_HEADER,
        ),
    ];
    for (number, (say, other)) in table.into_iter().enumerate() {
        let bench = Bench::of(Server::start(echo));
        let request = |ask: Ask| {
            let request = client().post(bench.server.url(ask.path)).body(ask.body);
            request.header(ask.header.0, ask.header.1).send()
        };
        let record = say(bench.config(Mode::Record));
        scope("c", record, request(FIRST)).await.unwrap().unwrap();
        let replay = say(bench.config(Mode::Replay));
        let ended = scope("c", replay, request(other)).await;
        assert!(ended.unwrap_err().is_unmatched(), "{number}");
    }
}

#[tokio::test]
async fn upper_and_lower_case_are_one_around_a_masked_value() {
    let bench = Bench::new();
    let run = async |mode, kind: &'static str, key: &'static str| {
        let config = bench.config(mode).match_headers(["x-kind", "x-key"]);
        let config = config.case_sensitive(false).redact([r"text:id-\d+"]);
        let request = bench.request("/").header("x-kind", kind);
        bench
            .told(config, request.header("x-key", key).send())
            .await
    };
    let recorded = run(Mode::Record, "For id-123 Only", "A").await;
    assert_eq!(recorded, "ok [/] [/]");
    let stored = &bench.sandbox.cassette(FILE)["interactions"][0]["request"];
    assert_eq!(stored["headers"]["x-kind"], "For [REDACTED] Only");
    for kind in ["For id-123 Only", "FOR id-7 only", "FOR ID-9 ONLY"] {
        let said = run(Mode::Replay, kind, "a").await;
        assert_eq!(said, "ok [] [/]", "{kind}");
    }
    for kind in ["For id-123 all", "for "] {
        let said = run(Mode::Replay, kind, "A").await;
        assert_eq!(said, "unmatched [] [/]", "{kind}");
    }
}

#[tokio::test]
async fn a_miss_shows_the_values_as_they_are_compared() {
    let bench = Bench::new();
    let config = |mode| {
        bench
            .config(mode)
            .match_headers(["x-kind"])
            .case_sensitive(false)
    };
    let request = |value| bench.request("/").header("x-kind", value);
    bench
        .told(config(Mode::Record), request("One").send())
        .await;
    let ended = scope("c", config(Mode::Replay), request("TWO").send()).await;
    let text = ended.unwrap_err().to_string();
    assert!(
        text.contains("header x-kind    recorded: one    actual: two"),
        "{text}"
    );
}

#[tokio::test]
async fn what_is_excluded_is_in_no_file_and_counts_nowhere() {
    let server = Server::start(|_| {
        let answer = http::Response::builder().header("x-trace", "from the server");
        answer.header("x-other", "1").body("{}".into()).unwrap()
    });
    let bench = Bench::of(server);
    let run = async |mode, trace| {
        let config = bench.config(mode).exclude_headers(["X-Trace"]);
        let config = config.match_headers(["x-trace", "x-kind"]);
        let request = bench
            .request("/")
            .header("x-trace", trace)
            .header("x-kind", "1");
        let answer = async {
            let answer = request.send().await.unwrap();
            let header = answer.headers().get("x-trace");
            header.map(|value| value.to_str().unwrap().to_owned())
        };
        scope("c", config, answer).await.unwrap()
    };
    let recorded = run(Mode::Record, "from the client").await;
    assert_eq!(recorded.as_deref(), Some("from the server"));
    let file = bench.sandbox.read(FILE);
    assert!(
        !file.contains("from the") && !file.contains("x-trace"),
        "{file}"
    );
    for mode in [Mode::Replay, Mode::Update] {
        assert_eq!(run(mode, "another").await, None, "{mode}");
    }
    assert_eq!(bench.server.hits(), 1);
    assert_eq!(bench.sandbox.read(FILE), file);
    let interaction = &bench.sandbox.cassette(FILE)["interactions"][0];
    assert_eq!(interaction["response"]["headers"]["x-other"], json!("1"));
}
