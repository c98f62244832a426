//! octocrab, unmodified: its own builder takes the layer. It is recorded with a server that behaves as
//! GitHub does, and replayed with that server gone.

mod github;

use std::sync::Arc;

use cassette_core::Mode;
use cassette_tests::{Sandbox, Server};
use cassette_tower::{CassetteLayer, scope};
use http::Uri;
use http::header::{AUTHORIZATION, USER_AGENT};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use octocrab::models::Label;
use octocrab::service::middleware::base_uri::BaseUriLayer;
use octocrab::service::middleware::extra_headers::ExtraHeadersLayer;
use octocrab::{AuthState, Octocrab, OctocrabBuilder};
use tower_http::follow_redirect::FollowRedirectLayer;

const KEY: &str = "Bearer s3cret-of-somebody";

fn octocrab(url: &str) -> Octocrab {
    let client = Client::builder(TokioExecutor::new()).build_http();
    let headers = vec![
        (USER_AGENT, "octocrab".parse().unwrap()),
        (AUTHORIZATION, KEY.parse().unwrap()),
    ];
    OctocrabBuilder::new_empty()
        .with_service(client)
        .with_layer(&CassetteLayer::new())
        .with_layer(&FollowRedirectLayer::new())
        .with_layer(&BaseUriLayer::new(url.parse::<Uri>().unwrap()))
        .with_layer(&ExtraHeadersLayer::new(Arc::new(headers)))
        .with_auth(AuthState::None)
        .build()
        .unwrap()
}

/// Runs a test against the server, then without it, and returns what it saw, with the sandbox.
async fn recorded_and_replayed<T: std::fmt::Debug + PartialEq>(
    test: impl AsyncFn(Octocrab) -> T,
) -> (T, Sandbox) {
    let (sandbox, server): (_, Server) = (Sandbox::new(), github::start());
    let url = server.url("");
    // Built outside of the cassettes: its buffer has a task of its own.
    let octocrab = octocrab(&url);
    let record = sandbox.config(Mode::Record);
    let recorded = scope("c", record, test(octocrab.clone())).await.unwrap();
    server.stop();
    let replay = sandbox.config(Mode::Replay);
    let replayed = scope("c", replay, test(octocrab)).await.unwrap();
    assert_eq!(replayed, recorded);
    assert!(!sandbox.read("c.json").contains("s3cret"));
    (recorded, sandbox)
}

fn names(labels: &[Label]) -> Vec<&str> {
    labels.iter().map(|label| &*label.name).collect()
}

#[tokio::test]
async fn all_pages_are_recorded_and_replayed() {
    let (labels, sandbox) = recorded_and_replayed(async |octocrab| {
        let issues = octocrab.issues("o", "r");
        let page = issues.list_labels_for_repo().per_page(2).send().await;
        octocrab.all_pages::<Label>(page.unwrap()).await.unwrap()
    })
    .await;
    let expected: Vec<_> = (1..=6).map(|id| format!("label {id}")).collect();
    assert_eq!(names(&labels), expected);
    let asked =
        ["?per_page=2", "?page=2", "?page=3"].map(|query| format!("/repos/o/r/labels{query}"));
    assert_eq!(sandbox.requested("c.json"), asked);
}

#[tokio::test]
async fn what_is_sent_is_recorded_and_matched() {
    let (labels, sandbox) = recorded_and_replayed(async |octocrab| {
        let issues = octocrab.issues("o", "r");
        let make = async |name| issues.create_label(name, "f29513", "new").await.unwrap();
        [make("bug").await, make("idea").await]
    })
    .await;
    assert_eq!(names(&labels), ["bug", "idea"]);
    let stored = &sandbox.cassette("c.json")["interactions"][1]["request"]["body"]["json"];
    assert_eq!(stored["name"], "idea");
}

#[tokio::test]
async fn what_is_not_found_is_not_found_again() {
    let (error, _) =
        recorded_and_replayed(
            async |octocrab| match octocrab.repos("o", "nothing").get().await {
                Err(octocrab::Error::GitHub { source, .. }) => (source.status_code, source.message),
                other => panic!("{other:?}"),
            },
        )
        .await;
    assert_eq!(error, (http::StatusCode::NOT_FOUND, "Not Found".to_owned()));
}

#[tokio::test]
async fn a_redirect_that_is_followed_above_the_layer_makes_two_interactions() {
    let (labels, sandbox) = recorded_and_replayed(async |octocrab| {
        let issues = octocrab.issues("o", "old");
        let page = issues.list_labels_for_repo().send().await;
        page.unwrap().items
    })
    .await;
    assert_eq!(names(&labels), ["label 5", "label 6"]);
    // octocrab writes the question mark without a query, too.
    let asked = ["/repos/o/old/labels?", "/repositories/1/labels?page=3"];
    assert_eq!(sandbox.requested("c.json"), asked);
}

#[tokio::test]
async fn a_call_that_was_not_recorded_is_an_error_with_the_report() {
    let (sandbox, server) = (Sandbox::new(), github::start());
    let octocrab = octocrab(&server.url(""));
    let ask = async |repo| {
        octocrab
            .issues("o", repo)
            .list_labels_for_repo()
            .send()
            .await
    };
    let record = sandbox.config(Mode::Record);
    scope("c", record, ask("r")).await.unwrap().unwrap();
    let mut said = String::new();
    let missed = scope("c", sandbox.config(Mode::Replay), async {
        said = format!("{:?}", ask("x").await.unwrap_err());
    });
    assert!(missed.await.unwrap_err().is_unmatched());
    assert!(said.contains("no recorded interaction matches"), "{said}");
    assert_eq!(server.hits(), 1);
}
