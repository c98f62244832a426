use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use super::{of_signature, of_tokens};

fn tokens(text: &str) -> TokenStream {
    text.parse().unwrap()
}

fn body(text: &str) -> String {
    of_tokens(tokens(text))
}

fn signature(text: &str) -> String {
    of_signature(&syn::parse_str(text).unwrap())
}

#[track_caller]
fn same(left: &str, right: &str) {
    assert_eq!(body(left), body(right), "{left}   and   {right}");
}

#[track_caller]
fn different(left: &str, right: &str) {
    assert_ne!(body(left), body(right), "{left}   and   {right}");
}

const GAMER: &str = r#"
    let personas = Personas::new(client());
    let persona = personas.from_prompt("Create a gamer persona", &[1.5, 0x1f]).await?;
    assert_eq!(persona.kind, "gamer");
    Ok(())
"#;

#[test]
fn layout_and_comments_do_not_count() {
    let laid_out = r#"
        // Comes from the shop.
        let personas = Personas :: new( client() , );
        let persona = personas
            .from_prompt(
                "Create a gamer persona", /* the one of the docs */
                &[
                    1.5,
                    0x1f,
                ],
            )
            .await?;
        assert_eq!(
            persona.kind,
            "gamer",
        );
        Ok((),)
    "#;
    same(GAMER, laid_out);
}

#[test]
fn documentation_does_not_count() {
    same("fn f() {}", "/// Documented.\nfn f() { //! Inside.\n }");
    same(
        "struct S { a: u8 }",
        "struct S { #[doc = \"a\"] #[doc(hidden)] a: u8 }",
    );
    same("/** a */ let a = 1;", "let a = 1;");
    different("let a = 1;", "#[cfg(a)] let a = 1;");
    different("let a = v[doc];", "let a = v;");
}

#[test]
fn every_token_counts() {
    for (written, changed) in [
        ("personas.", "persona."),
        ("\"Create a gamer persona\"", "\"create a gamer persona\""),
        ("\"gamer\"", "r\"gamer\""),
        ("1.5", "1.50"),
        ("0x1f", "31"),
        (".await?", ".await"),
        ("&[", "["),
        ("[1.5, 0x1f]", "(1.5, 0x1f)"),
        ("assert_eq", "assert_ne"),
        ("Ok(())", "Ok((()))"),
        ("gamer\");", "gamer\")"),
        ("let persona =", "let mut persona ="),
        ("?;", "?;;"),
    ] {
        let other = GAMER.replacen(written, changed, 1);
        assert_ne!(other, GAMER, "{written} is not in the test");
        different(GAMER, &other);
    }
}

#[test]
fn every_token_counts_when_it_is_taken_away() {
    let all: Vec<_> = tokens("a . b ( c , d [ 0 ] ) ? ; let ( x , ) = \"x\" ;")
        .into_iter()
        .collect();
    for missing in 0..all.len() {
        let mut rest = all.clone();
        rest.remove(missing);
        let rest: TokenStream = rest.into_iter().collect();
        assert_ne!(
            of_tokens(rest),
            of_tokens(all.iter().cloned().collect()),
            "{}",
            all[missing]
        );
    }
}

#[test]
fn nothing_runs_together() {
    different("a b", "ab");
    different("\"a\" \"b\"", "\"a\\\" \\\"b\"");
    different("(a) b", "(a b)");
    different("a {} b", "a { b }");
    different("'a'", "'a");
    different("1 . 2", "1.2");
    different("r#a", "a");
}

#[test]
fn spacing_between_punctuation_does_not_count() {
    same("a && b", "a & & b");
    same("-> T", "- > T");
}

#[test]
fn a_trailing_comma_does_not_count() {
    same("f(a, b,)", "f(a, b)");
    same("f(a,)", "f(a)");
    same("Vec::<u8>::new(a,)", "Vec::<u8>::new(a)");
    same("parse::<u8>(a,)", "parse::<u8>(a)");
    same("x.y(a,)", "x.y(a)");
    same("f()(a,)", "f()(a)");
    same("f?(a,)", "f?(a)");
    same("v[0](a,)", "v[0](a)");
    same("m!(a,)", "m!(a)");
    same("Self(a,)", "Self(a)");
    same("let f: fn(A,) = g;", "let f: fn(A) = g;");
    same("x.await(a,)", "x.await(a)");
    same("[a,]", "[a]");
    same("S { a, }", "S { a }");
    same("match a { A => 1, }", "match a { A => 1 }");
    same("(a, b,)", "(a, b)");
}

#[test]
fn a_trailing_comma_makes_a_tuple() {
    different("let a = (b,);", "let a = (b);");
    different("return (b,)", "return (b)");
    different("for (a,) in b {}", "for (a) in b {}");
    different("f((b,))", "f((b))");
    different("fn f() -> (A,) {}", "fn f() -> (A) {}");
    different("A => (b,)", "A => (b)");
    different("|a| (b,)", "|a| (b)");
    different("let a: &'a (B,);", "let a: &'a (B);");
    different("a = &(b,)", "a = &(b)");
}

#[test]
fn generics_and_where_end_in_a_trailing_comma_too() {
    same("let a: Map<A, B,> = b;", "let a: Map<A, B> = b;");
    same("fn f<A>() where A: B, {}", "fn f<A>() where A: B {}");
    different("f(a, {})", "f(a {})");
    different("f(a, b)", "f(a b)");
    different("where A: B, C: D {}", "where A: B C: D {}");
}

#[test]
fn fragments_of_a_declarative_macro_count_as_what_they_hold() {
    let group = |text: &str| TokenTree::from(Group::new(Delimiter::None, tokens(text)));
    let mut assembled = tokens("f");
    let mut inside: TokenStream = [group("a + 1")].into_iter().collect();
    inside.extend(tokens(", "));
    inside.extend([group("#[doc = \"x\"]"), group("b")]);
    inside.extend([group(",")]);
    assembled.extend([TokenTree::from(Group::new(Delimiter::Parenthesis, inside))]);
    assert_eq!(of_tokens(assembled), body("f(a + 1, b)"));
}

#[test]
fn the_signature_has_no_name_and_no_attributes() {
    let plain = signature("async fn f(a: u8, mut b: &str) -> Result<(), E>");
    let same = [
        "async fn other(a: u8, mut b: &str) -> Result<(), E>",
        "async fn f(#[case] a: u8, #[future(awt)] mut b: &str) -> Result<(), E>",
        "async fn f(\n    /* years */ a: u8,\n    mut b: &str,\n) -> Result<(), E>",
    ];
    for other in same {
        assert_eq!(signature(other), plain, "{other}");
    }
    let different = [
        "async fn f(a: u16, mut b: &str) -> Result<(), E>",
        "async fn f(a: u8, b: &str) -> Result<(), E>",
        "async fn f(c: u8, mut b: &str) -> Result<(), E>",
        "async fn f(a: u8) -> Result<(), E>",
        "async fn f(a: u8, mut b: &str)",
        "async fn f<T>(a: u8, mut b: &str) -> Result<(), E>",
        "async unsafe fn f(a: u8, mut b: &str) -> Result<(), E>",
        "async fn f(a: u8, mut b: &str) -> Result<(), E> where E: Debug",
    ];
    for other in different {
        assert_ne!(signature(other), plain, "{other}");
    }
}

#[test]
fn the_signature_of_one_argument_has_no_tuple() {
    assert_eq!(
        signature("async fn f(a: u8,)"),
        signature("async fn f(a: u8)")
    );
    assert_eq!(
        signature("async fn f<T,>(a: T,) where T: D,"),
        signature("async fn f<T>(a: T) where T: D")
    );
    assert_ne!(
        signature("async fn f() -> (u8,)"),
        signature("async fn f() -> (u8)")
    );
}

/// Recordings in people's repositories carry these values. A change here makes every one of them stale: it needs a new
/// version, and a release note.
#[test]
fn pinned() {
    assert_eq!(body(GAMER), "v1:0fb75773af7cb6ed");
    assert_eq!(
        signature("async fn creates_gamer_persona()"),
        "v1:3f2db14820aaa885"
    );
    assert_eq!(
        body(
            "for (i, x) in v.iter().enumerate() { let t = (i,); m!(x, b'\\n', c\"c\", 1_000u64); 'a: loop { break 'a; } }"
        ),
        "v1:acf98c05a14c24fc"
    );
    assert_eq!(
        signature(
            "async fn scores<'a, T: Into<String>>(#[case] age: u32, mut kind: &'a T) -> Result<(), Box<dyn Error>> where T: ?Sized"
        ),
        "v1:bb750a720a47d384"
    );
}
