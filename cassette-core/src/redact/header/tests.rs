use super::*;
use crate::redact::tests::masked;

/// Returns what is left of a header's value, and what is learned from it besides.
fn seen(name: &str, value: &str) -> (String, Vec<String>) {
    let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
    let (spots, parts) = find(&name, value.as_bytes(), &Rules::default());
    let text = |part: Vec<u8>| String::from_utf8(part).unwrap();
    (masked(value, spots), parts.into_iter().map(text).collect())
}

/// The header is masked as a whole, and these are learned among others.
fn check_parts(name: &str, value: &str, parts: &[&str]) {
    let (stored, learned) = seen(name, value);
    assert_eq!(stored, "[REDACTED]");
    for part in parts {
        assert!(learned.iter().any(|own| own == part), "{part}: {learned:?}");
    }
}

/// The same, and nothing else is learned.
fn check_only(name: &str, value: &str, parts: &[&str]) {
    check_parts(name, value, parts);
    assert_eq!(seen(name, value).1, parts);
}

fn check(name: &str, value: &str, stored: &str) {
    assert_eq!(seen(name, value), (stored.to_owned(), Vec::new()));
}

#[test]
fn of_credentials_what_follows_the_scheme_is_learned() {
    check_only("authorization", "Bearer s3cret", &["s3cret"]);
    check_only("authorization", "Bearer   s3cret", &["s3cret"]);
    check_only("authorization", "s3cret", &["s3cret"]);
    check_only("x-api-key", "s3cret", &["s3cret"]);
    check_only("proxy-authorization", "Token s3cret", &["s3cret"]);
}

#[test]
fn of_basic_credentials_the_password_is_learned() {
    let basic = |pair: &str| BASE64.encode(pair);
    let pair = basic("ada:s3cret");
    for scheme in ["Basic", "basic", "BASIC"] {
        let value = format!("{scheme} {pair}");
        check_only("authorization", &value, &[&pair, "s3cret"]);
        check_only("proxy-authorization", &value, &[&pair, "s3cret"]);
    }
    let without_pad = pair.trim_end_matches('=');
    let value = format!("Basic {without_pad}");
    check_only("authorization", &value, &[without_pad, "s3cret"]);
    for (pair, secret) in [("a:b:c", "b:c"), ("token:", "token"), ("token", "token")] {
        let pair = basic(pair);
        check_only("authorization", &format!("Basic {pair}"), &[&pair, secret]);
    }
    check_only("authorization", "Basic !", &["!", ""]);
}

#[test]
fn of_parameters_those_are_learned_that_are_no_words() {
    let digest = ["6629fae4", "9393a053", "97450978", "507c4ef1"].concat();
    let value = format!("Digest username=\"ada\", realm=\"a b\", response=\"{digest}\", qop=auth");
    check_parts("authorization", &value, &[&digest]);
    assert!(!seen("authorization", &value).1.contains(&"ada".to_owned()));
    let signature = digest.repeat(2);
    let value = format!(
        "AWS4-HMAC-SHA256 Credential=AKID/20261121/eu/s3/aws4_request, \
         SignedHeaders=host;x-amz-date, Signature={signature}"
    );
    check_parts("authorization", &value, &[&signature]);
    assert!(!seen("authorization", &value).1.contains(&"host".to_owned()));
}

#[test]
fn of_cookies_each_value_is_learned() {
    let value = "a=one; b=\"two three\";c=f=our; d=; e";
    check_only("cookie", value, &["one", "two three", "f=our", ""]);
}

#[test]
fn cookies_that_are_set_keep_their_name() {
    check("set-cookie", "a=\"s3cret\"; Path=/", "a=[REDACTED]; Path=/");
    check("set-cookie", "a= s3cret ;b", "a=[REDACTED];b");
    check("set-cookie", "s3cret", "[REDACTED]");
    check("set-cookie", "a=\"\"", "a=[REDACTED]");
    check("set-cookie", "=s3cret", "=[REDACTED]");
    let name = SET_COOKIE;
    let (spots, _) = find(&name, b"a=\"s3cret\"", &Rules::default());
    assert_eq!(
        spots[0].value, b"s3cret",
        "it is learned without its quotes"
    );
}

#[test]
fn codes_are_secrets_where_somebody_is_sent_to_log_in() {
    for (target, stored) in [
        (
            "/cb?code=a&state=b&n=1",
            "/cb?code=[REDACTED]&state=[REDACTED]&n=1",
        ),
        (
            "/auth?client_id=web&state=b",
            "/auth?client_id=web&state=[REDACTED]",
        ),
        ("/cb?code=4f8a2c7e9b1d3f5a", "/cb?code=[REDACTED]"),
        ("/issues?state=open&page=2", "/issues?state=open&page=2"),
        ("/oops?code=404", "/oops?code=404"),
    ] {
        assert_eq!(seen("location", target).0, stored);
        assert_eq!(
            seen("refresh", &format!("0; url={target}")).0,
            format!("0; url={stored}")
        );
    }
    for name in ["referer", "link", "content-location", "x-next"] {
        check(name, "/cb?code=a&state=b", "/cb?code=a&state=b");
    }
}

#[test]
fn other_headers_are_looked_through_as_texts() {
    check(
        "x-note",
        r#"{"password":"s3cret","n":1}"#,
        r#"{"password":"[REDACTED]","n":1}"#,
    );
    check(
        "x-note",
        "https://ada:s3cret@e.com/",
        "https://[REDACTED]@e.com/",
    );
    check(
        "link",
        "<https://a:s3cret@e.com/?api_key=b>",
        "<https://[REDACTED]@e.com/?api_key=[REDACTED]>",
    );
    check("accept", "text/html;q=0.5", "text/html;q=0.5");
}
