use std::time::SystemTime;

use bytes::Bytes;

use super::Session;
use super::traffic::Used;
use crate::body::Body;
use crate::error::{Error, Kind, Result};
use crate::interaction::{Interaction, RecordedRequest};
use crate::plan::Plan;

/// What a cassette has for one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RequestInfo {
    /// How many answers are recorded. A request that was given up has none.
    pub answers: usize,
    /// How often it was answered in this session, from the cassette or by the network; what goes past the
    /// cassette does not count.
    pub calls: usize,
    /// When the cassette was recorded.
    pub recorded_at: SystemTime,
}

impl Session {
    /// Returns how many interactions there are: those of the cassette, where it is played, and those
    /// recorded since.
    #[must_use]
    pub fn len(&self) -> usize {
        let traffic = self.traffic();
        traffic.player.kept().count() + traffic.recorder.count()
    }

    /// Returns true when there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns these interactions, in the order of the cassette, the new ones behind.
    #[must_use]
    pub fn interactions(&self) -> Vec<Interaction> {
        let traffic = self.traffic();
        let kept = traffic.player.kept().map(|(_, kept)| kept.clone());
        kept.chain(traffic.recorder.interactions()).collect()
    }

    /// Returns what there is for a request, or nothing where it was not recorded. One that is still under
    /// way, or whose body is, is not yet recorded.
    #[must_use]
    pub fn info(&self, request: &http::Request<Bytes>) -> Option<RequestInfo> {
        let (request, key) = self.masked(request);
        let matcher = &self.0.settings.matcher;
        let mut traffic = self.traffic();
        let played = traffic.player.counts(key, &request, matcher);
        let (recorded, answers) = traffic.recorder.counts(key, &request, matcher);
        let shared = traffic.shared.counts(key, &request, matcher);
        if played.is_none() && shared.is_none() && recorded == 0 {
            return None;
        }
        let (played, shared) = (played.unwrap_or_default(), shared.unwrap_or_default());
        Some(RequestInfo {
            answers: played.answers + shared.answers + answers,
            calls: played.calls + shared.calls + answers,
            recorded_at: self.0.recorded_at,
        })
    }

    /// Takes out what is recorded of a request, and returns how many interactions that were. The file changes
    /// only where the cassette is recorded or updated, when it is saved; that of a cassette which this one
    /// extends never does. A request that is still under way stays. After the session has ended no file
    /// changes any more.
    pub fn delete(&self, request: &http::Request<Bytes>) -> usize {
        let (request, key) = self.masked(request);
        let matcher = &self.0.settings.matcher;
        let mut traffic = self.traffic();
        let slots = traffic.recorder.matching(key, &request, matcher);
        for slot in &slots {
            traffic.forget(Used::New(*slot));
        }
        let played = traffic.player.remove_all(key, &request, matcher);
        for number in &played {
            traffic.uses.forget(&Used::Old(*number));
        }
        let shared = traffic.shared.remove_all(key, &request, matcher);
        slots.len() + played.len() + shared.len()
    }

    /// Puts these interactions in the place of all that there are. They are masked as all others. The
    /// file changes only where the cassette is recorded or updated, when it is saved. Requests that are
    /// still under way are recorded besides.
    ///
    /// # Errors
    ///
    /// When the session has ended. When an interaction lacks a body that is in a file beside its cassette,
    /// as one of [`Cassette::from_json`](crate::Cassette::from_json) does. When the journal cannot be
    /// written.
    ///
    /// ```
    /// use cassette_core::{Cassette, Config, current, scope};
    ///
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// # let folder = tempfile::tempdir()?;
    /// let other = Cassette::from_json(br#"{
    ///   "format": 1,
    ///   "test": "other",
    ///   "recorded_at": "2026-11-21T10:30:00Z",
    ///   "interactions": [{ "request": { "method": "GET", "url": "http://e.com/" }, "response": { "status": 200 } }]
    /// }"#)?;
    /// let config = Config::new().dir(folder.path()).environment([("CASSETTE_MODE", "record")]);
    /// let taken_over = async { current()?.replace(other.interactions().to_vec()) };
    /// scope("taken-over", config, taken_over).await??;
    /// assert!(folder.path().join("taken-over.json").exists());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn replace(&self, interactions: impl IntoIterator<Item = Interaction>) -> Result<()> {
        let inner = &self.0;
        let interactions: Vec<_> = interactions.into_iter().collect();
        interactions.iter().try_for_each(check_whole)?;
        let masked = inner.settings.redactor.foreign(&interactions);
        let mut traffic = self.open_traffic()?;
        match inner.plan {
            Plan::Forward => return Ok(()),
            plan if plan.only_plays() => {
                let values = masked.into_iter().map(|masked| masked.value).collect();
                let selection = &inner.settings.selection;
                let player = &mut traffic.player;
                player.replace(values, &inner.settings.matcher);
                player.excuse_all(|request| selection.excuses(request));
                return Ok(());
            }
            _ => traffic.clear(),
        }
        for masked in masked {
            let slot = traffic.recorder.adopt(masked.value, masked.known);
            traffic.block(slot, masked.blocked);
            inner.touch(&mut traffic, Used::New(slot));
        }
        inner.evict(&mut traffic);
        inner.rewrite_journal(&mut traffic)
    }

    /// Begins all sequences anew: the next request gets the first of its recorded answers. What was played
    /// before is not missed at the end.
    pub fn reset_counts(&self) {
        let mut traffic = self.traffic();
        traffic.player.reset();
        traffic.shared.reset();
    }

    fn masked(&self, request: &http::Request<Bytes>) -> (RecordedRequest, u64) {
        let settings = &self.0.settings;
        let request = settings.redactor.request(request).value;
        let key = settings.matcher.key(&request);
        (request, key)
    }
}

/// A body of which only the file's name is known would be saved as an empty one.
fn check_whole(interaction: &Interaction) -> Result<()> {
    let mut bodies = interaction.bodies().flat_map(Body::files);
    match bodies.find(|(_, content)| content.is_empty()) {
        None => Ok(()),
        Some((name, _)) => Err(Error::new(
            Kind::Format,
            format!(
                "an interaction that is to be put in lacks its body, which is in the file {name}\n\n\
                 help: take interactions from `Session::interactions`, which have theirs"
            ),
        )),
    }
}
