use std::fmt::Write as _;

use http::Uri;
use percent_encoding::percent_decode_str;
use url::Url;

use crate::placeholder;

/// A name and its value, decoded; they need not be UTF-8.
pub(crate) type Pair = (Vec<u8>, Vec<u8>);

/// A URL in the normal form of RFC 3986, section 6, so that two spellings of one address compare
/// equal: case of scheme and host, default port, dot segments, percent-encoding, a host's trailing
/// dot. User information and fragment are no part of it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Address {
    /// Scheme, host and port.
    pub(crate) origin: String,
    pub(crate) path: String,
    /// Decoded names and values: unordered across names (they are sorted), ordered within a name.
    pub(crate) query: Vec<Pair>,
}

impl Address {
    pub(crate) fn parse(url: &str) -> Self {
        let parsed = Self::of_normal(url);
        let parsed = parsed.or_else(|| Url::parse(url).ok().map(|url| Self::of(&url)));
        parsed.or_else(|| Self::of_masked(url)).unwrap_or_else(|| {
            // Written by hand or by another program: compared as it stands.
            Self {
                origin: String::new(),
                path: url.to_owned(),
                query: Vec::new(),
            }
        })
    }

    /// Most URLs are in normal form already, and nobody need parse them to see that. This knows the plain ones
    /// only: without escapes, dot segments, fragments, user information or strange hosts.
    fn of_normal(url: &str) -> Option<Self> {
        let (scheme, rest) = url.split_once("://")?;
        let default_port = match scheme {
            "http" => "80",
            "https" => "443",
            _ => return None,
        };
        let (authority, rest) = rest.split_at(rest.find('/')?);
        let (host, port) = match authority.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        };
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let is_port = |port: &str| {
            port != default_port
                && port
                    .parse::<u16>()
                    .is_ok_and(|number| number.to_string() == port)
        };
        let is_plain = is_plain_host(host)
            && port.is_none_or(is_port)
            && path.bytes().all(is_plain_in_path)
            && !path.contains("/.")
            && query
                .bytes()
                .all(|byte| is_plain_in_path(byte) || matches!(byte, b'=' | b'&'));
        is_plain.then(|| Self {
            origin: url[..url.len() - rest.len()].to_owned(),
            path: path.to_owned(),
            query: pairs(query),
        })
    }

    /// A placeholder may stand in the host, where URLs have no brackets: meanwhile a word does.
    fn of_masked(url: &str) -> Option<Self> {
        const WORD: &str = "masked--host";
        let (scheme, rest) = url.split_once("://")?;
        let (host, rest) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        let host = placeholder::replace_all(host, WORD);
        let url = Url::parse(&format!("{scheme}://{host}{rest}")).ok()?;
        let address = Self::of(&url);
        Some(Self {
            origin: address.origin.replace(WORD, placeholder::REDACTED),
            ..address
        })
    }

    fn of(url: &Url) -> Self {
        let host = url.host_str().unwrap_or_default();
        let port = url
            .port()
            .map(|port| format!(":{port}"))
            .unwrap_or_default();
        Self {
            origin: format!(
                "{}://{}{port}",
                url.scheme(),
                host.strip_suffix('.').unwrap_or(host)
            ),
            path: placeholder::decode_in_path(&normal_percents(url.path())),
            query: pairs(url.query().unwrap_or_default()),
        }
    }
}

/// Names whose last label no address of a number begins like, and loopbacks.
fn is_plain_host(host: &str) -> bool {
    let is_label = |label: &str| {
        let is_plain =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        label.bytes().all(is_plain) && !label.is_empty() && !label.starts_with("xn--")
    };
    let last = host.rsplit('.').next().unwrap_or_default();
    let is_name = last.starts_with(|first: char| first.is_ascii_lowercase());
    host == "127.0.0.1" || (is_name && host.split('.').all(is_label))
}

fn is_plain_in_path(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'/' | b'-' | b'.' | b'_' | b'~' | b':' | b',' | b'@')
}

/// Returns the text of a URL, in one piece of memory.
pub(crate) fn text(uri: &Uri) -> String {
    let authority = uri
        .authority()
        .map_or(0, |authority| authority.as_str().len());
    let path = uri.path_and_query().map_or(0, |path| path.as_str().len());
    let mut text = String::with_capacity("https://".len() + authority + path);
    // A string takes all that is written into it.
    let _ = write!(text, "{uri}");
    text
}

/// Returns the names and values of a query or of a form (`application/x-www-form-urlencoded`),
/// sorted by name.
pub(crate) fn pairs(text: &str) -> Vec<Pair> {
    let mut pairs: Vec<_> = text
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(decode_pair)
        .collect();
    pairs.sort_by(|left, right| left.0.cmp(&right.0));
    pairs
}

fn decode_pair(pair: &str) -> Pair {
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    (form_decode(name), form_decode(value))
}

/// Returns what a form-encoded name or value stands for.
pub(crate) fn form_decode(text: &str) -> Vec<u8> {
    percent_decode_str(&text.replace('+', " ")).collect()
}

/// Upper-cases percent-encodings and decodes those of unreserved characters (sections 6.2.2.1
/// and 6.2.2.2).
fn normal_percents(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    let mut rest = path;
    while let Some(at) = rest.find('%') {
        let hex = rest
            .get(at + 1..at + 3)
            .filter(|hex| hex.bytes().all(|digit| digit.is_ascii_hexdigit()));
        let code = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok());
        let Some(code) = code else {
            out.push_str(&rest[..=at]);
            rest = &rest[at + 1..];
            continue;
        };
        out.push_str(&rest[..at]);
        match code {
            b'-' | b'.' | b'_' | b'~' => out.push(char::from(code)),
            code if code.is_ascii_alphanumeric() => out.push(char::from(code)),
            code => out.push_str(&format!("%{code:02X}")),
        }
        rest = &rest[at + 3..];
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn spellings_of_one_address_are_equal() {
        for (left, right) in [
            ("HTTP://Example.COM:80/a/./b/../c", "http://example.com/a/c"),
            ("https://example.com.:443/", "https://example.com"),
            ("http://e.com/%7euser%2fx", "http://e.com/~user%2Fx"),
            ("http://e.com/?b=1&a=2&b=3", "http://e.com/?a=2&b=1&b=3"),
            ("http://e.com/?q=a+b", "http://e.com/?q=a%20b"),
            ("http://user:word@e.com/#part", "http://e.com/"),
            ("http://e.com/?a", "http://e.com/?a=&"),
            (
                "http://e.com/[REDACTED]/x[BLOCKED]?q=[REDACTED]",
                "http://e.com/%5BREDACTED%5D/x%5bBLOCKED%5d?q=%5BREDACTED%5D",
            ),
            (
                "HTTP://ada@[REDACTED].Example.com:80/a/../b?q=[REDACTED]",
                "http://[REDACTED].example.com/b?q=[REDACTED]",
            ),
            ("http://[REDACTED]@e.com/", "http://e.com/"),
        ] {
            assert_eq!(
                Address::parse(left),
                Address::parse(right),
                "{left} {right}"
            );
        }
    }

    proptest! {
        #[test]
        fn a_plain_url_is_what_it_is_parsed_to(url in "https?://([a-z0-9.-]{0,5}|127.0.0.1|xn--[a-z]{3}|0x7|[a-z]{1,3}\\.[0-9]{1,2})(:[0-9]{0,5}|:80|:443)?(/[a-zA-Z0-9._~:,@-]{0,3}|/\\.){0,3}(\\?[a-c]=[0-9./@:~-]{0,3}(&[a-c](=[0-9])?){0,3})?") {
            if let Some(plain) = Address::of_normal(&url) {
                let parsed = Url::parse(&url).map(|url| Address::of(&url));
                prop_assert_eq!(Ok(plain), parsed);
            }
        }
    }

    #[test]
    fn plain_urls_are_known_as_such() {
        for url in [
            "http://127.0.0.1:8080/a",
            "https://api.example.com/v1/a?b=1&c=d",
        ] {
            assert!(Address::of_normal(url).is_some(), "{url}");
        }
    }

    #[test]
    fn different_addresses_are_not_equal() {
        for (left, right) in [
            ("http://e.com/a", "https://e.com/a"),
            ("http://e.com/a", "http://e.com/A"),
            ("http://e.com/a", "http://e.com/a/"),
            ("http://e.com/a%2Fb", "http://e.com/a/b"),
            ("http://e.com/?a=1&a=2", "http://e.com/?a=2&a=1"),
            ("http://e.com/?q=a%2Bb", "http://e.com/?q=a+b"),
            ("http://e.com/?q=%ff", "http://e.com/?q=%fe"),
            ("http://e.com/?q=%ffa", "http://e.com/?q=%ffA"),
            ("http://e.com/?q=%ff", "http://e.com/?q=%25FF"),
            ("http://e.com/%+f", "http://e.com/%0F"),
            ("http://e.com:8080/", "http://e.com/"),
            ("http://e.com/[x]", "http://e.com/%5Bx%5D"),
            ("http://[REDACTED].com/a", "http://[REDACTED].com/b"),
        ] {
            assert_ne!(
                Address::parse(left),
                Address::parse(right),
                "{left} {right}"
            );
        }
    }
}
