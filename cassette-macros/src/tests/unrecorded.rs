//! `#[unrecorded]`: what it expands to, and what it says when it is used wrongly.

use insta::assert_snapshot;
use proc_macro2::TokenStream;
use quote::quote;

use super::{expand, has_function, messages, pretty, root};
use crate::unrecorded::unrecorded;

fn expanded(arguments: &str, item: &str) -> TokenStream {
    unrecorded(arguments.parse().unwrap(), item.parse().unwrap(), &root())
}

fn said(item: &str) -> String {
    messages(&expanded("", item))
}

#[test]
fn a_function_keeps_its_signature() {
    assert_snapshot!(pretty(expanded(
        "",
        r"
            /// Documented.
            #[must_use]
            pub(crate) async fn health<'a, T: Ask, const N: usize>(mut client: &'a T, [a, b]: [u8; 2]) -> Result<[u8; N], E> where T: 'a {
                #![allow(unused)]
                client.ask(a).await?;
                Ok([b; N])
            }
        ",
    )));
}

#[test]
fn a_method_keeps_its_self() {
    let method = expanded("", "async fn health(&mut self) { self.ask().await; }");
    assert_snapshot!(pretty(quote!(impl Client { #method })));
}

#[test]
fn what_is_returned_is_said_where_it_can_be() {
    let pinned = |output: &str| {
        let tokens = expanded("", &format!("async fn f() -> {output} {{ todo!() }}"));
        let text = tokens.to_string();
        let (_, behind) = text.split_once("returned : ")?;
        Some(behind.split(" = loop").next()?.to_owned())
    };
    assert_eq!(pinned("u8").as_deref(), Some("u8"));
    assert_eq!(
        pinned("Result<(impl Display, &'a [impl Debug; 2]), E>").as_deref(),
        Some("Result < (_ , & 'a [_ ; 2]) , E >")
    );
    assert_eq!(pinned("impl Display"), None);
    assert_eq!(pinned("!"), None);
}

#[test]
fn it_takes_no_arguments() {
    let tokens = expanded("\"localhost:*\"", "async fn f() {}");
    assert_snapshot!(messages(&tokens), @"`#[unrecorded]` takes no arguments: rules by method, host and path are `#[cassette(unrecorded = […])]`");
    assert!(has_function(&tokens, "f"));
}

#[test]
fn a_function_that_is_not_async_gets_a_closure() {
    assert_snapshot!(pretty(expanded(
        "",
        "fn health<'a>(client: &'a mut Client, [a, b]: [u8; 2]) -> Result<&'a str, E> { client.ask(a)?; Ok(client.last()) }",
    )));
    let method = expanded("", "fn health(self) { self.ask(); }");
    assert_snapshot!(pretty(quote!(impl Client { #method })));
}

#[test]
fn a_future_that_is_returned_would_be_past_its_end() {
    let message = "`#[unrecorded]` ends before a future does that is returned: make it an `async fn`, or return `unrecorded(future)`";
    for output in [
        "impl Future<Output = u8>",
        "Pin<Box<dyn ::core::future::Future<Output = ()> + Send>>",
        "(u8, BoxFuture<'static, ()>)",
    ] {
        let tokens = expanded("", &format!("fn f() -> {output} {{ g() }}"));
        assert_eq!(messages(&tokens), message, "{output}");
        assert!(has_function(&tokens, "f"), "{output}");
    }
    assert_eq!(said("fn f() -> Futures { g() }"), "");
}

#[test]
fn it_goes_on_functions() {
    assert_snapshot!(said("struct Client;"), @"`#[unrecorded]` goes on a function: around a future, write `unrecorded(future)`");
    assert_snapshot!(said("impl Client { async fn f(&self) {} }"), @"`#[unrecorded]` goes on a function: around a future, write `unrecorded(future)`");
}

#[test]
fn a_function_without_a_body_is_none() {
    let tokens = expanded("", "async fn f(&self);").to_string();
    assert_snapshot!(tokens.split('"').nth(1).unwrap(), @"the attribute needs a function with a body");
}

#[test]
fn it_does_not_go_on_a_test_with_a_cassette() {
    assert_snapshot!(said("#[cassette_reqwest::cassette(match_body = false)] #[tokio::test] async fn f() {}"), @"`#[unrecorded]` on a test with `#[cassette]` would leave nothing to record: take one of them away, or put `#[unrecorded]` on what the test calls");
    let tokens = expand(
        "",
        "#[cassette_reqwest::unrecorded] #[tokio::test] async fn f() {}",
    );
    assert_snapshot!(messages(&tokens), @"`#[unrecorded]` on a test with `#[cassette]` would leave nothing to record: take one of them away, or put `#[unrecorded]` on what the test calls");
    assert!(
        !tokens
            .to_string()
            .contains("# [cassette_reqwest :: unrecorded]")
    );
}
