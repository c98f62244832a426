use std::collections::HashMap;
use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf, absolute};

use percent_encoding::percent_decode_str;

use crate::error::{Error, Kind, Result};

/// A variable holds a secret when one of these stands between the underscores of its name.
const SECRET_WORDS: [&str; 4] = ["key", "password", "secret", "token"];

/// What is shorter also occurs where it is no secret.
const MIN_SECRET: usize = 12;

/// Where variables are looked up. Nothing else in the library reads the environment.
#[derive(Clone, Default)]
pub(crate) enum Environment {
    #[default]
    Process,
    Given(HashMap<String, String>),
}

impl Environment {
    /// Returns a variable that is set; an empty one counts as not set.
    pub(crate) fn get(&self, name: &str) -> Result<Option<String>> {
        let value = match self {
            Self::Given(variables) => variables.get(name).cloned(),
            Self::Process => process_variable(name)?,
        };
        Ok(value.filter(|value| !value.is_empty()))
    }

    /// Returns the secrets that the variables hold, by their names: 12 characters and more, and neither
    /// paths nor URLs. Of a URL with user information it is the password.
    pub(crate) fn secrets(&self) -> Vec<(String, String)> {
        let variables = match self {
            Self::Given(variables) => variables.clone().into_iter().collect(),
            Self::Process => process_variables(),
        };
        let mut secrets: Vec<_> = variables
            .into_iter()
            .filter(|(name, _)| is_secret_name(name))
            .filter_map(|(name, value)| Some((name, secret_of(value.trim())?)))
            .collect();
        secrets.sort();
        secrets
    }
}

/// Names only: a value may be a secret.
impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Process => f.write_str("Process"),
            Self::Given(variables) => f.debug_set().entries(variables.keys()).finish(),
        }
    }
}

fn is_secret_name(name: &str) -> bool {
    let is_secret = |word: &str| {
        SECRET_WORDS
            .iter()
            .any(|secret| word.eq_ignore_ascii_case(secret))
    };
    name.split('_').any(is_secret)
}

fn secret_of(value: &str) -> Option<String> {
    let secret = match value.split_once("://") {
        Some((_, rest)) => password(rest)?,
        None if is_path(value) => return None,
        None => value.to_owned(),
    };
    (secret.chars().count() >= MIN_SECRET).then_some(secret)
}

/// A token that stands alone before the host is one, too.
fn password(rest: &str) -> Option<String> {
    let authority = rest.split(['/', '?', '#']).next()?;
    let (user, _host) = authority.rsplit_once('@')?;
    let password = user.split_once(':').map_or(user, |(_, password)| password);
    Some(
        percent_decode_str(password)
            .decode_utf8_lossy()
            .into_owned(),
    )
}

/// A secret can begin with a slash and hold more of them, as the keys of AWS do, which have 40 signs of base64.
/// What is there on the disk is a path in any case.
fn is_path(value: &str) -> bool {
    let starts = ["~/", "./", "../", "~\\", ".\\", "..\\"];
    let is_sign = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'+');
    let is_key = value.len() == 40 && value.bytes().all(is_sign);
    let is_absolute = value.starts_with('/') && value.matches('/').count() >= 2;
    starts.iter().any(|start| value.starts_with(start))
        || has_drive(value)
        || (is_absolute && !is_key)
        || Path::new(value).exists()
}

/// `C:\keys` and `C:/keys`.
fn has_drive(value: &str) -> bool {
    matches!(value.as_bytes(), [drive, b':', b'\\' | b'/', ..] if drive.is_ascii_alphabetic())
}

/// What is not UTF-8 is no secret that could stand in a text.
fn process_variables() -> Vec<(String, String)> {
    let text = |(name, value): (OsString, OsString)| {
        Some((name.into_string().ok()?, value.into_string().ok()?))
    };
    std::env::vars_os().filter_map(text).collect()
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place where the environment is read"
)]
fn process_variable(name: &str) -> Result<Option<String>> {
    match std::env::var(name) {
        Ok(value) => Ok(Some(value)),
        Err(std::env::VarError::NotPresent) => Ok(None),
        Err(std::env::VarError::NotUnicode(_)) => {
            let message = format!("the variable {name} is not UTF-8");
            Err(Error::new(Kind::Config, message))
        }
    }
}

/// Returns the folder of the package under test: cargo says it at run time too, which stays true
/// for a test binary that was moved to another machine. Without cargo it is the one that was
/// compiled in, and without that the current one.
pub(crate) fn package_dir(compiled: Option<&str>) -> Result<PathBuf> {
    let run_time = process_variable("CARGO_MANIFEST_DIR")?;
    let folder = run_time.as_deref().or(compiled).unwrap_or(".");
    absolute(folder).map_err(|error| {
        let message = format!("the folder {folder} of the package cannot be found");
        Error::new(Kind::Config, message).with_source(error)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The names of the variables that hold a secret, with what it is.
    fn secrets(variables: &[(&str, &str)]) -> Vec<(String, String)> {
        let owned = |&(name, value): &(&str, &str)| (name.to_owned(), value.to_owned());
        Environment::Given(variables.iter().map(owned).collect()).secrets()
    }

    fn secret(value: &str) -> Option<String> {
        let found = secrets(&[("THE_KEY", value)]);
        found.into_iter().next().map(|(_, secret)| secret)
    }

    #[test]
    fn a_word_of_the_name_tells_that_there_is_a_secret() {
        let value = "abcdefghijkl";
        for name in [
            "KEY",
            "API_KEY",
            "GitHub_Token",
            "aws_secret_access",
            "_PASSWORD_",
        ] {
            assert_eq!(secrets(&[(name, value)]).len(), 1, "{name}");
        }
        for name in [
            "",
            "KEYS",
            "KEYBOARD",
            "APIKEY",
            "SECRETARY",
            "API-KEY",
            "HOME",
        ] {
            assert_eq!(secrets(&[(name, value)]), [], "{name}");
        }
    }

    #[test]
    fn secrets_come_sorted_by_their_names() {
        let found = secrets(&[
            ("B_KEY", "bbbbbbbbbbbb"),
            ("HOME", "/root"),
            ("A_KEY", "aaaaaaaaaaaa"),
        ]);
        let expected = [("A_KEY", "aaaaaaaaaaaa"), ("B_KEY", "bbbbbbbbbbbb")];
        assert_eq!(
            found,
            expected.map(|(name, value)| (name.to_owned(), value.to_owned()))
        );
    }

    #[test]
    fn what_is_short_is_no_secret() {
        assert_eq!(secret(""), None);
        assert_eq!(secret("elevenchars"), None);
        assert_eq!(secret("  elevenchars\n"), None);
        assert_eq!(secret("äääääääääää"), None, "characters count, not bytes");
        assert_eq!(secret("twelve chars\n").unwrap(), "twelve chars");
    }

    #[test]
    fn paths_are_no_secrets() {
        let here = tempfile::tempdir().unwrap();
        for path in [
            here.path().to_str().unwrap(),
            "~/.ssh/id_ed25519",
            "./keys/service.json",
            "../keys/service.json",
            r"..\keys\service.json",
            r"C:\keys\service.json",
            "d:/keys/service.json",
        ] {
            assert_eq!(secret(path), None, "{path}");
        }
    }

    #[test]
    fn a_secret_that_begins_like_a_path_is_one() {
        for key in [
            "/wJalr+K7MDENG/bPxRfiCYEXAMPLEKEY1234567",
            "~wJalrK7MDENG",
            "C:wJalrK7MDENG",
            "..wJalrK7MDENG",
        ] {
            assert_eq!(secret(key).as_deref(), Some(key));
        }
    }

    #[test]
    fn of_a_url_the_password_is_the_secret() {
        assert_eq!(secret("https://example.com/a-long-path"), None);
        assert_eq!(secret("https://ada@example.com"), None);
        assert_eq!(secret("https://ada:short@example.com"), None);
        assert_eq!(secret("https://example.com/@abcdefghijkl@"), None);
        let check = |url, expected| assert_eq!(secret(url).as_deref(), Some(expected));
        check("postgres://ada:abcdefghijkl@db/name", "abcdefghijkl");
        check("amqp://ada:abcdefgh%2Fij%40@mq:5672", "abcdefgh/ij@");
        check(
            "mongodb://ada:abc:defgh@ijkl@a:1,b:2/?ssl=true",
            "abc:defgh@ijkl",
        );
        check("https://ghp_abcdefghijkl@example.com", "ghp_abcdefghijkl");
    }

    /// Nobody can give it one here, but it must be read without a panic.
    #[test]
    fn the_process_is_asked_for_all_its_variables() {
        let all = Environment::Process.secrets();
        assert!(all.iter().all(|(name, _)| is_secret_name(name)));
    }

    #[test]
    fn a_debug_text_holds_no_value() {
        let given = Environment::Given(HashMap::from([(
            "A_KEY".to_owned(),
            "s3cret-s3cret".to_owned(),
        )]));
        assert_eq!(format!("{given:?}"), r#"{"A_KEY"}"#);
        assert!(!format!("{given:#?}").contains("s3cret"));
    }
}
