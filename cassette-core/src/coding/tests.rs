use std::io::Write as _;

use brotli::enc::BrotliEncoderParams;
use flate2::Compression;
use flate2::write::DeflateEncoder;
use http::HeaderValue;
use proptest::prelude::*;

use super::codecs::MAX_DECODED;
use super::*;

/// What the greetings below decode to. They were made by gzip 1.12, zlib, Google's brotli and zstd 1.5.
const GREETING: &str = "{\"greeting\":\"hello, hello, hello\"}\n";

/// With the file's name and time in its head, as `gzip greeting.json` writes it.
const GZIP: &[u8] = b"\x1f\x8b\x08\x08\x00\xf1\x53\x65\x00\x03greeting.json\x00\
    \xab\x56\x4a\x2f\x4a\x4d\x2d\xc9\xcc\x4b\x57\xb2\x52\xca\x48\xcd\xc9\xc9\xd7\x51\x40\xa6\
    \x94\x6a\xb9\x00\xd8\x95\xfe\x98\x23\x00\x00\x00";
const DEFLATE: &[u8] = b"\x78\xda\xab\x56\x4a\x2f\x4a\x4d\x2d\xc9\xcc\x4b\x57\xb2\x52\xca\x48\
    \xcd\xc9\xc9\xd7\x51\x40\xa6\x94\x6a\xb9\x00\xdd\x8b\x0b\xee";
const DEFLATE_RAW: &[u8] = b"\xab\x56\x4a\x2f\x4a\x4d\x2d\xc9\xcc\x4b\x57\xb2\x52\xca\x48\xcd\
    \xc9\xc9\xd7\x51\x40\xa6\x94\x6a\xb9\x00";
const BROTLI: &[u8] = b"\x0b\x11\x80{\"greeting\":\"hello, hello, hello\"}\n\x03";
/// With length and checksum.
const ZSTD: &[u8] = b"\x28\xb5\x2f\xfd\x24\x23\xed\x00\x00\xb8{\"greeting\":\"hello, \"}\n\
    \x01\x00\xc4\x15\x26\xf0\x27\xbd\x4b";
/// Without either.
const ZSTD_BARE: &[u8] = b"\x28\xb5\x2f\xfd\x00\x58\xed\x00\x00\xb8{\"greeting\":\"hello, \"}\n\
    \x01\x00\xc4\x15\x26";
/// Something other than content, as parallel compressors put in.
const ZSTD_SKIPPABLE: &[u8] = b"\x50\x2a\x4d\x18\x03\x00\x00\x00abc";

/// 65 MiB of zeros.
const BROTLI_BOMB: &[u8] = b"\xcb\xff\xff\x3f\xf8\x27\x00\xe2\xb1\x40\x20\xf7\xfe\x8f\xff\xff\
    \x7f\xf0\x4f\x00\xc4\x61\x11\x80\xee\xfd\x1f\xff\xff\xff\xe0\x9f\x00\x88\xc3\x02\x00\xdd\
    \xfb\x3f\xfe\xff\xff\xc1\x3f\x01\x10\x87\x05\x00\xba\xf7\x7f\xfc\xff\xff\x83\x7f\x02\x20\
    \x0e\x0b\x00\x74\xef\xff\xf8\xff\xff\x07\xff\x04\x40\x1c\x16\x00\xe8\xde\xff\xf1\xff\xff\
    \x0f\xfe\x09\x80\x38\x2c\x00\xd0\xbd\xff\xe3\xff\xff\x1f\xfc\x13\x00\x71\x58\x00\xa0\x7b\
    \xff\x57\xff\xff\x8f\x7f\x02\x20\x0e\x0b\x00\x74\xef\x1f\x00";

const WHOLE: [(&str, &[u8], &str); 6] = [
    ("gzip", GZIP, "gzip"),
    ("deflate", DEFLATE, "deflate"),
    ("deflate", DEFLATE_RAW, "deflate-raw"),
    ("br", BROTLI, "br"),
    ("zstd", ZSTD, "zstd"),
    ("zstd", ZSTD_BARE, "zstd"),
];

fn headers(lines: &[&str]) -> HeaderMap {
    let lines = lines
        .iter()
        .map(|line| HeaderValue::from_str(line).unwrap());
    lines.map(|line| (CONTENT_ENCODING, line)).collect()
}

fn check(line: &str, body: &[u8], expected: Option<(&str, &str)>) {
    check_lines(&[line], body, expected);
}

fn check_lines(lines: &[&str], body: &[u8], expected: Option<(&str, &str)>) {
    let decoded = decode(&headers(lines), body);
    let decoded = decoded.map(|(content, codings)| (content, codings.to_string()));
    let expected = expected.map(|(text, codings)| (Bytes::from(text.to_owned()), codings.into()));
    assert_eq!(decoded, expected, "{lines:?}, {} bytes", body.len());
}

fn coded(content: &[u8], codings: &str) -> Bytes {
    encode(&Bytes::copy_from_slice(content), &codings.parse().unwrap())
}

fn zeros(length: usize) -> Vec<u8> {
    vec![0; length]
}

#[test]
fn each_coding_is_undone() {
    for (line, body, coding) in WHOLE {
        check(line, body, Some((GREETING, coding)));
    }
}

#[test]
fn the_header_is_read_as_the_rfc_has_it() {
    let gzip = Some((GREETING, "gzip"));
    for line in ["gzip", "x-gzip", "GZip", "identity, gzip", ",gzip , ,"] {
        check(line, GZIP, gzip);
    }
    check_lines(&["identity", "gzip"], GZIP, gzip);

    let nested = coded(GREETING.as_bytes(), "gzip, br");
    let both = Some((GREETING, "gzip, br"));
    check("gzip, br", &nested, both);
    check("x-gzip,BR", &nested, both);
    check_lines(&["gzip", "br"], &nested, both);
    check("br, gzip", &nested, None);
}

#[test]
fn without_a_coding_there_is_nothing_to_undo() {
    check_lines(&[], GZIP, None);
    for line in ["", ",", "identity", "identity, identity"] {
        check(line, GZIP, None);
    }
    for line in ["gzip", "deflate", "br", "zstd"] {
        check(line, b"", None);
    }
}

#[test]
fn unknown_codings_stay() {
    for line in [
        "compress",
        "deflate-raw",
        "gzip;q=1",
        "gzip, aws-chunked",
        "dcz",
    ] {
        check(line, GZIP, None);
    }
    let opaque = HeaderValue::from_bytes(b"gzip\xff").unwrap();
    let opaque = HeaderMap::from_iter([(CONTENT_ENCODING, opaque)]);
    assert_eq!(decode(&opaque, GZIP), None);
}

#[test]
fn a_header_that_is_wrong_is_not_believed() {
    for line in ["gzip", "deflate", "br", "zstd", "gzip, br"] {
        for body in [GREETING, "[]", "\"", "hello", "<html>\n</html>\n"] {
            check(line, body.as_bytes(), None);
        }
    }
    check("gzip, gzip", GZIP, None);
    check("br", GZIP, None);
    check("gzip", DEFLATE, None);
}

#[test]
fn a_body_that_is_cut_off_stays() {
    for (line, body, _) in WHOLE {
        for length in 0..body.len() {
            check(line, &body[..length], None);
        }
    }
}

#[test]
fn a_body_with_more_behind_its_end_stays() {
    for (line, body, _) in WHOLE {
        for rest in [
            &b"\0"[..],
            b"\n",
            b"more",
            &zeros(20),
            &body[..body.len() - 1],
        ] {
            check(line, &[body, rest].concat(), None);
        }
    }
}

#[test]
fn a_damaged_body_stays() {
    for (line, body) in [("gzip", GZIP), ("deflate", DEFLATE), ("zstd", ZSTD)] {
        for at in [body.len() - 12, body.len() - 1] {
            let mut damaged = body.to_vec();
            damaged[at] ^= 4;
            check(line, &damaged, None);
        }
    }
    let mut length = ZSTD.to_vec();
    length[5] += 1;
    check("zstd", &length, None);
}

#[test]
fn members_and_frames_follow_each_other() {
    let twice = GREETING.repeat(2);
    check("gzip", &[GZIP, GZIP].concat(), Some((&twice, "gzip")));
    let frames = [ZSTD_SKIPPABLE, ZSTD, ZSTD_SKIPPABLE, ZSTD_BARE].concat();
    check("zstd", &frames, Some((&twice, "zstd")));
    for (line, body) in [
        ("br", BROTLI),
        ("deflate", DEFLATE),
        ("deflate", DEFLATE_RAW),
    ] {
        check(line, &[body, body].concat(), None);
    }
}

#[test]
fn no_more_codings_are_undone_than_anyone_applies() {
    let five = coded(b"x", "gzip, gzip, gzip, gzip, gzip");
    let line = "gzip, gzip, gzip, gzip, gzip";
    check(line, &five, Some(("x", line)));
    let six = coded(&five, "gzip");
    check(&format!("{line}, gzip"), &six, None);
}

/// A few bytes that stand for so many MiB of zeros.
fn bomb(coding: Coding, mebibytes: usize) -> Vec<u8> {
    let zlib_checksum = (((mebibytes << 20) as u32 % 65_521) << 16 | 1).to_be_bytes();
    match coding {
        Coding::Gzip => coded(&zeros(1 << 20), "gzip").repeat(mebibytes),
        Coding::Deflate => {
            let raw = bomb(Coding::DeflateRaw, mebibytes);
            [b"\x78\x01", &raw[..], &zlib_checksum].concat()
        }
        Coding::DeflateRaw => {
            let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
            encoder.write_all(&zeros(1 << 20)).unwrap();
            encoder.flush().unwrap();
            [encoder.get_ref().repeat(mebibytes), b"\x03\x00".to_vec()].concat()
        }
        Coding::Brotli => BROTLI_BOMB.to_vec(),
        // Each block is one byte, to be repeated 128 KiB times.
        Coding::Zstd => {
            let blocks = b"\x02\x00\x10\x00".repeat(8 * mebibytes);
            [b"\x28\xb5\x2f\xfd\x00\x58", &blocks[..], b"\x01\x00\x00"].concat()
        }
    }
}

#[test]
fn a_body_may_become_as_large_as_the_limit() {
    let is_limit = |content: &Vec<u8>| content.len() == MAX_DECODED;
    for coding in [
        Coding::Gzip,
        Coding::Deflate,
        Coding::DeflateRaw,
        Coding::Zstd,
    ] {
        let content = codecs::decode(coding, &bomb(coding, 64));
        assert!(content.as_ref().is_some_and(is_limit), "{coding:?}");
    }
    let more = [bomb(Coding::Gzip, 64), coded(b"x", "gzip").to_vec()].concat();
    check("gzip", &more, None);
}

#[test]
fn a_bomb_stays() {
    for coding in Coding::ALL {
        let bomb = bomb(coding, 65);
        assert!(bomb.len() < 400_000, "{coding:?}: {}", bomb.len());
        let line = coding.name().trim_end_matches("-raw");
        check(line, &bomb, None);
    }
    check("br, gzip", &coded(BROTLI_BOMB, "gzip"), None);
}

#[test]
fn a_window_of_gigabytes_is_not_asked_for() {
    // Brotli's large window is no content coding.
    for (large_window, expected) in [(false, Some((GREETING, "br"))), (true, None)] {
        let params = BrotliEncoderParams {
            large_window,
            lgwin: if large_window { 30 } else { 24 },
            ..BrotliEncoderParams::default()
        };
        let mut body = Vec::new();
        brotli::BrotliCompress(&mut GREETING.as_bytes(), &mut body, &params).unwrap();
        check("br", &body, expected);
    }
    // A frame of zstd that asks for 128 MiB, and one for 8.
    check("zstd", b"\x28\xb5\x2f\xfd\x00\x88\x01\x00\x00", None);
    check(
        "zstd",
        b"\x28\xb5\x2f\xfd\x00\x68\x01\x00\x00",
        Some(("", "zstd")),
    );
}

#[test]
fn the_file_names_codings_in_the_order_of_the_header() {
    for names in ["gzip", "deflate", "deflate-raw", "gzip, br", "zstd, zstd"] {
        assert_eq!(names.parse::<Codings>().unwrap().to_string(), names);
    }
    let error = |names: &str| names.parse::<Codings>().unwrap_err();
    let known = "it can be gzip, deflate, deflate-raw, br, zstd";
    assert_eq!(
        error("gzip, lzma"),
        format!("unknown content coding `lzma`; {known}")
    );
    assert_eq!(error(""), format!("unknown content coding ``; {known}"));
    assert!(Codings::default().is_empty());
}

#[test]
fn the_same_content_gives_the_same_bytes() {
    let content = GREETING.repeat(100);
    for coding in Coding::ALL {
        let name = coding.name();
        let body = coded(content.as_bytes(), name);
        assert_eq!(body, coded(content.as_bytes(), name), "{name}");
    }
    let gzip = coded(content.as_bytes(), "gzip");
    assert_eq!(gzip[4..8], [0; 4], "no time");
}

#[test]
fn without_codings_nothing_is_applied() {
    let content = Bytes::from_static(GREETING.as_bytes());
    assert_eq!(encode(&content, &Codings::default()), content);
}

fn check_round_trip(content: &[u8], codings: &[Coding]) {
    let codings = Codings(codings.to_vec());
    let content = Bytes::copy_from_slice(content);
    let lines: Vec<_> = codings.0.iter().map(|coding| coding.name()).collect();
    let lines: Vec<_> = lines
        .iter()
        .map(|name| name.trim_end_matches("-raw"))
        .collect();
    let decoded = decode(&headers(&lines), &encode(&content, &codings));
    assert_eq!(decoded, Some((content, codings)));
}

#[test]
fn any_length_around_a_block_comes_back() {
    let content: Vec<_> = (0..300_000u32)
        .map(|i| (i.wrapping_mul(i) >> 7) as u8)
        .collect();
    for length in [
        1, 65_535, 65_536, 131_071, 131_072, 131_073, 262_144, 300_000,
    ] {
        for coding in Coding::ALL {
            check_round_trip(&content[..length], &[coding]);
            check_round_trip(&zeros(length), &[coding]);
        }
    }
}

/// A piece that is repeated compresses otherwise than bytes by chance.
fn content() -> impl Strategy<Value = Vec<u8>> {
    let pieces = prop::collection::vec((any::<Vec<u8>>(), 1..50usize), 0..8);
    pieces.prop_map(|pieces| {
        let pieces = pieces.into_iter().map(|(piece, times)| piece.repeat(times));
        pieces.collect::<Vec<_>>().concat()
    })
}

proptest! {
    #[test]
    fn any_content_comes_back(
        content in content(),
        codings in prop::collection::vec(prop::sample::select(&Coding::ALL[..]), 1..=5),
    ) {
        check_round_trip(&content, &codings);
    }

    #[test]
    fn no_bytes_make_it_panic(at in 0..WHOLE.len(), changes: Vec<(prop::sample::Index, u8)>) {
        let (line, body, _) = WHOLE[at];
        let mut body = body.to_vec();
        for (place, byte) in changes {
            *place.get_mut(&mut body) = byte;
        }
        let _ = decode(&headers(&[line]), &body);
    }
}
