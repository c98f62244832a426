//! What a configuration says in code, and no attribute or file can.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use crate::interaction::{Interaction, RecordedRequest};
use crate::pool::CassettePool;

type Question = dyn Fn(&http::Request<Bytes>) -> bool + Send + Sync;
type Change<T> = dyn Fn(&mut T) + Send + Sync;

/// A question about a request, before anything of it is masked.
#[derive(Clone)]
pub(crate) struct Decide(Arc<Question>);

impl Decide {
    pub(super) fn new(
        decide: impl Fn(&http::Request<Bytes>) -> bool + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(decide))
    }

    pub(crate) fn is_so(&self, request: &http::Request<Bytes>) -> bool {
        (self.0)(request)
    }
}

impl fmt::Debug for Decide {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Decide")
    }
}

/// Steps that change a copy of something, in order.
pub(crate) struct Steps<T>(Vec<Arc<Change<T>>>);

/// What takes out of a request what must not tell it from another.
pub(crate) type Normalizers = Steps<RecordedRequest>;

/// What a user changes of an interaction at one point of its way.
pub(crate) type Hook = Steps<Interaction>;

impl<T: Clone> Steps<T> {
    pub(super) fn add(&mut self, step: impl Fn(&mut T) + Send + Sync + 'static) {
        self.0.push(Arc::new(step));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns a changed copy.
    pub(crate) fn apply(&self, to: &T) -> T {
        let mut copy = to.clone();
        self.0.iter().for_each(|step| step(&mut copy));
        copy
    }

    /// Returns these steps behind `first`.
    fn after(self, first: Self) -> Self {
        Self([first.0, self.0].concat())
    }
}

impl<T> Clone for Steps<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> Default for Steps<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> fmt::Debug for Steps<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Steps({})", self.0.len())
    }
}

/// The points at which an interaction can be changed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hooks {
    pub(crate) on_capture: Hook,
    pub(crate) before_save: Hook,
    pub(crate) on_load: Hook,
    pub(crate) before_replay: Hook,
}

impl Hooks {
    fn after(self, first: Self) -> Self {
        Self {
            on_capture: self.on_capture.after(first.on_capture),
            before_save: self.before_save.after(first.before_save),
            on_load: self.on_load.after(first.on_load),
            before_replay: self.before_replay.after(first.before_replay),
        }
    }
}

/// All of it. Absent: not said here.
#[derive(Clone, Debug, Default)]
pub(crate) struct Code {
    pub(crate) should_record: Option<Decide>,
    pub(crate) should_playback: Option<Decide>,
    pub(crate) normalizers: Normalizers,
    pub(crate) hooks: Hooks,
    pub(crate) max_interactions: Option<usize>,
    pub(crate) flush_every: Option<Duration>,
    pub(crate) pool: Option<CassettePool>,
}

impl Code {
    /// As for what is said in words; steps add up, the lower ones first.
    pub(super) fn over(self, lower: Self) -> Self {
        Self {
            should_record: self.should_record.or(lower.should_record),
            should_playback: self.should_playback.or(lower.should_playback),
            normalizers: self.normalizers.after(lower.normalizers),
            hooks: self.hooks.after(lower.hooks),
            max_interactions: self.max_interactions.or(lower.max_interactions),
            flush_every: self.flush_every.or(lower.flush_every),
            pool: self.pool.or(lower.pool),
        }
    }
}
