use std::path::Path;
use std::time::SystemTime;

use crate::cassette::Hashes;
use crate::config::Config;
use crate::error::{Error, Kind, Result};
use crate::id::CassetteId;
use crate::session::Session;
use crate::session::finish::Finished;
use crate::session::opening::{Imported, Subject};
use crate::settings::Settings;

/// A cassette that is made of traffic which something else has recorded.
///
/// It is masked, refused and written as a recording is, by the settings of the package's
/// `cassette.toml`; nothing goes to the network. It has no fingerprint, so the test that it is named
/// after takes it for fresh.
///
/// ```
/// use bytes::Bytes;
/// use cassette_core::{Config, Decision, Import};
/// use http::{Request, Response};
///
/// # let package = tempfile::tempdir()?;
/// # let config = Config::new().environment::<&str, &str>([]);
/// let import = Import::new("users/reads");
/// let ((), notices) = import.record(config, package.path(), |session| {
///     let request = Request::get("https://api.example.com/users/1").body(Bytes::new());
///     let response = Response::new(Bytes::from(r#"{"name":"ada"}"#));
///     match session.intercept(&request.expect("a URL"))? {
///         Decision::Record(pending) => pending.complete(&response),
///         other => panic!("nothing else was asked for: {other:?}"),
///     }
/// })?;
/// assert_eq!(notices, ["recorded 1 interaction into tests/cassettes/users/reads.json"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Import {
    id: CassetteId,
    test: String,
    imported: Imported,
}

impl Import {
    /// Names the cassette. It belongs to the test whose cassette is called so when nothing else is
    /// said: `users/reads` to `users::reads`.
    #[must_use]
    pub fn new(id: impl Into<CassetteId>) -> Self {
        let id = id.into();
        Self {
            test: id.to_string().replace('/', "::"),
            imported: Imported {
                recorded_at: SystemTime::now(),
                replaces: false,
            },
            id,
        }
    }

    /// Sets the test that it belongs to, where the cassette has a name of its own: module path,
    /// function and case, such as `users::reads`.
    #[must_use]
    pub fn test(mut self, test: impl Into<String>) -> Self {
        self.test = test.into();
        self
    }

    /// Sets when the traffic was recorded, to the second. Default: now.
    #[must_use]
    pub fn recorded_at(mut self, recorded_at: SystemTime) -> Self {
        self.imported.recorded_at = recorded_at;
        self
    }

    /// Sets whether it may take the place of a cassette that is there. Default: false.
    #[must_use]
    pub fn replace(mut self, replace: bool) -> Self {
        self.imported.replaces = replace;
        self
    }

    /// Records what `feed` gives to the session, and saves it when `feed` has not failed. Returns what
    /// it returned, and what there is to tell.
    ///
    /// # Errors
    ///
    /// When there is a cassette already, or it cannot be written; when `feed` fails, or gives nothing that
    /// is recorded; when the traffic may hold a secret. Then nothing is written.
    pub fn record<T>(
        self,
        config: Config,
        package_dir: &Path,
        feed: impl FnOnce(&Session) -> Result<T>,
    ) -> Result<(T, Vec<String>)> {
        let config = config.over(Config::of_package(package_dir, Settings::check)?);
        let session = self.subject().open(config, package_dir)?;
        let fed = feed(&session).and_then(|fed| something(&session).map(|()| fed));
        let Finished { notices, failure } = session.finish(fed.is_ok());
        match (fed, failure) {
            (Err(error), _) => Err(error),
            (Ok(_), Some(failure)) => Err(failure.with_notes(&notices)),
            (Ok(fed), None) => Ok((fed, notices)),
        }
    }

    fn subject(self) -> Subject {
        Subject {
            id: self.id,
            user: self.test.clone(),
            test: self.test,
            function: None,
            source: None,
            hashes: Hashes::default(),
            imported: Some(self.imported),
        }
    }
}

/// A cassette without interactions would only hide that there is none.
fn something(session: &Session) -> Result<()> {
    if session.traffic().recorder.count() > 0 {
        return Ok(());
    }
    let message = "nothing is left to be recorded: `unrecorded`, `exclude_urls` or `extends` name all requests";
    Err(Error::new(Kind::Rejected, message))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::time::{Duration, UNIX_EPOCH};

    use bytes::Bytes;

    use super::*;
    use crate::{Cassette, Decision, scope};

    const ID: &str = "users/reads";

    fn config() -> Config {
        Config::new().environment([("CI", "true")])
    }

    /// Answers one request for a key with this text.
    fn feed(key: &'static str, answer: &'static str) -> impl FnOnce(&Session) -> Result<()> {
        move |session| {
            let request = http::Request::get("http://127.0.0.1:9/users/1").header("x-api-key", key);
            match session.intercept(&request.body(Bytes::new()).unwrap())? {
                Decision::Record(mut pending) => {
                    pending.took(Duration::from_millis(120));
                    pending.complete(&http::Response::new(answer.into()))
                }
                other => panic!("{other:?}"),
            }
        }
    }

    fn written(package: &Path) -> Cassette {
        let text = fs::read(package.join("tests/cassettes/users/reads.json")).unwrap();
        Cassette::from_json(&text).unwrap()
    }

    #[test]
    fn it_belongs_to_the_test_it_is_named_after_and_is_as_old_as_the_traffic() {
        let package = tempfile::tempdir().unwrap();
        let time = UNIX_EPOCH + Duration::from_secs(1_000_000);
        let import = Import::new(ID).recorded_at(time);
        import
            .record(config(), package.path(), feed("k", "ada"))
            .unwrap();
        let cassette = written(package.path());
        assert_eq!(cassette.test(), "users::reads");
        assert_eq!(cassette.source(), None);
        assert_eq!(cassette.fingerprint(), None);
        assert_eq!(cassette.recorded_at(), time);
        assert_eq!(cassette.interactions().len(), 1);
    }

    #[test]
    fn a_test_of_another_name_can_own_it() {
        let package = tempfile::tempdir().unwrap();
        let import = Import::new(ID).test("other::reads");
        import
            .record(config(), package.path(), feed("k", "ada"))
            .unwrap();
        assert_eq!(written(package.path()).test(), "other::reads");
    }

    #[test]
    fn it_is_masked_as_a_recording_is() {
        let package = tempfile::tempdir().unwrap();
        let key = "k-9f3b1c7d5e2a4680";
        let record = Import::new(ID).record(config(), package.path(), feed(key, key));
        record.unwrap();
        let text = written(package.path()).to_json().unwrap();
        assert!(text.contains("[REDACTED]") && !text.contains(key), "{text}");
    }

    #[test]
    fn what_may_be_a_secret_is_refused_and_nothing_is_written() {
        let package = tempfile::tempdir().unwrap();
        let token = "ghp_0123456789abcdefghijABCDEFGHIJ012345";
        let refused = Import::new(ID).record(config(), package.path(), feed("k", token));
        let error = refused.unwrap_err();
        assert!(error.is_secret(), "{error}");
        assert!(!error.to_string().contains(token));
        let folder = package.path().join("tests/cassettes/users");
        assert_eq!(fs::read_dir(folder).unwrap().count(), 0);
    }

    #[test]
    fn when_the_feed_fails_nothing_is_written() {
        let package = tempfile::tempdir().unwrap();
        let failed = Import::new(ID).record(config(), package.path(), |session| {
            feed("k", "ada")(session)?;
            Err::<(), _>(Error::new(Kind::Format, "no more"))
        });
        assert_eq!(failed.unwrap_err().to_string(), "no more");
        let folder = package.path().join("tests/cassettes/users");
        assert_eq!(fs::read_dir(folder).unwrap().count(), 0);
    }

    #[test]
    fn of_nothing_no_cassette_is_made() {
        let package = tempfile::tempdir().unwrap();
        let nothing = Import::new(ID).record(config(), package.path(), |_| Ok(()));
        assert!(nothing.unwrap_err().is_rejected());
        let config = config().unrecorded(["127.0.0.1:*"]);
        let nothing = Import::new(ID).record(config, package.path(), |session| {
            let request = http::Request::get("http://127.0.0.1:9/").body(Bytes::new());
            session.intercept(&request.unwrap()).map(drop)
        });
        assert!(nothing.unwrap_err().is_rejected());
        let folder = package.path().join("tests/cassettes/users");
        assert_eq!(fs::read_dir(folder).unwrap().count(), 0);
    }

    #[test]
    fn a_cassette_that_is_there_is_replaced_only_when_asked() {
        let package = tempfile::tempdir().unwrap();
        let import = || Import::new(ID);
        import()
            .record(config(), package.path(), feed("k", "ada"))
            .unwrap();
        let error = import().record(config(), package.path(), feed("k", "eve"));
        let error = error.unwrap_err();
        assert!(error.is_rejected(), "{error}");
        insta::assert_snapshot!(error, @r"
        there is a cassette tests/cassettes/users/reads.json already, which belongs to users::reads

        help: give another name, or replace it: cargo cassette import --force …
        ");
        let replaced = import().replace(true);
        replaced
            .record(config(), package.path(), feed("k", "eve"))
            .unwrap();
        let text = written(package.path()).to_json().unwrap();
        assert!(text.contains("eve") && !text.contains("ada"), "{text}");
    }

    #[test]
    fn it_waits_as_long_as_the_traffic_did_where_that_is_stored() {
        let package = tempfile::tempdir().unwrap();
        let config = config().latency(crate::Latency::Recorded);
        Import::new(ID)
            .record(config, package.path(), feed("k", "ada"))
            .unwrap();
        let cassette = written(package.path());
        let crate::Recorded::Response(response) = cassette.interactions()[0].recorded() else {
            panic!("it was answered");
        };
        assert_eq!(response.waits()[0], Duration::from_millis(120));
    }

    /// A session of `scope` has the name of the cassette for its test.
    #[tokio::test]
    async fn the_session_it_is_made_for_replays_it() {
        let package = tempfile::tempdir().unwrap();
        let import = Import::new(ID).test(ID);
        import
            .record(config(), package.path(), feed("k", "ada"))
            .unwrap();
        let config = config().dir(package.path().join("tests/cassettes"));
        let replay = scope(ID, config, async {
            let request = http::Request::get("http://127.0.0.1:9/users/1").header("x-api-key", "k");
            crate::current()?.intercept(&request.body(Bytes::new()).unwrap())
        });
        let decision = replay.await.unwrap().unwrap();
        assert!(matches!(decision, Decision::Play(_)), "{decision:?}");
    }
}
