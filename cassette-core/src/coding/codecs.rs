use std::io::{self, Read as _, Write};

use brotli::enc::{BrotliEncoderParams, StandardAlloc};
use brotli::{BrotliDecompressStream, BrotliResult, BrotliState};
use flate2::Compression;
use flate2::bufread::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use flate2::read::{DeflateEncoder, GzEncoder, ZlibEncoder};
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};
use ruzstd::encoding::CompressionLevel;

use super::Coding;

/// How large a body may become, after each of its codings: a few bytes can stand for gigabytes.
pub(super) const MAX_DECODED: usize = 64 << 20;

/// How much of a body is looked into that is not decoded as a whole.
const MAX_BEGUN: usize = 4 << 20;

/// What RFC 9659 lets a server ask of a decoder's memory.
const ZSTD_WINDOW: u64 = 8 << 20;

/// Undoes a coding that takes up all of the bytes, and is whole.
pub(super) fn decode(coding: Coding, body: &[u8]) -> Option<Vec<u8>> {
    let mut content = Bounded::default();
    decode_into(coding, body, &mut content)?;
    Some(content.content)
}

/// Undoes a coding as far as that goes.
pub(super) fn begun(coding: Coding, body: &[u8]) -> Vec<u8> {
    let mut content = Bounded {
        max: MAX_BEGUN,
        ..Bounded::default()
    };
    // How far that is says the content.
    let _ = decode_into(coding, body, &mut content);
    content.content
}

fn decode_into(coding: Coding, body: &[u8], content: &mut Bounded) -> Option<()> {
    match coding {
        Coding::Gzip => gunzip(body, content),
        Coding::Deflate => inflate_zlib(body, content),
        Coding::DeflateRaw => inflate(body, content),
        Coding::Brotli => unbrotli(body, content),
        Coding::Zstd => unzstd(body, content),
    }
}

/// Applies a coding. It is done again for each replay, and nobody pays for the bytes, so it is quick
/// rather than small.
pub(super) fn encode(coding: Coding, content: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    let level = Compression::fast();
    // What reads and writes memory cannot fail.
    let _ = match coding {
        Coding::Gzip => GzEncoder::new(content, level).read_to_end(&mut body),
        Coding::Deflate => ZlibEncoder::new(content, level).read_to_end(&mut body),
        Coding::DeflateRaw => DeflateEncoder::new(content, level).read_to_end(&mut body),
        Coding::Brotli => brotli(content, &mut body),
        Coding::Zstd => {
            // In whole blocks: by far the quickest, and the encoder cannot get a match wrong.
            ruzstd::encoding::compress(content, &mut body, CompressionLevel::Uncompressed);
            Ok(body.len())
        }
    };
    body
}

/// Undoes the gzip of a whole file, up to so many bytes.
pub(super) fn unpack(packed: &[u8], max: usize) -> Option<Vec<u8>> {
    let content = Vec::new();
    let mut content = Bounded { content, max };
    gunzip(packed, &mut content)?;
    Some(content.content)
}

/// Applies gzip to what is stored: small rather than quick, and without a time, so that the same text
/// gives the same file.
pub(super) fn pack(text: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    // What reads and writes memory cannot fail.
    let _ = GzEncoder::new(text, Compression::best()).read_to_end(&mut packed);
    packed
}

/// Holds as much as a body may become, and refuses the rest.
struct Bounded {
    content: Vec<u8>,
    max: usize,
}

impl Default for Bounded {
    fn default() -> Self {
        let (content, max) = (Vec::new(), MAX_DECODED);
        Self { content, max }
    }
}

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.len() > self.max - self.content.len() {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.content.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn gunzip(body: &[u8], content: &mut Bounded) -> Option<()> {
    // It takes what follows a member for another one, and fails where it is none.
    io::copy(&mut MultiGzDecoder::new(body), content).ok()?;
    Some(())
}

fn inflate_zlib(body: &[u8], content: &mut Bounded) -> Option<()> {
    let mut decoder = ZlibDecoder::new(body);
    io::copy(&mut decoder, content).ok()?;
    decoder.into_inner().is_empty().then_some(())
}

fn inflate(body: &[u8], content: &mut Bounded) -> Option<()> {
    let mut decoder = DeflateDecoder::new(body);
    io::copy(&mut decoder, content).ok()?;
    decoder.into_inner().is_empty().then_some(())
}

/// Calls the decoder itself, since its reader accepts windows of gigabytes and does not say what is left over.
fn unbrotli(body: &[u8], content: &mut Bounded) -> Option<()> {
    let alloc = StandardAlloc::default;
    let mut state = BrotliState::new_strict(alloc(), alloc(), alloc());
    let (mut left, mut at, mut total) = (body.len(), 0, 0);
    let mut buffer = [0; 8192];
    loop {
        let (mut room, mut filled) = (buffer.len(), 0);
        let result = BrotliDecompressStream(
            &mut left,
            &mut at,
            body,
            &mut room,
            &mut filled,
            &mut buffer,
            &mut total,
            &mut state,
        );
        content.write_all(&buffer[..filled]).ok()?;
        match result {
            BrotliResult::NeedsMoreOutput => {}
            BrotliResult::ResultSuccess => return (left == 0).then_some(()),
            BrotliResult::NeedsMoreInput | BrotliResult::ResultFailure => return None,
        }
    }
}

fn brotli(mut content: &[u8], body: &mut Vec<u8>) -> io::Result<usize> {
    let params = BrotliEncoderParams {
        quality: 1,
        ..BrotliEncoderParams::default()
    };
    brotli::BrotliCompress(&mut content, body, &params)
}

fn unzstd(mut body: &[u8], content: &mut Bounded) -> Option<()> {
    let mut decoder = FrameDecoder::new();
    decoder.set_max_window_size(ZSTD_WINDOW);
    while !body.is_empty() {
        match decoder.init(&mut body) {
            Ok(()) => unzstd_frame(&mut decoder, &mut body, content)?,
            Err(error) => body = body.get(skippable(&error)?..)?,
        }
    }
    Some(())
}

/// Decodes a frame, and compares what the decoder itself does not: the length and the checksum.
fn unzstd_frame(decoder: &mut FrameDecoder, body: &mut &[u8], content: &mut Bounded) -> Option<()> {
    let start = content.content.len();
    while !decoder.is_finished() {
        let block = BlockDecodingStrategy::UptoBlocks(1);
        decoder.decode_blocks(&mut *body, block).ok()?;
        decoder.collect_to_writer(&mut *content).ok()?;
    }
    let stated = decoder.content_size();
    let checksum = decoder.get_checksum_from_data();
    let whole = stated == 0 || stated == (content.content.len() - start) as u64;
    let sound = checksum.is_none() || checksum == decoder.get_calculated_checksum();
    (whole && sound).then_some(())
}

/// The length of a frame that holds something other than content.
fn skippable(error: &FrameDecoderError) -> Option<usize> {
    match error {
        FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
            length, ..
        }) => usize::try_from(*length).ok(),
        _ => None,
    }
}
