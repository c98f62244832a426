use super::*;
use crate::redact::spot::Fill;

/// A token's rest, of so many signs; nothing in it looks like a word.
fn rest(alphabet: Alphabet, length: usize) -> String {
    let signs = b"9aB2cD4eF6gH8iJ0kL1mN3oP5qR7sT";
    let of_alphabet: Vec<char> = signs
        .iter()
        .filter(|sign| alphabet.has(**sign))
        .map(|sign| char::from(*sign))
        .collect();
    of_alphabet.into_iter().cycle().take(length).collect()
}

fn token(shape: &Shape, length: usize) -> String {
    let number = if shape.name == "telegram" {
        "12345678"
    } else {
        ""
    };
    format!("{number}{}{}", shape.prefix, rest(shape.alphabet, length))
}

/// Returns what the gate finds: the name of the shape, and the text.
fn found(text: &str) -> Vec<(&'static str, &str)> {
    let spots = find(text.as_bytes()).into_iter();
    let found = spots.map(|spot| match spot.fill {
        Fill::Blocked(name) => (name, &text[spot.range]),
        other => panic!("the gate blocks: {other:?}"),
    });
    found.collect()
}

#[test]
fn every_shape_is_found_in_a_text() {
    for shape in SHAPES {
        let token = token(shape, shape.rest);
        for text in [
            token.clone(),
            format!("see {token}."),
            format!("\"{token}\""),
            format!("a={token}&b"),
            format!("x\\n{token}\\n"),
            format!("a%0A{token}"),
            format!("/{token}/x"),
        ] {
            let is_it =
                |(name, found): &(&str, &str)| *name == shape.name && found.starts_with(&*token);
            assert!(found(&text).iter().any(is_it), "{text}: {:?}", found(&text));
        }
    }
}

#[test]
fn what_is_too_short_is_no_token() {
    for shape in SHAPES {
        let text = token(shape, shape.rest - 1);
        let is_it = |(name, _): &(&str, &str)| *name == shape.name;
        assert!(
            !found(&text).iter().any(is_it),
            "{text}: {:?}",
            found(&text)
        );
    }
}

/// As in the base64 of a picture. Where a slash may stand before it, one in a hundred million stands there
/// by chance.
#[test]
fn in_the_middle_of_a_run_it_is_chance() {
    for shape in SHAPES.iter().filter(|shape| shape.name != "telegram") {
        for before in ["a", "Z", "7", "+", "-", "_", "AAAA"] {
            let text = format!("{before}{}", token(shape, shape.rest));
            let is_it = |(_, found): &(&str, &str)| found.starts_with(shape.prefix);
            assert!(
                !found(&text).iter().any(is_it),
                "{text}: {:?}",
                found(&text)
            );
        }
    }
}

#[test]
fn names_and_examples_are_no_tokens() {
    for text in [
        "sk-navigation-bar-of-the-page-is-open",
        "sk-xxxxxxxxxxxxxxxxxxxxxxxx",
        "sk-ant-your-key-goes-right-here-please",
        "xoxb-your-token-goes-right-here",
        "1234567:AAaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "whsec_....",
        "ghp_",
        "",
    ] {
        assert_eq!(found(text), [], "{text}");
    }
}

/// A JSON Web Token of these parts.
fn dotted(parts: &[&str]) -> String {
    let encode = |part: &&str| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(part);
    parts.iter().map(encode).collect::<Vec<_>>().join(".")
}

#[test]
fn web_tokens_are_found_signed_and_encrypted() {
    let (header, claims) = (r#"{"alg":"HS256","typ":"JWT"}"#, r#"{"sub":"1234567890"}"#);
    let signed = dotted(&[header, claims, "a signature of it"]);
    let encrypted = dotted(&[
        header,
        "an encrypted key",
        "a vector",
        "its text",
        "a tag of it",
    ]);
    for token in [&signed, &encrypted] {
        for text in [
            token.clone(),
            format!("see {token}, it"),
            format!("\"{token}\""),
        ] {
            assert_eq!(found(&text), [("jwt", token.as_str())], "{text}");
        }
        assert_eq!(found(&format!("a{token}")), []);
    }
    for none in [
        dotted(&[header]),
        dotted(&[header, claims]),
        dotted(&[header, claims, "short"]),
        dotted(&[header, "no claims", "a signature of it"]),
        dotted(&[header, "a", "b", "c", "d"]),
        "eyJ.eyJ.aaaaaaaaaaaaaaaaaaaa".to_owned(),
    ] {
        assert_eq!(found(&none), [], "{none}");
    }
}

#[test]
fn private_keys_are_found_from_their_first_line_to_their_last() {
    let dashes = "-".repeat(5);
    let pem = |label: &str, lines: &str| {
        format!("{dashes}BEGIN {label}{dashes}{lines}{dashes}END {label}{dashes}")
    };
    for label in [
        "PRIVATE KEY",
        "RSA PRIVATE KEY",
        "EC PRIVATE KEY",
        "OPENSSH PRIVATE KEY",
        "ENCRYPTED PRIVATE KEY",
        "PGP PRIVATE KEY BLOCK",
    ] {
        for lines in [
            "\nMIIE\nabcd\n",
            "\\nMIIE\\nabcd\\n",
            "\r\nProc-Type: 4,ENCRYPTED\r\n\r\nMIIE\r\n",
        ] {
            let key = pem(label, lines);
            assert_eq!(
                found(&format!("a {key}\nb")),
                [("private-key", key.as_str())]
            );
        }
    }
    for (space, label) in [("+", "RSA+PRIVATE+KEY"), ("%20", "RSA%20PRIVATE%20KEY")] {
        let key = format!(
            "{dashes}BEGIN{space}{label}{dashes}%0AMIIE%0A{dashes}END{space}{label}{dashes}"
        );
        assert_eq!(
            found(&format!("a={key}&b=1")),
            [("private-key", key.as_str())]
        );
    }
    let cut = format!("{dashes}BEGIN PRIVATE KEY{dashes}\nMIIE\nabcd");
    assert_eq!(found(&format!("a {cut}")), [("private-key", cut.as_str())]);
    for label in ["CERTIFICATE", "PUBLIC KEY", "RSA PUBLIC KEY", "PGP MESSAGE"] {
        assert_eq!(found(&pem(label, "\nMIIE\n")), [], "{label}");
    }
}

#[test]
fn credentials_are_found_behind_their_scheme_in_prose() {
    let value = ["9aB2cD4eF6", "gH8iJ0kL1m"].concat();
    for scheme in ["Bearer", "bearer", "Token", "token"] {
        for (before, after) in [
            ("", ""),
            ("authorization: ", "\r\n"),
            ("-H 'Authorization: ", "'"),
            ("say \"", "\""),
        ] {
            let text = format!("{before}{scheme} {value}{after}");
            assert_eq!(found(&text), [("authorization", value.as_str())], "{text}");
        }
    }
    let pair = BASE64.encode("ada:s3cret-s3cret");
    for scheme in ["Basic", "basic"] {
        let text = format!("use {scheme} {pair}.");
        let found = found(&text);
        assert_eq!(found.len(), 1, "{text}");
        assert!(
            found[0].1.starts_with(pair.trim_end_matches('=')),
            "{found:?}"
        );
    }
    for none in [
        "the Bearer of this letter",
        "Bearer authentication-is-required",
        "Bearer short1",
        "a token limitation-of-this-api",
        "Basic understanding",
        "Basic YWRhbG92ZWxhY2U=",
        &format!("Forbearer {value}"),
        &format!("Bearer: {value}"),
    ] {
        assert_eq!(found(none), [], "{none}");
    }
}

#[test]
fn opaque_is_what_has_letters_and_digits_in_one_piece() {
    let check = |text: &str, expect: bool| assert_eq!(is_opaque(text.as_bytes()), expect, "{text}");
    check("abcdef0123456789", true);
    check("abcdef012345678", false);
    check("abcdefghijklmnop", false);
    check("0123456789012345", false);
    check("ABCdefGHIjklMNOpqrsT", true);
    check("abc def 0123456789", false);
    check("a/path/to/file/number/1", false);
    check("aB3/x9Yz+K1m/Qr7/tU5vW2", true);
    check("ab.cd-ef_01~23%45", true);
}

#[test]
fn random_is_what_is_no_word_no_path_and_no_uuid() {
    let check = |text: &str, expect: bool| assert_eq!(is_random(text.as_bytes()), expect, "{text}");
    check(&["q7Zp2Lx9Vb", "4Tn8RwK3mY"].concat(), true);
    check(&["q7zp2lx9vb", "4tn8rwk3my"].concat(), true);
    check(&"0123456789abcdef".repeat(2), true);
    check("0123456789abcdef", false);
    check("12345678-1234-1234-1234-123456789abc", false);
    check("the-name-of-secret-number-1", false);
    check("projects/acme/secrets/number/1", false);
    check("aaaaaaaaaaaaaaaaaaaaaaa111", false);
}
