//! Secrets in headers.

use base64::Engine;
use http::HeaderName;
use http::header::{
    AUTHORIZATION, CONTENT_LOCATION, COOKIE, LOCATION, PROXY_AUTHORIZATION, REFERER, REFRESH,
    SET_COOKIE,
};

use super::custom::{Rules, is_of_login};
use super::rules::LOGIN;
use super::selector::Carrier;
use super::shapes::{BASE64, is_opaque};
use super::spot::{Fill, Spot};
use super::{plain, text};

/// Headers that send a client somewhere: with a code, where somebody logs in.
const TARGETS: [HeaderName; 2] = [LOCATION, REFRESH];

/// Headers that hold a URL.
const URLS: [HeaderName; 3] = [LOCATION, CONTENT_LOCATION, REFERER];

/// Returns where the secrets of a header's value are, and what else is one by it: the parts of a
/// secret, which may stand alone elsewhere.
pub(super) fn find(name: &HeaderName, value: &[u8], rules: &Rules) -> (Vec<Spot>, Vec<Vec<u8>>) {
    if name == SET_COOKIE {
        return (set_cookie(value, rules).into_iter().collect(), Vec::new());
    }
    if let Some(fill) = rules.of_name(Carrier::Header, name.as_str(), value) {
        let (range, whole) = (0..value.len(), value.to_vec());
        let parts = match fill {
            Fill::Blocked(_) => Vec::new(),
            Fill::Redacted | Fill::Quoted => parts(name, value),
        };
        let spot = Spot::new(range, fill, whole);
        let spot = if *name == COOKIE { spot } else { spot.sure() };
        return (vec![spot], parts);
    }
    let is_login = TARGETS.contains(name) && leads_to_login(value);
    let judge = |carrier, name: &str, value: &[u8]| match is_login {
        true => rules.of_login(carrier, name, value),
        false => rules.of_name(carrier, name, value),
    };
    let mut spots = plain::find(value, rules);
    if URLS.contains(name) {
        spots.extend(text::of_url(value, &judge));
    } else if is_login {
        spots.extend(text::assigned(value, &judge));
    }
    (spots, Vec::new())
}

/// Is it a redirect of OAuth, to its server or back from there (RFC 6749, sections 4.1.1 and 4.1.2)? Lists have
/// a `state`, too, and errors a `code`.
fn leads_to_login(target: &[u8]) -> bool {
    let parts = target.split(|byte| matches!(byte, b'?' | b'&' | b'#'));
    let pairs = parts.skip(1).map(|part| {
        let mut pair = part.splitn(2, |&byte| byte == b'=');
        let name = pair.next().unwrap_or_default();
        (
            String::from_utf8_lossy(name).to_lowercase(),
            pair.next().unwrap_or_default(),
        )
    });
    let pairs: Vec<_> = pairs.collect();
    let of_login = pairs
        .iter()
        .filter(|(name, _)| LOGIN.contains(&name.as_str()));
    let of_login: Vec<_> = of_login.map(|(_, value)| value).collect();
    pairs.iter().any(|(name, _)| is_of_login(name))
        || of_login.len() == LOGIN.len()
        || of_login.into_iter().any(|value| is_opaque(value))
}

/// `name=value; attributes`: the value goes, the rest stays (RFC 6265, section 4.1). An empty value,
/// which deletes the cookie, is no secret.
fn set_cookie(value: &[u8], rules: &Rules) -> Option<Spot> {
    let end = value
        .iter()
        .position(|&byte| byte == b';')
        .unwrap_or(value.len());
    let equals = value[..end].iter().position(|&byte| byte == b'=');
    let start = equals.map_or(0, |equals| equals + 1);
    let secret = value[start..end].trim_ascii();
    let name = String::from_utf8_lossy(&value[..equals.unwrap_or_default()]);
    let is_kept = rules.keeps_name(Carrier::Header, SET_COOKIE.as_str())
        || rules.keeps_name(Carrier::Header, name.trim());
    (!secret.is_empty() && !is_kept).then(|| Spot::redacted(start..end, unquoted(secret)))
}

/// Returns what of a secret header is secret alone: credentials without their scheme, a password, a
/// cookie's value.
fn parts(name: &HeaderName, value: &[u8]) -> Vec<Vec<u8>> {
    if *name == COOKIE {
        return cookies(value);
    }
    let credentials = match value.iter().position(|&byte| byte == b' ') {
        Some(space) => value[space..].trim_ascii(),
        None => value,
    };
    let is_basic = value
        .get(..6)
        .is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"basic "));
    if is_basic && [AUTHORIZATION, PROXY_AUTHORIZATION].contains(name) {
        return [vec![credentials.to_vec()], password(credentials)].concat();
    }
    let parameters = credentials.split(|byte| matches!(byte, b',' | b' ' | b';'));
    let parameter = |part: &[u8]| {
        let value = part
            .splitn(2, |&byte| byte == b'=')
            .nth(1)
            .unwrap_or_default();
        unquoted(value).to_vec()
    };
    let secrets = parameters.map(parameter).filter(|value| is_opaque(value));
    [credentials.to_vec()].into_iter().chain(secrets).collect()
}

/// The password of `user:password`; where there is none, the user is the key.
fn password(credentials: &[u8]) -> Vec<Vec<u8>> {
    let pair = BASE64.decode(credentials).unwrap_or_default();
    let mut parts = pair.splitn(2, |&byte| byte == b':');
    let (user, password) = (
        parts.next().unwrap_or_default(),
        parts.next().unwrap_or_default(),
    );
    let secret = if password.is_empty() { user } else { password };
    vec![secret.to_vec()]
}

fn cookies(value: &[u8]) -> Vec<Vec<u8>> {
    let pairs = value.split(|&byte| byte == b';');
    let values = pairs.filter_map(|pair| pair.splitn(2, |&byte| byte == b'=').nth(1));
    values
        .map(|value| unquoted(value.trim_ascii()).to_vec())
        .collect()
}

fn unquoted(value: &[u8]) -> &[u8] {
    let inside = value
        .strip_prefix(b"\"")
        .and_then(|value| value.strip_suffix(b"\""));
    inside.unwrap_or(value)
}

#[cfg(test)]
mod tests;
