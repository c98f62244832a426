use cassette_core::adapter::remove_hop_by_hop;
use http::header::UPGRADE;
use http::uri::PathAndQuery;
use http::{Response, Uri, Version};
use hyper::ext::ReasonPhrase;

/// Returns a response for the client's own connection.
pub(crate) fn answered<B>(response: Response<B>) -> Response<B> {
    let (mut parts, body) = response.into_parts();
    remove_hop_by_hop(&mut parts.headers);
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
