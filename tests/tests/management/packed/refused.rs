//! Compressed files that are not read, or not written.

use std::fs;
use std::io::Read;

use cassette_core::Mode;

use super::{bytes, packing, path, record_packed, unpacked};
use crate::bench::Bench;

#[tokio::test]
async fn both_forms_at_once_are_an_error_that_names_them() {
    let bench = Bench::new();
    record_packed(&bench, "a").await;
    bench.sandbox.write("c.json", unpacked(&bench.sandbox));
    for mode in [
        Mode::Record,
        Mode::Auto,
        Mode::Replay,
        Mode::Update,
        Mode::Verify,
    ] {
        for compress in [false, true] {
            let config = bench.config(mode).compress(compress);
            let error = bench.run_as("c", config, "a").await.unwrap_err();
            assert!(error.is_format(), "{mode}: {error}");
            let text = error.to_string();
            assert!(
                text.contains("c.json and ") && text.contains("c.json.gz\n"),
                "{text}"
            );
        }
    }
    let config = bench.config(Mode::Auto).extends(["c"]);
    assert!(
        bench
            .run_as("other", config, "a")
            .await
            .unwrap_err()
            .is_format()
    );
    assert_eq!(bench.sandbox.files(), ["c.json", "c.json.gz"]);
}

#[tokio::test]
async fn what_is_no_whole_gzip_file_is_an_error_that_names_it() {
    let bench = Bench::new();
    record_packed(&bench, "a").await;
    let whole = bytes(&bench.sandbox);
    let (mut flipped, mut longer) = (whole.clone(), whole.clone());
    let middle = flipped.len() / 2;
    flipped[middle] ^= 0x55;
    longer.extend_from_slice(b"more");
    let text = unpacked(&bench.sandbox).into_bytes();
    for broken in [
        Vec::new(),
        whole[..whole.len() - 4].to_vec(),
        whole[..9].to_vec(),
        flipped,
        longer,
        text,
    ] {
        fs::write(path(&bench.sandbox), &broken).unwrap();
        for mode in [Mode::Record, Mode::Auto, Mode::Replay, Mode::Update] {
            let error = bench
                .run_as("c", packing(&bench, mode), "a")
                .await
                .unwrap_err();
            assert!(error.is_format(), "{mode}: {error}");
            assert!(
                error.to_string().contains("c.json.gz is no cassette"),
                "{error}"
            );
            assert_eq!(bytes(&bench.sandbox), broken);
        }
    }
}

#[tokio::test]
async fn a_few_bytes_that_stand_for_gigabytes_are_refused() {
    let bench = Bench::new();
    let mut packed = Vec::new();
    let zeros = std::io::repeat(0).take(600 << 20);
    flate2::read::GzEncoder::new(zeros, flate2::Compression::fast())
        .read_to_end(&mut packed)
        .unwrap();
    fs::write(path(&bench.sandbox), &packed).unwrap();
    let error = bench.run(Mode::Replay, "a").await.unwrap_err();
    assert!(error.is_format(), "{error}");
    assert!(
        error
            .to_string()
            .contains("or has more than 536870912 bytes"),
        "{error}"
    );
}

#[tokio::test]
async fn one_that_is_read_only_is_not_recorded_over_in_either_form() {
    let bench = Bench::new();
    record_packed(&bench, "a").await;
    let mut permissions = fs::metadata(path(&bench.sandbox)).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(path(&bench.sandbox), permissions).unwrap();
    let error = bench
        .run_as("c", packing(&bench, Mode::Record), "a")
        .await
        .unwrap_err();
    assert!(error.is_storage(), "{error}");
    assert!(error.to_string().ends_with("c.json.gz"), "{error}");
    assert!(bench.run(Mode::Record, "a").await.unwrap_err().is_storage());
    assert_eq!((bench.server.hits(), bench.sandbox.files().len()), (1, 1));
}

#[tokio::test]
async fn names_that_differ_in_case_only_are_refused_whatever_their_forms() {
    let bench = Bench::new();
    for (first, second) in [(true, true), (true, false), (false, true)] {
        let id = |name: &str| format!("{first}-{second}/{name}");
        let config = |compress| bench.config(Mode::Record).compress(compress);
        bench
            .run_as(&id("Reads"), config(first), "a")
            .await
            .unwrap();
        let error = bench
            .run_as(&id("reads"), config(second), "a")
            .await
            .unwrap_err();
        assert!(error.is_storage(), "{error}");
    }
}
