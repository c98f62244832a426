use bytes::Bytes;

pub(crate) const LINE_END: &[u8] = b"\r\n";

/// A request as a [`RawServer`](crate::RawServer) read it.
#[derive(Clone, Debug)]
pub struct RawRequest {
    /// The request line and the header lines just as they came, with the empty line that ends them;
    /// `U+FFFD` stands for what is not UTF-8.
    pub head: String,
    /// The whole body, decoded from chunks.
    pub body: Bytes,
}

impl RawRequest {
    /// Returns the first line without its end.
    #[must_use]
    pub fn line(&self) -> &str {
        self.head.lines().next().unwrap_or_default()
    }

    /// Returns the first value of a header, whatever the case of its name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.head, name)
    }

    /// Returns the body as text, with `U+FFFD` where it is none.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// Returns the bytes of one chunk of an HTTP/1.1 body.
///
/// # Panics
///
/// Panics when it would be empty, as that is what ends a body: [`last_chunk`].
#[must_use]
pub fn chunk(bytes: impl AsRef<[u8]>) -> Vec<u8> {
    let bytes = bytes.as_ref();
    assert!(!bytes.is_empty(), "an empty chunk would end the body");
    let length = format!("{:x}", bytes.len());
    [length.as_bytes(), LINE_END, bytes, LINE_END].concat()
}

/// Returns the bytes that end an HTTP/1.1 body of chunks.
#[must_use]
pub fn last_chunk() -> Vec<u8> {
    last_chunk_with(&[])
}

/// Returns the bytes that end an HTTP/1.1 body of chunks, with these names and values as trailers.
#[must_use]
pub fn last_chunk_with(trailers: &[(&str, &str)]) -> Vec<u8> {
    let lines = trailers
        .iter()
        .map(|(name, value)| format!("{name}: {value}\r\n"));
    format!("0\r\n{}\r\n", lines.collect::<String>()).into_bytes()
}

/// Where the body behind a head ends.
#[derive(Clone, Copy)]
pub(crate) enum Framing {
    Length(usize),
    Chunked,
}

impl Framing {
    /// Reads it from the head of a request.
    pub(crate) fn of(head: &str) -> Self {
        let codings = header(head, "transfer-encoding");
        if codings.is_some_and(|codings| codings.to_ascii_lowercase().ends_with("chunked")) {
            return Self::Chunked;
        }
        let length = header(head, "content-length").unwrap_or("0");
        Self::Length(
            length
                .parse()
                .unwrap_or_else(|_| panic!("no length of a body: {length:?}")),
        )
    }
}

/// Reads the length of a chunk from the line in front of it.
pub(crate) fn chunk_length(line: &[u8]) -> usize {
    std::str::from_utf8(line)
        .ok()
        .and_then(|line| line.split([';', '\r']).next())
        .and_then(|digits| usize::from_str_radix(digits.trim(), 16).ok())
        .unwrap_or_else(|| panic!("no length of a chunk: {}", line.escape_ascii()))
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines()
        .skip(1)
        .filter_map(|line| line.split_once(':'))
        .find(|(found, _)| found.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim())
}
