//! What comes out, in full.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use super::{cassette, expand, has_function, messages, pretty, root};

macro_rules! check {
    ($arguments:expr, $item:expr $(,)?) => {
        insta::assert_snapshot!(pretty(expand($arguments, $item)))
    };
}

#[test]
fn no_arguments() {
    check!(
        "",
        "#[tokio::test] async fn gets_gamer() { assert!(true); }"
    );
}

#[test]
fn all_arguments_in_the_order_written() {
    check!(
        r#"
            "personas/gamer", dir = "fixtures", mode = "playback", track = "signature", tracks = [], on_change = "recheck",
            max_age = "1d 12h", on_expiry = "fail", match_body = true, match_query = true,
            match_headers = ["accept", "X-Version"], case_sensitive = false, ignore_headers = [], ignore_query = ["page"],
            ignore_json = ["/created", "/messages/*/id"], exclude_headers = ["date"], redact = ["pin", "json:/users/*/email"],
            keep = ["shape:jwt"], order = "strict",
            repeat = "last", unused = "allow", reject_status = [401, 4_29, 0x1f4, "5xx"], extends = ["login", "{{a}}"],
            unrecorded = ["*", "!POST api.example.com/v1/**"], exclude_urls = ["/metrics", "regex:[?&]token="],
            volatile_headers = ["x-trace"], volatile_json = ["/id"], on_drift = "warn", verify_headers = ["content-type"],
            verify_ignore = ["/created"], verify_tolerance = ["/price 0.5"], stream = true, latency = "x0.5",
            body_limit = 262_144, compress = true, config = common::config,
        "#,
        "#[tokio::test] async fn gets_gamer() {}",
    );
}

#[test]
fn latencies_and_limits_keep_their_value() {
    let check = |argument: &str, call: &str| {
        let expanded = expand(argument, "async fn f() {}").to_string();
        let expanded = expanded.replace(' ', "");
        assert!(
            expanded.contains(&format!("|config|config.{call}")),
            "{expanded}"
        );
    };
    let check_latency = |text: &str, value: &str| {
        let call = format!("latency(::cassette_reqwest::__private::Latency::{value})");
        check(&format!("latency = {text:?}"), &call);
    };
    check_latency("recorded", "Recorded");
    check_latency("x2", "Factor(2f64)");
    check_latency(
        "1s 500ms",
        "Fixed(::core::time::Duration::from_millis(1500u64))",
    );
    check("body_limit = 0", "body_limit(0)");
    check("body_limit = 0x4_0000", "body_limit(0x4_0000)");
    check("stream = false", "stream(false)");
}

#[test]
fn arguments_result_and_attributes_pass_through() {
    check!(
        r#"name = "x", match_body = false"#,
        r"
            /// Documented.
            #[tokio::test]
            #[ignore]
            pub async fn gets(#[case] a: u32, mut b: String) -> Result<(), E> {
                b.push('!');
                call(a, b).await?;
                Ok(())
            }
        ",
    );
}

#[test]
fn generics_and_where_clause_are_kept() {
    check!(
        "",
        "async fn gets<'a, T, const N: usize>(a: &'a [T; N], b: impl Display) where T: Debug + 'a {}"
    );
}

#[test]
fn should_panic_has_its_own_entry() {
    check!(
        "",
        r#"#[tokio::test] #[should_panic(expected = "no")] async fn panics() { panic!("no") }"#
    );
}

#[test]
fn a_function_that_is_not_async_is_called_in_a_closure() {
    check!(
        "",
        "#[test] fn gets<const N: usize>(a: [u8; N], mut b: String) -> Result<(), E> { b.push('!'); call(a, b) }"
    );
    check!("", "#[test] #[should_panic] fn panics() { panic!() }");
}

#[test]
fn a_raw_identifier_is_told_without_its_prefix() {
    check!(
        r#"name = "{type}""#,
        "#[tokio::test] async fn r#match(r#type: u8) {}"
    );
}

#[test]
fn placeholders_are_filled_at_run_time() {
    check!(
        r#""gamer-{age:02}""#,
        "#[rstest] #[case(25)] #[tokio::test] async fn scores(#[case] age: u32) {}"
    );
}

#[test]
fn a_name_with_escaped_braces_only_is_a_plain_one() {
    check!(r#""{{a}}""#, "async fn scores() {}");
}

#[test]
fn an_unawaited_future_of_rstest_stays_a_future() {
    check!(
        "",
        "#[rstest] #[tokio::test] async fn scores(#[future] a: u32, #[future] b: &str, #[future(awt)] c: u32) {}"
    );
    check!(
        "",
        "#[rstest] #[awt] #[tokio::test] async fn scores(#[future] a: u32) {}"
    );
}

#[test]
fn what_is_right_is_expanded_beside_the_error() {
    check!(
        r#"match_boddy = false, unused = "warn", name = "{b}""#,
        "#[tokio::test] async fn gets_gamer(a: u8) {}"
    );
}

#[test]
fn a_body_the_parser_does_not_understand_passes_through() {
    let expanded = expand("", "async fn f() { half. }");
    assert!(expanded.to_string().contains("{ half . }"));
}

#[test]
fn fragments_of_a_declarative_macro_are_opened() {
    let group = |text: &str| TokenTree::from(Group::new(Delimiter::None, text.parse().unwrap()));
    let whole = cassette(
        "".parse().unwrap(),
        group("async fn f() { g() }").into(),
        &root(),
        &|| None,
    );
    let mut tokens: TokenStream = "async fn f()".parse().unwrap();
    tokens.extend([group("{ g() }")]);
    let parts = cassette("".parse().unwrap(), tokens, &root(), &|| None);
    let plain = pretty(expand("", "async fn f() { g() }"));
    assert_eq!(pretty(whole), plain);
    assert_eq!(pretty(parts), plain);
}

#[test]
fn the_item_comes_out_with_every_error() {
    for (arguments, item) in [
        ("nonsense", "async fn f() {}"),
        ("", "fn f(_: u8) {}"),
        ("", "async fn f((a, b): (u8, u8)) {}"),
        ("", "#[::core::prelude::v1::test] fn f() {}"),
    ] {
        let expanded = expand(arguments, item);
        assert!(has_function(&expanded, "f"), "{item}");
        assert_ne!(messages(&expanded), "", "{item}");
    }
}
