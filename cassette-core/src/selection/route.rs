//! A pattern of method, host and path, as `unrecorded` lists them.

use bytes::Bytes;
use glob::{MatchOptions, Pattern};
use http::{Method, Request};

/// A pattern of method, host and path.
#[derive(Debug)]
pub(super) struct Rule {
    /// It takes back what an earlier one says.
    pub(super) is_exception: bool,
    /// Absent: every one.
    method: Option<String>,
    host: Pattern,
    port: Option<Pattern>,
    path: Option<Pattern>,
}

/// In a path only `**` stands for a slash.
const PATHS: MatchOptions = MatchOptions {
    case_sensitive: true,
    require_literal_separator: true,
    require_literal_leading_dot: false,
};

impl Rule {
    /// Reads `[!][METHOD ]host[:port][/path]`.
    ///
    /// # Errors
    ///
    /// A text that names the entry, and shows what to write.
    pub(super) fn parse(entry: &str) -> Result<Self, String> {
        Self::of(entry).map_err(|why| {
            format!(
                "unrecorded has `{entry}`, {why}: write a host, with a method before it and a path behind it \
                 where these count, like `GET api.example.com/health/*`"
            )
        })
    }

    fn of(entry: &str) -> Result<Self, String> {
        let rest = entry.strip_prefix('!');
        let is_exception = rest.is_some();
        let (method, place) = match rest.unwrap_or(entry).split_once(' ') {
            Some((method, place)) => (Some(method), place),
            None => (None, rest.unwrap_or(entry)),
        };
        if method.is_some_and(|method| !is_method(method)) {
            return Err("whose method is none in upper case".to_owned());
        }
        let (authority, path) = place.split_at(place.find('/').unwrap_or(place.len()));
        let (host, port) = split_port(authority);
        if let Some(why) = problem(place, host, port) {
            return Err(why.to_owned());
        }
        let path = Some(path).filter(|path| !path.is_empty());
        Ok(Self {
            is_exception,
            method: method.filter(|method| *method != "*").map(str::to_owned),
            host: pattern(&literal_address(&host.to_lowercase()))?,
            port: port.map(pattern).transpose()?,
            path: path.map(pattern).transpose()?,
        })
    }

    pub(super) fn matches(&self, request: &Request<Bytes>) -> bool {
        let uri = request.uri();
        let host = uri.host().unwrap_or_default().to_lowercase();
        let default = if uri.scheme_str() == Some("https") {
            443
        } else {
            80
        };
        let port = || uri.port_u16().unwrap_or(default).to_string();
        self.method
            .as_ref()
            .is_none_or(|method| request.method() == method.as_str())
            && self.host.matches(host.strip_suffix('.').unwrap_or(&host))
            && self
                .port
                .as_ref()
                .is_none_or(|pattern| pattern.matches(&port()))
            && self
                .path
                .as_ref()
                .is_none_or(|pattern| pattern.matches_with(uri.path(), PATHS))
    }
}

fn pattern(text: &str) -> Result<Pattern, String> {
    Pattern::new(text).map_err(|error| format!("which is no pattern ({error})"))
}

fn is_method(text: &str) -> bool {
    Method::from_bytes(text.as_bytes()).is_ok() && !text.contains(char::is_lowercase)
}

/// What would match nothing, and nobody would see it.
fn problem(place: &str, host: &str, port: Option<&str>) -> Option<&'static str> {
    if place.contains("://") {
        Some("which has a scheme")
    } else if place.contains(['?', '#']) {
        Some("which has a query, at which `exclude_urls` looks")
    } else if host.is_empty() || place.contains(' ') || host.contains('@') {
        Some("which names no host")
    } else if port.is_some_and(|port| port.is_empty() || port.contains(char::is_alphabetic)) {
        Some("whose port is none")
    } else {
        None
    }
}

/// What stands behind the last colon is the port; those of an IPv6 address are within brackets.
fn split_port(authority: &str) -> (&str, Option<&str>) {
    let end = if is_address(authority) {
        authority.find(']')
    } else {
        None
    };
    let (address, rest) = authority.split_at(end.map_or(0, |end| end + 1));
    match rest.rsplit_once(':') {
        Some((name, port)) => (&authority[..address.len() + name.len()], Some(port)),
        None => (authority, None),
    }
}

/// Other brackets are around characters of which any may stand there.
fn is_address(host: &str) -> bool {
    let inside = host.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    inside.is_some_and(|(inside, _)| inside.contains(':'))
}

fn literal_address(host: &str) -> String {
    if is_address(host) {
        Pattern::escape(host)
    } else {
        host.to_owned()
    }
}
