use proptest::prelude::*;

use super::form::MAX_JSON_DEPTH;
use super::*;
use crate::json::{self, Layout};

fn stored(bytes: &[u8]) -> String {
    serde_json::to_string(&Body::from(bytes)).unwrap()
}

fn read(text: &str) -> Result<Body, String> {
    serde_json::from_str(text).map_err(|error| error.to_string())
}

#[test]
fn each_body_takes_the_most_readable_form() {
    assert_eq!(
        stored(br#"{"a":1.10,"a":1e3}"#),
        r#"{"json":{"a":1.10,"a":1e3}}"#
    );
    assert_eq!(
        stored(b"{\"a\": [1, 2]}\n"),
        r#"{"json":{"a":[1,2]},"layout":"spaced-newline"}"#
    );
    assert_eq!(
        stored(b"{\n  \"a\": []\n}"),
        r#"{"json":{"a":[]},"layout":"indent-2"}"#
    );
    assert_eq!(
        stored(b"[\n    1\n]\n"),
        r#"{"json":[1],"layout":"indent-4-newline"}"#
    );
    assert_eq!(stored(b"{\"a\" :1}"), r#"{"text":"{\"a\" :1}"}"#);
    assert_eq!(stored(b"[\n   1\n]"), r#"{"text":["[","   1","]"]}"#);
    assert_eq!(stored(b"42"), r#"{"text":"42"}"#);
    assert_eq!(stored(b"a\r\nb\n"), r#"{"text":["a\r","b",""]}"#);
    assert_eq!(stored(&[0xff, 0x00]), r#"{"base64":"/wA="}"#);
}

#[test]
fn deep_json_is_stored_as_text() {
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    assert!(Body::from(nested(MAX_JSON_DEPTH)).is_json());
    assert!(!Body::from(nested(MAX_JSON_DEPTH + 1)).is_json());
}

#[test]
fn long_binary_is_wrapped_in_lines_of_76() {
    let text = stored(&[0xfe; 100]);
    let lines: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(lines["base64"][0].as_str().unwrap().len(), 76);
    assert_eq!(read(&text).unwrap().bytes(), &[0xfe; 100][..]);
}

#[test]
fn hand_written_bodies_are_read_in_any_layout() {
    assert_eq!(read("{ \"json\" : null }").unwrap().bytes(), "null");
    assert_eq!(
        read("{ \"json\": { \"a\" : 1 } }").unwrap().bytes(),
        r#"{"a":1}"#
    );
    assert_eq!(
        read(r#"{"text":"{\"a\":1}"}"#).unwrap().bytes(),
        r#"{"a":1}"#
    );
}

#[test]
fn two_forms_none_and_unknown_names_are_refused() {
    for text in [
        "{}",
        r#"{"json":1,"text":"a"}"#,
        r#"{"text":"a","layout":"spaced"}"#,
        r#"{"parts":[]}"#,
        r#"{"text":"a","parts":[]}"#,
        r#"{"text":"a","boundary":"b"}"#,
    ] {
        assert!(read(text).unwrap_err().contains("exactly one of"), "{text}");
    }
    assert!(
        read(r#"{"json":1,"layout":"wide"}"#)
            .unwrap_err()
            .contains("known are compact, ")
    );
    assert!(
        read(r#"{"txt":"a"}"#)
            .unwrap_err()
            .contains("unknown field `txt`")
    );
    assert!(read(r#"{"base64":"?"}"#).is_err());
}

#[test]
fn an_empty_body_keeps_what_is_said_of_it() {
    for text in [
        r#"{"text":"","encoding":"gzip"}"#,
        r#"{"text":"","split":"0 0"}"#,
        r#"{"text":"","partial":true}"#,
        r#"{"chunks":[""]}"#,
        r#"{"file":"a.e3b0c44298fc.bin"}"#,
    ] {
        // Without the feature no coding can be read.
        if cfg!(feature = "compression") || !text.contains("gzip") {
            assert!(!read(text).unwrap().is_absent(), "{text}");
        }
    }
    for text in [r#"{"text":""}"#, r#"{"chunks":[]}"#] {
        assert!(read(text).unwrap().is_absent(), "{text}");
    }
}

#[test]
fn bodies_of_a_cassette_are_decoded_when_somebody_asks() {
    for (text, decoded) in [
        (r#"{ "json": { "a": [ 1 ] } }"#, r#"{"a":[1]}"#),
        (r#"{ "text": "a\n\"" }"#, "a\n\""),
        (r#"{ "text": [ "a" , "b" ] }"#, "a\nb"),
    ] {
        let body = read(text).unwrap();
        assert!(!body.content.is_decoded(), "{text}");
        assert_eq!(body.bytes(), decoded);
        assert!(body.content.is_decoded(), "{text}");
    }
}

#[test]
fn what_is_wrong_with_a_body_is_said_before_somebody_asks() {
    for (text, why) in [
        (
            r#"{"text":"\ud800"}"#,
            "unexpected end of hex escape at line 1",
        ),
        (r#"{"text":["a",1]}"#, "expected a string at line 1"),
        (
            r#"{"text":1}"#,
            "expected a string or a list of strings at line 1",
        ),
        (r#"{"json":[1,]}"#, "expected value at line 1"),
        (r#"{"chunks":[1]}"#, "a chunk is a string"),
    ] {
        let error = read(text).unwrap_err();
        assert!(error.contains(why), "{text} {error}");
    }
}

fn check_round_trip(bytes: &[u8]) {
    let body = Body::from(bytes);
    let pretty = json::relayout(&serde_json::to_string(&body).unwrap(), Layout::Indent(2));
    let back = read(&pretty).unwrap();
    assert_eq!((back.bytes(), &back), (body.bytes(), &body));
}

proptest! {
    #[test]
    fn any_bytes_come_back(bytes: Vec<u8>) {
        check_round_trip(&bytes);
    }

    #[test]
    fn any_text_comes_back(text: String) {
        check_round_trip(text.as_bytes());
    }

    #[test]
    fn anything_like_json_comes_back(text in r#"[\[\{]([\[\]\{\}:, \n]|"(\\u00e9|\\"|[a-z])*"|1\.10|1e3|null){0,24}[\]\}]\n?"#) {
        check_round_trip(text.as_bytes());
    }
}
