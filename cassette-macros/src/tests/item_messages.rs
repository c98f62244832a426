//! What is said about the item below the attribute.

use insta::assert_snapshot;

use super::{expand, messages};

fn check(item: &str) -> String {
    messages(&expand("", item))
}

#[test]
fn not_a_function() {
    assert_snapshot!(check("struct Gamer { age: u8 }"), @"`#[cassette]` goes on a function: put it above a test");
    assert_snapshot!(check("mod tests { fn f() {} }"), @"`#[cassette]` goes on a function: put it above a test");
}

#[test]
fn functions_that_are_not_async() {
    for attributes in [
        "",
        "#[test]",
        "#[rstest]",
        "#[tokio::test]",
        "#[test_log::test]",
    ] {
        assert_eq!(check(&format!("{attributes} fn f() {{}}")), "");
    }
}

#[test]
fn below_the_test_attribute() {
    assert_snapshot!(check("#[::core::prelude::v1::test] fn f() { block_on(body) }"), @"`#[cassette]` must stand above `#[tokio::test]`: move it up one line");
}

#[test]
fn panics_of_single_cases() {
    assert_snapshot!(check("#[rstest] #[case(1)] #[should_panic] #[case::x(2)] #[tokio::test] async fn f(#[case] a: u8) {}"), @"`#[should_panic]` of one `#[case]` cannot have a cassette: move that case to a test of its own");
    assert_snapshot!(check("#[rstest] #[case(1)] #[case(2)] #[should_panic] #[tokio::test] async fn f(#[case] a: u8) {}"), @"");
}

#[test]
fn twice() {
    assert_snapshot!(check("#[cassette(match_body = false)] #[tokio::test] async fn f() {}"), @"`#[cassette]` is written twice: keep one of them");
}

#[test]
fn arguments_that_cannot_be_passed_on() {
    assert_snapshot!(check("async fn f((a, b): (u8, u8)) {}"), @"`#[cassette]` passes arguments by plain identifier: give this one a name, and take it apart in the body");
    assert_snapshot!(check("async fn f(_: u8, ref c: u8) {}"), @r#"
    `#[cassette]` passes arguments by plain identifier: give this one a name, and take it apart in the body
    `#[cassette]` passes arguments by plain identifier: give this one a name, and take it apart in the body
    "#);
    assert_snapshot!(check("async fn f(f: u8) {}"), @"this argument has the name of the function: give it another one");
}

#[test]
fn arguments_of_the_attribute_are_checked_as_well() {
    assert_snapshot!(messages(&expand("mode = 1", "async fn f(_: u8) {}")), @r#"
    `mode` takes one of "auto", "replay", "playback", "record", "update", "verify", "live"
    `#[cassette]` passes arguments by plain identifier: give this one a name, and take it apart in the body
    "#);
}

#[test]
fn a_receiver_and_a_missing_body() {
    // These do not parse as items of a file, so the errors are read without the rest.
    let said = |item: &str| {
        let mut errors = crate::errors::Errors::default();
        let test = crate::test_fn::TestFn::parse(item.parse().unwrap(), &mut errors);
        assert!(test.is_none());
        errors.messages().join("\n")
    };
    assert_snapshot!(said("async fn f(&self) {}"), @"`#[cassette]` needs a function of its own: a test has no `self`");
    assert_snapshot!(said("async fn f();"), @"the attribute needs a function with a body");
    assert_snapshot!(said("async fn f(a) {}"), @"expected `:`");
}
