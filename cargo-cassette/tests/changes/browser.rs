//! The page in a real browser, headless. It needs Chromium: `cargo test -p cargo-cassette --features browser`.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::repository::{Repository, get, ok};
use serde_json::{Value, json};

/// What servers could say to do harm; each would set the title, if it ran.
const HOSTILE: [&str; 9] = [
    "</script><script>document.title='harm'</script>",
    "<img src=x onerror=\"document.title='harm'\">",
    "<svg/onload=document.title='harm'>",
    "<!--<script>document.title='harm'",
    "javascript:document.title='harm'",
    "\"><iframe srcdoc=\"<script>parent.document.title='harm'</script>\">",
    "\u{2028}document.title='harm'\u{2029}",
    "\u{202e}'mrah'=eltit.tnemucod\u{202c}",
    "{{script}}{{data}}]]>&lt;script&gt;",
];

/// A repository in which everything hostile was recorded everywhere it can be.
fn hostile() -> Repository {
    let repository = Repository::new();
    repository.record(
        "a",
        &[get("/a", ok(json!({ "kept": "needle", "old": HOSTILE })))],
    );
    repository.commit();
    let mut interactions = vec![get("/a", ok(json!({ "kept": "needle", "new": HOSTILE })))];
    for text in HOSTILE {
        let header = text.replace(|c: char| !c.is_ascii(), "?");
        interactions.push(json!({
            "request": { "method": "POST", "url": format!("http://shop.test/{text}"), "body": { "text": text } },
            "response": { "status": 500, "headers": { "x-text": header }, "body": { "text": text } }
        }));
        interactions.push(json!({
            "request": { "method": "GET", "url": text },
            "error": { "kind": "timeout", "message": text }
        }));
    }
    let huge: String = (0..200_000).map(|at| format!("<b>{at}</b>\n")).collect();
    interactions.push(get(
        "/huge",
        json!({ "status": 200, "body": { "text": huge } }),
    ));
    let long = "<i>".repeat(1_000_000);
    let long_url = format!("/{}", "<u>".repeat(300_000));
    interactions.push(get(&long_url, json!({ "status": 200 })));
    interactions.push(get(
        "/long",
        json!({ "status": 200, "body": { "text": long } }),
    ));
    interactions.push(get(
        "/bytes",
        json!({ "status": 200, "body": { "base64": "/zxzY3JpcHQ+" } }),
    ));
    repository.record("a", &interactions);
    repository
}

fn page(repository: &Repository) -> PathBuf {
    let said = repository.cassette(&["report", "--html", "-o", "report.html"]);
    assert_eq!(said.code, Some(0), "{said}");
    repository.path("report.html")
}

/// Opens a page; what is behind `#` can be a search.
fn browse(page: &Path, behind: &str, more: &[&str]) -> String {
    let profile = tempfile::tempdir().unwrap();
    let mut chromium = Command::new("chromium");
    chromium.args([
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-dev-shm-usage",
        "--virtual-time-budget=10000",
        "--window-size=1280,1600",
    ]);
    chromium.arg(format!("--user-data-dir={}", profile.path().display()));
    chromium
        .args(more)
        .arg(format!("file://{}{behind}", page.display()));
    let output = chromium.output().expect("chromium is installed");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

/// The document as it is when all scripts have run.
fn dom(page: &Path, behind: &str) -> String {
    browse(page, behind, &["--dump-dom"])
}

/// The document without the data, the style and the script that stand in it.
fn visible(dom: &str) -> String {
    let (_, main) = dom.split_once("<main").unwrap();
    main.split_once("</main>").unwrap().0.to_owned()
}

#[test]
fn nothing_that_was_recorded_runs_or_becomes_an_element() {
    let repository = hostile();
    let dom = dom(&page(&repository), "#search=harm");
    assert!(
        dom.contains("<title>What has changed of the cassettes</title>"),
        "a script ran"
    );
    let shown = visible(&dom);
    for element in [
        "<script", "<img", "<svg", "<iframe", "<b>0", "<i>", "<a ", "href=",
    ] {
        assert!(!shown.contains(element), "{element}");
    }
    // It is there as text, so this page has shown it.
    assert!(shown.contains("&lt;img src=x onerror="), "{shown}");
    assert!(
        !shown.contains(['\u{202e}', '\u{2028}']),
        "nothing turns the direction of writing"
    );
    assert!(shown.contains("\\u{202e}"));
}

/// The test above sees a script that runs: this one is let run.
#[test]
fn a_script_that_ran_would_be_seen() {
    let repository = hostile();
    let page = page(&repository);
    let text = std::fs::read_to_string(&page).unwrap();
    let policy = text.find("<meta http-equiv").unwrap();
    let end = text[policy..].find('>').unwrap() + policy;
    let broken = text[..policy].to_owned() + &text[end + 1..];
    let broken = broken.replace(
        "<main",
        &format!("{}<main", HOSTILE[0].trim_start_matches("</script>")),
    );
    std::fs::write(&page, &broken).unwrap();
    assert!(dom(&page, "").contains("<title>harm</title>"));
    // And the policy alone stops it.
    let kept = text.replace(
        "<main",
        &format!("{}<main", HOSTILE[0].trim_start_matches("</script>")),
    );
    std::fs::write(&page, kept).unwrap();
    assert!(dom(&page, "").contains("<title>What has changed"));
}

#[test]
fn large_bodies_are_cut_with_a_note() {
    let repository = hostile();
    let page = page(&repository);
    let size = std::fs::metadata(&page).unwrap().len();
    assert!(size < 1_000_000, "{size}");
    let shown = visible(&dom(&page, "#search=(cut"));
    assert!(
        shown.contains("the body has 2.9 MB") || shown.contains("the body has "),
        "{shown}"
    );
    assert!(shown.contains("the line has 3000000 characters"));
    let cut: Vec<_> = shown
        .match_indices("the line has ")
        .map(|(at, _)| &shown[at..at + 40])
        .collect();
    assert!(shown.contains("the line has 900017 characters"), "{cut:?}");
}

#[test]
fn a_search_shows_what_holds_it_and_hides_the_rest() {
    let repository = Repository::new();
    repository.record("first", &[get("/1", ok(json!({ "fruit": "apple" })))]);
    repository.record("second", &[get("/2", ok(json!({ "fruit": "pear" })))]);
    let page = page(&repository);
    let all = visible(&dom(&page, ""));
    assert_eq!(all.matches("<section class=\"cassette\"").count(), 2);
    assert!(!all.contains("hidden"), "{all}");
    let found = visible(&dom(&page, "#search=PEAR"));
    assert!(found.contains("<mark>pear</mark>"), "{found}");
    let hidden: Vec<_> = found
        .split("<section ")
        .skip(1)
        .map(|one| one.split('>').next().unwrap().contains("hidden"))
        .collect();
    assert_eq!(hidden, [true, false]);
    let none = visible(&dom(&page, "#search=plum"));
    assert_eq!(
        none.split("<section ")
            .skip(1)
            .filter(|one| one.split('>').next().unwrap().contains("hidden"))
            .count(),
        2
    );
}

/// A page of ordinary changes, as a person sees it.
fn ordinary() -> Repository {
    let repository = Repository::new();
    let user = |name: &str, plan: &str| {
        json!({ "id": 7, "name": name, "plan": plan, "roles": ["reader", "author"], "address": { "city": "London", "zip": "N1" },
            "created": "2025-01-02", "tags": ["a", "b", "c", "d", "e", "f", "g"], "active": true })
    };
    let timed = |mut one: Value, time: &str| {
        one["response"]["timing"] = json!(time);
        one
    };
    repository.record(
        "users/reads_a_user",
        &[
            timed(get("/v1/users/7", ok(user("ada", "free"))), "120ms 3ms"),
            timed(
                get("/v1/users/7/orders?page=1", ok(json!([1, 2, 3]))),
                "340ms 2ms",
            ),
            timed(
                get(
                    "/v1/users/7/avatar",
                    json!({ "status": 200, "body": { "base64": "/wABAgM=" } }),
                ),
                "80ms 20ms",
            ),
        ],
    );
    repository.record("orders/lists", &[get("/v1/orders", ok(json!([1])))]);
    repository.commit();
    repository.record(
        "users/reads_a_user",
        &[
            timed(get("/v1/users/7", ok(user("ada", "paid"))), "110ms 3ms"),
            timed(
                get("/v1/users/7/orders?page=1", ok(json!([1, 2, 3]))),
                "340ms 2ms",
            ),
            timed(
                get(
                    "/v1/users/7/orders?page=2",
                    json!({ "status": 404, "body": { "json": { "error": "no such page" } } }),
                ),
                "60ms 1ms",
            ),
            timed(
                get(
                    "/v1/users/7/avatar",
                    json!({ "status": 200, "body": { "base64": "/wABAgMEBQ==" } }),
                ),
                "95ms 20ms",
            ),
        ],
    );
    std::fs::remove_file(repository.cassette_path("orders/lists.json")).unwrap();
    repository
}

/// Returns what a script of ours says at the end of the page. The policy would not let it run, so this page
/// has none.
fn ask(page: &Path, script: &str, more: &[&str]) -> String {
    let text = std::fs::read_to_string(page).unwrap();
    let text = text.replace("http-equiv=\"Content-Security-Policy\"", "name=\"policy\"");
    let script = format!("<script>document.title = (() => {{ {script} }})();</script></body>");
    let path = page.with_file_name("asked.html");
    std::fs::write(&path, text.replace("</body>", &script)).unwrap();
    let dom = browse(&path, "", &[&["--dump-dom"], more].concat());
    let (_, title) = dom.split_once("<title>").unwrap();
    title.split_once("</title>").unwrap().0.to_owned()
}

const GROUND: &str = "return getComputedStyle(document.body).backgroundColor;";

#[test]
fn the_page_is_light_or_dark_as_the_system_is() {
    let repository = ordinary();
    let page = page(&repository);
    assert_eq!(ask(&page, GROUND, &[]), "rgb(247, 247, 245)");
    let dark = ["--blink-settings=preferredColorScheme=0"];
    assert_eq!(ask(&page, GROUND, &dark), "rgb(22, 24, 28)");
}

#[test]
fn everything_can_be_done_by_keys() {
    let repository = ordinary();
    let script = r#"
        const press = (key) => (document.activeElement ?? document.body)
            .dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
        const at = () => document.activeElement.querySelector(".url")?.textContent ?? document.activeElement.id;
        const open = () => document.querySelectorAll("details[open]").length;
        const said = [];
        press("j"); said.push(at());
        press("j"); said.push(at());
        press("k"); said.push(at());
        press("e"); said.push(open());
        press("e"); said.push(open());
        press("t"); said.push(getComputedStyle(document.body).backgroundColor);
        press("/"); said.push(at());
        press("t"); said.push(getComputedStyle(document.body).backgroundColor);
        return said.join(" | ");
    "#;
    insta::assert_snapshot!(ask(&page(&repository), script, &[]), @"http://shop.test/v1/orders | http://shop.test/v1/users/7 | http://shop.test/v1/orders | 4 | 0 | rgb(22, 24, 28) | search | rgb(22, 24, 28)");
}

#[test]
fn bodies_stand_side_by_side_with_their_differences_marked() {
    let repository = ordinary();
    let shown = visible(&dom(&page(&repository), "#search=plan"));
    let line = |class, value| {
        format!("<td class=\"{class}\">  \"<mark>plan</mark>\": \"<b>{value}</b>\",</td>")
    };
    assert!(shown.contains(&line("old", "free")), "{shown}");
    assert!(shown.contains(&line("new", "paid")), "{shown}");
    assert!(shown.contains(" equal lines</button>"), "{shown}");
}

#[test]
fn requests_stand_on_a_timeline_with_their_recorded_times() {
    let repository = ordinary();
    let shown = visible(&dom(&page(&repository), ""));
    let bars: Vec<_> = shown
        .split("<nav ")
        .skip(1)
        .map(|bar| bar.matches("<button").count())
        .collect();
    assert_eq!(bars, [1, 4]);
    assert!(shown.contains("flex-grow: 342"), "{shown}");
    assert!(shown.contains("631 ms"), "{shown}");
    assert!(shown.contains(">in order<"), "{shown}");
}
