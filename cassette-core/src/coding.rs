use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use bytes::Bytes;
use http::HeaderMap;
use http::header::CONTENT_ENCODING;

/// How many codings are undone; real ones are one or two.
const MAX_CODINGS: usize = 5;

/// The content codings of a body (RFC 9110, section 8.4), in the order in which they were applied.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Codings(Vec<Coding>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Coding {
    Gzip,
    /// In the format of zlib, as the RFC has it.
    Deflate,
    /// Without zlib's head and checksum, as many servers send `deflate`.
    DeflateRaw,
    Brotli,
    Zstd,
}

impl Codings {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Undoes the codings that `content-encoding` names.
///
/// None where there is nothing to undo, or where it cannot be undone: the body is then stored as it
/// came.
pub(crate) fn decode(headers: &HeaderMap, body: &[u8]) -> Option<(Bytes, Codings)> {
    let mut codings = named(headers)?;
    if codings.is_empty() || body.is_empty() {
        return None;
    }
    let mut content = Cow::Borrowed(body);
    for coding in codings.iter_mut().rev() {
        let (bytes, found) = undo(*coding, &content)?;
        content = Cow::Owned(bytes);
        *coding = found;
    }
    Some((content.into_owned().into(), Codings(codings)))
}

/// Returns what the beginning of a body stands for that cannot be decoded as a whole: to see what is in
/// it, not to store it.
pub(crate) fn begun(headers: &HeaderMap, body: &[u8]) -> Option<Vec<u8>> {
    let codings = named(headers).filter(|codings| !codings.is_empty())?;
    let undo = |content: Vec<u8>, coding: &Coding| match coding {
        Coding::Deflate => {
            let zlib = codecs::begun(*coding, &content);
            if zlib.is_empty() {
                codecs::begun(Coding::DeflateRaw, &content)
            } else {
                zlib
            }
        }
        _ => codecs::begun(*coding, &content),
    };
    Some(codings.iter().rev().fold(body.to_vec(), undo))
}

/// Applies the codings again.
pub(crate) fn encode(content: &Bytes, codings: &Codings) -> Bytes {
    let apply = |content: Bytes, coding: &Coding| codecs::encode(*coding, &content).into();
    codings.0.iter().fold(content.clone(), apply)
}

/// Compresses the text of a cassette.
pub(crate) fn pack(text: &[u8]) -> Vec<u8> {
    codecs::pack(text)
}

/// Returns the text of a compressed cassette.
///
/// # Errors
///
/// When it is no gzip, is cut off, or has more than `max` bytes.
pub(crate) fn unpack(packed: &[u8], max: u64) -> Result<Vec<u8>, String> {
    if cfg!(not(feature = "compression")) {
        return Err(
            "it is compressed: enable the feature `compression` of cassette-core".to_owned(),
        );
    }
    let max = usize::try_from(max).unwrap_or(usize::MAX);
    codecs::unpack(packed, max)
        .ok_or_else(|| format!("it is no whole gzip file, or has more than {max} bytes"))
}

impl fmt::Display for Codings {
    /// Writes what stands in the cassette.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.0.iter().map(|coding| coding.name()).collect();
        f.write_str(&names.join(", "))
    }
}

impl FromStr for Codings {
    type Err = String;

    /// Reads what stands in the cassette.
    fn from_str(names: &str) -> Result<Self, String> {
        if names.split(',').count() > MAX_CODINGS {
            return Err(format!("a body has at most {MAX_CODINGS} content codings"));
        }
        let codings = names.split(',').map(|name| Coding::stored(name.trim()));
        codings.collect::<Result<_, _>>().map(Self)
    }
}

impl Coding {
    const ALL: [Self; 5] = [
        Self::Gzip,
        Self::Deflate,
        Self::DeflateRaw,
        Self::Brotli,
        Self::Zstd,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Deflate => "deflate",
            Self::DeflateRaw => "deflate-raw",
            Self::Brotli => "br",
            Self::Zstd => "zstd",
        }
    }

    /// The coding that a cassette names.
    fn stored(name: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|coding| coding.name() == name);
        let coding = known.ok_or_else(|| {
            let known = Self::ALL.map(Self::name).join(", ");
            format!("unknown content coding `{name}`; it can be {known}")
        })?;
        if cfg!(not(feature = "compression")) {
            return Err(format!(
                "the cassette holds a body with the content coding `{name}`: enable the feature `compression` of cassette-core, or of the adapter, which forwards it"
            ));
        }
        Ok(coding)
    }

    /// The coding that a header names.
    fn on_the_wire(name: &str) -> Option<Self> {
        match &name.to_ascii_lowercase()[..] {
            "gzip" | "x-gzip" => Some(Self::Gzip),
            "deflate" => Some(Self::Deflate),
            "br" => Some(Self::Brotli),
            "zstd" => Some(Self::Zstd),
            _ => None,
        }
    }
}

/// What the header lines name, without `identity`, which does nothing.
fn named(headers: &HeaderMap) -> Option<Vec<Coding>> {
    let mut codings = Vec::new();
    for line in headers.get_all(CONTENT_ENCODING) {
        for name in line.to_str().ok()?.split(',').map(str::trim) {
            if name.is_empty() || name.eq_ignore_ascii_case("identity") {
                continue;
            }
            codings.push(Coding::on_the_wire(name)?);
        }
    }
    (codings.len() <= MAX_CODINGS).then_some(codings)
}

/// Undoes one coding, and says which it was: `deflate` names two.
fn undo(coding: Coding, body: &[u8]) -> Option<(Vec<u8>, Coding)> {
    let decode = |coding| codecs::decode(coding, body).map(|content| (content, coding));
    decode(coding).or_else(|| match coding {
        Coding::Deflate => decode(Coding::DeflateRaw),
        _ => None,
    })
}

#[cfg(feature = "compression")]
mod codecs;

/// Without the feature nothing is decoded, and so nothing is there to encode.
#[cfg(not(feature = "compression"))]
mod codecs {
    use super::Coding;

    pub(super) fn decode(_: Coding, _: &[u8]) -> Option<Vec<u8>> {
        None
    }

    pub(super) fn begun(_: Coding, _: &[u8]) -> Vec<u8> {
        Vec::new()
    }

    pub(super) fn encode(_: Coding, content: &[u8]) -> Vec<u8> {
        content.to_vec()
    }

    pub(super) fn unpack(_: &[u8], _: usize) -> Option<Vec<u8>> {
        None
    }

    pub(super) fn pack(text: &[u8]) -> Vec<u8> {
        text.to_vec()
    }
}

#[cfg(test)]
#[cfg(feature = "compression")]
mod tests;

#[cfg(test)]
#[cfg(not(feature = "compression"))]
mod tests_without {
    use super::*;

    #[test]
    fn a_compressed_body_stays_as_it_came() {
        let headers = HeaderMap::from_iter([(CONTENT_ENCODING, "deflate".parse().unwrap())]);
        assert_eq!(decode(&headers, b"\x03\x00"), None);
    }

    #[test]
    fn a_cassette_with_a_coding_says_what_to_enable() {
        assert_eq!(
            "gzip".parse::<Codings>().unwrap_err(),
            "the cassette holds a body with the content coding `gzip`: enable the feature `compression` of cassette-core, or of the adapter, which forwards it"
        );
    }
}
