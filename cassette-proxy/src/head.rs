//! Heads of requests and responses without what is between two neighbours only (RFC 9110, section 7.6.1).

use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_LENGTH, EXPECT, HOST, TE, TRANSFER_ENCODING, UPGRADE};
use http::uri::{Authority, PathAndQuery};
use http::{HeaderMap, HeaderName, Request, Response, Uri, Version};
use hyper::ext::ReasonPhrase;

const PROXY_CONNECTION: HeaderName = HeaderName::from_static("proxy-connection");
const KEEP_ALIVE: HeaderName = HeaderName::from_static("keep-alive");

const BETWEEN_NEIGHBOURS: [HeaderName; 6] = [
    CONNECTION,
    KEEP_ALIVE,
    PROXY_CONNECTION,
    http::header::PROXY_AUTHENTICATE,
    http::header::PROXY_AUTHORIZATION,
    TRANSFER_ENCODING,
];

/// Returns a request as other adapters show it to the session: without the headers that the client's
/// connection, its proxy or the length of the body made.
pub(crate) fn asked(mut parts: http::request::Parts, body: Bytes) -> Request<Bytes> {
    let headers = &mut parts.headers;
    // That one can speak HTTP/2 as well is for neighbours; no answer depends on it.
    if headers.get(UPGRADE).is_some_and(|to| *to == "h2c") {
        headers.remove(UPGRADE);
    }
    let is_upgrade = headers.contains_key(UPGRADE);
    let connection = headers.get(CONNECTION).cloned();
    // gRPC asks for its trailers by it.
    let trailers = headers.get(TE).filter(|te| *te == "trailers").cloned();
    remove_those_of_neighbours(headers);
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
    *request.method_mut() = parts.method;
    *request.uri_mut() = parts.uri;
    *request.headers_mut() = parts.headers;
    request
}

/// Returns a response for the client's own connection.
pub(crate) fn answered<B>(response: Response<B>) -> Response<B> {
    let (mut parts, body) = response.into_parts();
    remove_those_of_neighbours(&mut parts.headers);
    parts.headers.remove(UPGRADE);
    let reason = parts.extensions.remove::<ReasonPhrase>();
    let mut response = Response::new(body);
    *response.status_mut() = parts.status;
    *response.headers_mut() = parts.headers;
    // Whatever the server spoke; HTTP/2 takes no notice of it.
    *response.version_mut() = Version::HTTP_11;
    reason.map(|reason| response.extensions_mut().insert(reason));
    response
}

/// Those that are so by the standard, and those that `connection` names.
fn remove_those_of_neighbours(headers: &mut HeaderMap) {
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

/// Returns the address of what was asked for inside a tunnel.
pub(crate) fn in_tunnel(scheme: &str, authority: &str, uri: &Uri) -> http::Result<Uri> {
    let path = uri.path_and_query().map_or("/", PathAndQuery::as_str);
    let default = match scheme {
        "https" => ":443",
        _ => ":80",
    };
    let authority = authority.strip_suffix(default).unwrap_or(authority);
    Uri::builder()
        .scheme(scheme)
        .authority(authority)
        .path_and_query(path)
        .build()
}
