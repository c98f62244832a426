//! Heads of requests and responses without what is between two neighbours only (RFC 9110, section 7.6.1).

use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_LENGTH, EXPECT, HOST, TE, TRANSFER_ENCODING, UPGRADE};
use http::uri::Authority;
use http::{HeaderMap, HeaderName, Request};

const BETWEEN_NEIGHBOURS: [HeaderName; 6] = [
    CONNECTION,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
    http::header::PROXY_AUTHENTICATE,
    http::header::PROXY_AUTHORIZATION,
    TRANSFER_ENCODING,
];

/// Returns a request as every adapter shows it to the session, whichever client made it: without the
/// headers that the client's connection, its proxy or the length of the body made.
///
/// # Examples
///
/// ```
/// use bytes::Bytes;
/// use cassette_core::adapter::asked;
/// use http::Request;
///
/// let request = Request::get("http://api.example.com/items");
/// let request = request.header("host", "api.example.com").header("accept", "*/*").body(())?;
/// let asked = asked(&request.into_parts().0, Bytes::new());
/// assert_eq!(asked.headers().len(), 1);
/// # Ok::<(), http::Error>(())
/// ```
#[must_use]
pub fn asked(parts: &http::request::Parts, body: Bytes) -> Request<Bytes> {
    let mut headers = parts.headers.clone();
    // That one can speak HTTP/2 as well is for neighbours; no answer depends on it.
    if headers.get(UPGRADE).is_some_and(|to| *to == "h2c") {
        headers.remove(UPGRADE);
    }
    let is_upgrade = headers.contains_key(UPGRADE);
    let connection = headers.get(CONNECTION).cloned();
    // gRPC asks for its trailers by it.
    let trailers = headers.get(TE).filter(|te| *te == "trailers").cloned();
    remove_hop_by_hop(&mut headers);
    headers.remove(EXPECT);
    headers.remove(CONTENT_LENGTH);
    headers.remove(TE);
    headers.extend(trailers.map(|trailers| (TE, trailers)));
    if is_upgrade {
        // It goes on, for the answer to tell that it was one.
        headers.extend(connection.map(|connection| (CONNECTION, connection)));
    }
    let authority = parts.uri.authority().map(Authority::as_str);
    if headers.get(HOST).and_then(|host| host.to_str().ok()) == authority {
        headers.remove(HOST);
    }
    let mut request = Request::new(body);
    *request.method_mut() = parts.method.clone();
    *request.uri_mut() = parts.uri.clone();
    *request.headers_mut() = headers;
    request
}

/// Removes the headers that are between two neighbours by the standard, and those that `connection` names;
/// not `upgrade`.
pub fn remove_hop_by_hop(headers: &mut HeaderMap) {
    let named = headers.get_all(CONNECTION).iter();
    let named = named
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','));
    let named = named.filter_map(|name| name.trim().parse::<HeaderName>().ok());
    let named: Vec<_> = named.filter(|name| *name != UPGRADE).collect();
    for name in BETWEEN_NEIGHBOURS.iter().chain(&named) {
        headers.remove(name);
    }
}
