use super::*;

#[test]
fn what_is_masked_and_what_is_kept_adds_up() {
    let file = "redact = ['pin', 'query:sid']\nkeep = ['json:hint']";
    let file = || Config::from_toml(file, Path::new("cassette.toml")).unwrap();
    let lists = |config: Config| {
        let list = |list: Option<Vec<String>>| list.unwrap_or_default().join(" ");
        (list(config.wishes.redact), list(config.wishes.keep))
    };
    let check = |config: Config, redact: &str, keep: &str| {
        assert_eq!(lists(config), (redact.to_owned(), keep.to_owned()));
    };
    let twice = || Config::new().redact(["a"]).redact(["b"]);
    check(Config::new(), "", "");
    check(file(), "pin query:sid", "json:hint");
    check(twice().over(Config::new()), "a b", "");
    check(Config::new().over(file()), "pin query:sid", "json:hint");
    // As `scope` joins the layers, and as the attribute does.
    check(
        twice().keep(["c"]).over(file()),
        "pin query:sid a b",
        "json:hint c",
    );
    check(
        file().redact(["a"]).keep(["c"]),
        "pin query:sid a",
        "json:hint c",
    );
    check(file().redact([""; 0]), "pin query:sid", "json:hint");
}

#[test]
fn the_nearest_file_counts_up_to_the_root_of_the_repository() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    let dir = |package: &str| {
        let config = Config::of_package(&folder.path().join(package));
        config.map(|config| config.wishes.dir.map(|dir| dir.display().to_string()))
    };
    write("cassette.toml", "dir = 'above'");
    write("repository/.git/HEAD", "");
    write("repository/package/src/lib.rs", "");
    assert_eq!(dir("repository/package").unwrap(), None);
    write("repository/cassette.toml", "dir = 'root'");
    assert_eq!(dir("repository/package").unwrap().unwrap(), "root");
    write("repository/package/cassette.toml", "dir = 'package'");
    assert_eq!(dir("repository/package").unwrap().unwrap(), "package");
    write("repository/package/cassette.toml", "folder = 'package'");
    assert!(dir("repository/package").unwrap_err().is_config());

    write("alone/src/lib.rs", "");
    assert_eq!(
        dir("alone").unwrap(),
        None,
        "outside a repository nothing above is ours"
    );
}
