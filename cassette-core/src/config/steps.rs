//! The builder's methods for what no attribute or file can say.

use std::time::Duration;

use bytes::Bytes;

use super::{Config, Decide};
use crate::interaction::{Interaction, RecordedRequest};
use crate::pool::CassettePool;

impl Config {
    /// Sets which requests are recorded; the others go to the network unrecorded. A replay lets those
    /// through as well, unless they are in the cassette. Default: all.
    #[must_use]
    pub fn should_record(
        mut self,
        decide: impl Fn(&http::Request<Bytes>) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.code.should_record = Some(Decide::new(decide));
        self
    }

    /// Sets which requests are answered from the cassette where it is played; the others go to the
    /// network, and are not missed when they are not played. So it is asked about recorded requests as
    /// well, in which secrets are masked. Default: all.
    #[must_use]
    pub fn should_playback(
        mut self,
        decide: impl Fn(&http::Request<Bytes>) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.code.should_playback = Some(Decide::new(decide));
        self
    }

    /// Adds a step that takes out of a request what must not tell it from another. It gets a copy, of
    /// recorded requests as well as of new ones, in which secrets are masked already; what is stored
    /// stays whole. It is called while requests are looked up, so it must not ask the session itself.
    ///
    /// ```
    /// use cassette_core::Config;
    ///
    /// let config = Config::new().normalize(|request| {
    ///     let url = request.url().split("/sessions/").next().unwrap_or_default().to_owned();
    ///     request.set_url(url);
    /// });
    /// ```
    #[must_use]
    pub fn normalize(
        mut self,
        normalize: impl Fn(&mut RecordedRequest) + Send + Sync + 'static,
    ) -> Self {
        self.code.normalizers.add(normalize);
        self
    }

    /// Adds a step that changes what is recorded, each interaction once, when it has come: its copy goes to
    /// the journal and to the file, what the test sees stays. What the step puts in is masked as
    /// anything else.
    ///
    /// ```
    /// use cassette_core::Config;
    ///
    /// // A large download is stored as its first bytes.
    /// let config = Config::new().on_capture(|interaction| {
    ///     let Some(response) = interaction.response_mut() else { return };
    ///     let first = response.body().bytes().slice(..response.body().bytes().len().min(64));
    ///     response.set_body(first);
    /// });
    /// ```
    #[must_use]
    pub fn on_capture(mut self, change: impl Fn(&mut Interaction) + Send + Sync + 'static) -> Self {
        self.code.hooks.on_capture.add(change);
        self
    }

    /// Adds a step that changes what is saved: copies of the interactions that this session has recorded,
    /// when it has passed. What was there before is not changed again.
    #[must_use]
    pub fn before_save(
        mut self,
        change: impl Fn(&mut Interaction) + Send + Sync + 'static,
    ) -> Self {
        self.code.hooks.before_save.add(change);
        self
    }

    /// Adds a step that changes what was loaded: a copy of each interaction, once, before any is asked
    /// for. The file stays as it is.
    #[must_use]
    pub fn on_load(mut self, change: impl Fn(&mut Interaction) + Send + Sync + 'static) -> Self {
        self.code.hooks.on_load.add(change);
        self
    }

    /// Adds a step that changes what a request is answered with: a copy of the interaction, each time
    /// it is played.
    #[must_use]
    pub fn before_replay(
        mut self,
        change: impl Fn(&mut Interaction) + Send + Sync + 'static,
    ) -> Self {
        self.code.hooks.before_replay.add(change);
        self
    }

    /// Sets how many interactions are kept while recording, in memory and then in the file: of more, the
    /// one goes that was not used for the longest time. For what runs long. Default: all.
    #[must_use]
    pub fn max_interactions(mut self, number: usize) -> Self {
        self.code.max_interactions = Some(number);
        self
    }

    /// Sets how often a recording of [`scope`](crate::scope) is saved before its end. It is looked at
    /// whenever an answer has come. A test saves only when it has passed. Default: never.
    #[must_use]
    pub fn flush_every(mut self, time: Duration) -> Self {
        self.code.flush_every = Some(time);
        self
    }

    /// Sets where loaded cassettes are kept for the next session that wants them. Default: nowhere.
    #[must_use]
    pub fn pool(mut self, pool: &CassettePool) -> Self {
        self.code.pool = Some(pool.clone());
        self
    }
}
