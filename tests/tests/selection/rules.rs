//! `unrecorded` and `exclude_urls`: what fits them goes to the network in every mode, and into no file.

use cassette_core::{Config, Mode, Order};

use crate::bench::{Bench, FILE};

type Say = fn(Config) -> Config;

const ASKS: [&str; 3] = ["/api", "/health?token=1", "/api/2"];

/// Sends [`ASKS`] in each mode in turn, with rules that let the second one past.
async fn check(say: Say) {
    let bench = Bench::new();
    let recorded = "ok [/api /health?token=1 /api/2] [/api /api/2]";
    let played = "ok [/health?token=1] [/api /api/2]";
    let modes = [
        (Mode::Live, "ok [/api /health?token=1 /api/2] []"),
        (Mode::Auto, recorded),
        (Mode::Auto, played),
        (Mode::Replay, played),
        (Mode::Update, played),
        (Mode::Live, recorded),
        (Mode::Record, recorded),
    ];
    for (mode, expected) in modes {
        let said = bench.run(say(bench.config(mode)), &ASKS).await;
        assert_eq!(said, expected, "{mode}");
        let strict = say(bench.config(mode)).order(Order::Strict);
        if mode != Mode::Live {
            // The first run with a new file is over.
            let said = bench.run(strict, &ASKS).await;
            let again = if mode == Mode::Record {
                recorded
            } else {
                played
            };
            assert_eq!(said, again, "{mode}, in strict order");
        }
    }
}

#[tokio::test]
async fn a_rule_of_method_host_and_path_lets_past_in_every_mode() {
    check(|config| config.unrecorded(["GET 127.0.0.1:*/health"])).await;
}

#[tokio::test]
async fn the_last_rule_that_fits_takes_back_what_an_earlier_one_says() {
    check(|config| config.unrecorded(["*", "!127.0.0.1/api", "!GET */api/**"])).await;
}

#[tokio::test]
async fn a_part_of_a_url_lets_past_in_every_mode() {
    check(|config| config.exclude_urls(["/metrics", "/health"])).await;
}

#[tokio::test]
async fn a_regular_expression_lets_past_in_every_mode() {
    check(|config| config.exclude_urls([r"regex:[?&]token=\d$"])).await;
}

#[tokio::test]
async fn rules_and_urls_add_up() {
    let bench = Bench::new();
    let say = || {
        let config = bench.config(Mode::Auto);
        config.unrecorded(["*/a"]).exclude_urls(["/b"])
    };
    let asks = ["/a", "/b", "/c"];
    assert_eq!(bench.run(say(), &asks).await, "ok [/a /b /c] [/c]");
    assert_eq!(bench.run(say(), &asks).await, "ok [/a /b] [/c]");
}

#[tokio::test]
async fn in_ci_they_let_past_as_well() {
    let bench = Bench::recorded(&["/api"]).await;
    let config = bench.config(Mode::Auto).environment([("CI", "true")]);
    let config = config.unrecorded(["*/health"]);
    let said = bench.run(config, &["/api", "/health"]).await;
    assert_eq!(said, "ok [/health] [/api]");
}

#[tokio::test]
async fn a_replay_asks_the_network_for_nothing_else() {
    let bench = Bench::recorded(&["/api"]).await;
    let config = bench.config(Mode::Replay).unrecorded(["*/health"]);
    let said = bench.run(config, &["/api", "/health", "/new"]).await;
    assert_eq!(said, "unmatched [/health] [/api]");
}

#[tokio::test]
async fn a_test_of_which_nothing_is_recorded_still_has_a_cassette() {
    let bench = Bench::new();
    let auto = || bench.config(Mode::Auto).unrecorded(["*"]);
    assert_eq!(bench.run(auto(), &["/a"]).await, "ok [/a] []");
    assert!(bench.sandbox.exists(FILE));
    let replay = bench.config(Mode::Replay).unrecorded(["*"]);
    assert_eq!(bench.run(replay, &["/a"]).await, "ok [/a] []");
}

#[tokio::test]
async fn a_server_that_is_down_is_the_test_s_own_affair() {
    let bench = Bench::recorded(&["/api"]).await;
    let config = bench.config(Mode::Replay).exclude_urls(["/health"]);
    let Bench { server, sandbox } = bench;
    let (api, health) = (server.url("/api"), server.url("/health"));
    server.stop();
    let asks = async {
        let get = |url| cassette_reqwest::client().get(url).send();
        get(api).await.unwrap();
        assert!(get(health).await.unwrap_err().is_connect());
    };
    cassette_reqwest::scope("c", config, asks).await.unwrap();
    assert_eq!(sandbox.requested(FILE), ["/api"]);
}

/// What is masked elsewhere is known from everywhere, whether it is recorded or not.
#[tokio::test]
async fn a_secret_of_what_goes_past_is_masked_where_it_comes_back() {
    let bench = Bench::new();
    let config = bench.config(Mode::Auto).unrecorded(["*/login"]);
    let (login, other) = (
        bench.request("/login"),
        bench.request("/?q=hunter2-hunter2"),
    );
    let asks = async {
        login.bearer_auth("hunter2-hunter2").send().await.unwrap();
        other.send().await.unwrap();
    };
    bench.told(config, asks).await;
    assert!(!bench.sandbox.read(FILE).contains("hunter2"));
}
