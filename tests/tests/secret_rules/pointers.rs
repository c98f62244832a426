//! Pointers into JSON.

use std::slice::from_ref;

use crate::PIN;
use crate::trial::{Ask, check, keep, redact};

#[tokio::test]
async fn a_pointer_masks_the_strings_at_its_place_and_no_others() {
    let say = redact(&["json:/users/*/email", "json:/a~1b/~0c"]);
    let users = r##"{"email":"#","users":[{"email":"$","n":1.50},{"email":"$"},{"mail":"#"}],"##;
    let rest = r##""users2":[{"email":"#"}],"a/b":{"~c":"$","c":"#"}}"##;
    check(&say, &Ask::json(format!("{users}{rest}")), PIN).await;
    // One level more, one level less.
    check(&say, &Ask::json(r##"{"users":{"email":"#"}}"##), PIN).await;
    check(&say, &Ask::json(r##"[{"users":[{"email":"#"}]}]"##), PIN).await;
}

#[tokio::test]
async fn numbers_and_booleans_become_strings_and_null_stays() {
    let say = redact(&["json:/a", "json:/list/*"]);
    let ask = Ask::json(r#"{"a": @, "b": 1.50, "list":[@ , null,@], "c":null}"#);
    for value in ["4711", "-1.5e7", "true", "false"] {
        let ask = ask.replace("#", value);
        check_one(&say, &ask, value).await;
    }
    check(&say, &Ask::json(r#"{"a":null,"list":[null]}"#), PIN).await;
    check(&say, &Ask::json(r#"{"a":"","list":[""]}"#), PIN).await;
}

/// Another value of a number may be anything.
async fn check_one(say: &crate::trial::Say<'_>, ask: &Ask, value: &str) {
    let trial = crate::trial::Trial::new();
    let live = ask.filled(value, "");
    trial.record(say, from_ref(&live)).await.unwrap();
    let masked = ask.replace("@", "\"[REDACTED]\"");
    trial.expect_stored(0, &masked);
    for other in [value, "12", "\"another\""] {
        let got = trial.replay(say, &[ask.filled(other, "")]).await;
        assert_eq!(got, [crate::trial::Got::from(&masked)]);
    }
}

#[tokio::test]
async fn an_object_or_a_list_is_masked_with_all_that_is_in_it() {
    let say = redact(&["json:/user"]);
    let ask = Ask::json(r##"{"user":{"name":"$","tags":["$",{"x":"$"}],"none":null},"name":"#"}"##);
    check(&say, &ask, PIN).await;
    check(
        &say,
        &Ask::json(r##"{"user":["$",["$"]],"name":"#"}"##),
        PIN,
    )
    .await;
}

#[tokio::test]
async fn a_pointer_names_the_place_in_each_line_and_each_event() {
    let say = redact(&["json:/user/email", "json:/n"]);
    let lines = "{\"user\":{\"email\":\"$\"}}\n{\"email\":\"#\"}\n\n{\"n\":\"$\"}\n";
    check(&say, &Ask::body("application/x-ndjson", lines), PIN).await;
    let events = "event: a\ndata: {\"user\":{\"email\":\"$\"}}\n\n: #\ndata:{\"n\":\"$\"}\n\ndata: [DONE]\n\n";
    check(&say, &Ask::body("text/event-stream", events), PIN).await;
    let pretty = "{\n  \"user\": {\n    \"email\": \"$\"\n  }\n}\n";
    check(&say, &Ask::json(pretty), PIN).await;
}

#[tokio::test]
async fn a_pointer_keeps_what_is_at_its_place_and_nothing_else() {
    let say = keep(&["json:/user/password", "json:/all"]);
    let user = r##"{"password":"$","user":{"password":"#","api_key":"$"},"##;
    let all = r##""all":{"password":"#","list":[{"api_key":"#"}]}}"##;
    check(&say, &Ask::json(format!("{user}{all}")), PIN).await;
    let events = "data: {\"user\":{\"password\":\"#\"}}\n\ndata: {\"password\":\"$\"}\n\n";
    check(&say, &Ask::body("text/event-stream", events), PIN).await;
}

#[tokio::test]
async fn a_pointer_may_be_kept_of_what_a_name_redacts() {
    let say = |config: cassette_core::Config| config.redact(["pin"]).keep(["json:/a/*/pin"]);
    let ask = Ask::json(r##"{"pin":"$","a":[{"pin":"#"},{"b":{"pin":"$"}}]}"##);
    check(&say, &ask, PIN).await;
}
