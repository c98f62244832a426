use super::*;

#[test]
fn more_than_the_bound_is_not_read() {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(b"four").unwrap();
    assert_eq!(read(file.path(), 4).unwrap(), b"four");
    assert!(read(file.path(), 3).is_err());
}

/// Its length is none, and its content has no end.
#[cfg(target_os = "linux")]
#[test]
fn a_device_is_not_read_for_ever() {
    let error = read(Path::new("/dev/zero"), 4).unwrap_err();
    assert!(error.to_string().contains("more than 4 bytes"), "{error}");
}

#[cfg(unix)]
mod modes {
    use std::os::unix::fs::PermissionsExt;

    use tempfile::TempDir;

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    fn folder(files: &[(&str, u32)]) -> TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, mode) in files {
            let path = folder.path().join(name);
            fs::write(&path, "old").unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(*mode)).unwrap();
        }
        folder
    }

    /// The mode of the cassette `c.json`, and of a body's file of it, written beside these.
    fn check(files: &[(&str, u32)], expected: u32) {
        let folder = folder(files);
        let cassette = folder.path().join("c.json");
        let body = folder.path().join("c.0123456789ab.bin");
        for path in [&body, &cassette] {
            replace(path, b"new", Access::Like(&cassette)).unwrap();
        }
        let names = (mode(&cassette), mode(&body));
        assert_eq!(names, (expected, expected), "{files:?}");
    }

    #[test]
    fn a_file_that_is_replaced_keeps_its_mode() {
        for old in [0o600, 0o640, 0o664, 0o755] {
            check(&[("c.json", old), ("a.json", 0o444)], old);
        }
        let folder = folder(&[("c.json", 0o644), ("c.0123456789ab.bin", 0o640)]);
        let body = folder.path().join("c.0123456789ab.bin");
        replace(&body, b"new", Access::Like(&folder.path().join("c.json"))).unwrap();
        assert_eq!(mode(&body), 0o640);
    }

    #[test]
    fn a_new_cassette_has_the_mode_of_its_neighbours() {
        check(&[("a.json", 0o640)], 0o640);
        check(&[("z.json", 0o644), ("b.json", 0o660)], 0o660);
    }

    /// Else nobody could record it again.
    #[test]
    fn a_new_cassette_can_be_written_where_its_neighbour_cannot() {
        check(&[("a.json", 0o444)], 0o644);
        check(&[("a.json", 0o040)], 0o640);
    }

    #[test]
    fn without_a_neighbour_a_cassette_is_like_any_other_file() {
        let plain = tempfile::tempdir().unwrap();
        fs::write(plain.path().join("plain"), "").unwrap();
        let plain = mode(&plain.path().join("plain"));
        check(&[], plain);
        // What is kept aside, or no cassette, is no example.
        check(
            &[
                ("a.rejected.json", 0o600),
                ("a.2.rejected.json", 0o600),
                ("a.partial.jsonl", 0o600),
                ("a.bin", 0o600),
            ],
            plain,
        );
    }

    #[test]
    fn what_is_kept_aside_is_for_its_owner_whatever_was_there() {
        let folder = folder(&[("a.json", 0o644), ("c.rejected.json", 0o644)]);
        let path = folder.path().join("c.rejected.json");
        replace(&path, b"old", Access::Owner).unwrap();
        assert_eq!(mode(&path), 0o600, "also with the same content");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o666)).unwrap();
        replace(&path, b"new", Access::Owner).unwrap();
        assert_eq!(mode(&path), 0o600);
    }

    #[test]
    fn what_is_not_yet_in_its_place_is_for_its_owner() {
        let folder = folder(&[("a.json", 0o666)]);
        assert_eq!(mode(temporary(folder.path()).unwrap().path()), 0o600);
    }
}
