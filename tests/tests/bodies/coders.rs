//! Content codings, by other means than the library's own where there are any.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
use ruzstd::decoding::StreamingDecoder;
use ruzstd::encoding::{CompressionLevel, compress_to_vec};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Coder {
    Gzip,
    Zlib,
    Deflate,
    Brotli,
    Zstd,
}

impl Coder {
    /// Returns the name in the file.
    pub(crate) fn stored(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zlib => "deflate",
            Self::Deflate => "deflate-raw",
            Self::Brotli => "br",
            Self::Zstd => "zstd",
        }
    }

    /// Returns the name in a header.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Deflate => "deflate",
            coder => coder.stored(),
        }
    }

    pub(crate) fn encode(self, content: &[u8]) -> Vec<u8> {
        match self {
            Self::Gzip => gzip(content, Compression::best()),
            Self::Zlib => {
                let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
                encoder.write_all(content).unwrap();
                encoder.finish().unwrap()
            }
            Self::Deflate => {
                let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
                encoder.write_all(content).unwrap();
                encoder.finish().unwrap()
            }
            Self::Brotli => {
                let mut encoder = brotli::CompressorWriter::new(Vec::new(), 4096, 5, 22);
                encoder.write_all(content).unwrap();
                encoder.into_inner()
            }
            Self::Zstd => compress_to_vec(content, CompressionLevel::Uncompressed),
        }
    }

    pub(crate) fn decode(self, body: &[u8]) -> Vec<u8> {
        let mut content = Vec::new();
        let read = match self {
            Self::Gzip => MultiGzDecoder::new(body).read_to_end(&mut content),
            Self::Zlib => ZlibDecoder::new(body).read_to_end(&mut content),
            Self::Deflate => DeflateDecoder::new(body).read_to_end(&mut content),
            Self::Brotli => brotli::Decompressor::new(body, 4096).read_to_end(&mut content),
            Self::Zstd => StreamingDecoder::new(body)
                .expect("it begins as a frame does")
                .read_to_end(&mut content),
        };
        read.unwrap_or_else(|error| panic!("no {self:?}: {error}"));
        content
    }
}

pub(crate) fn gzip(content: &[u8], level: Compression) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), level);
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

/// Returns the pieces of a stream that is flushed after each of these.
pub(crate) fn gzip_in_pieces(pieces: &[&str]) -> Vec<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    let mut coded = Vec::new();
    for piece in pieces {
        encoder.write_all(piece.as_bytes()).unwrap();
        encoder.flush().unwrap();
        coded.push(std::mem::take(encoder.get_mut()));
    }
    coded.push(encoder.finish().unwrap());
    coded
}
