use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use super::{Session, ended};
use crate::error::Error;

type Companion = Arc<dyn Any + Send + Sync>;

/// What adapters keep as long as the session; nothing more when it has ended.
pub(crate) struct Companions(Mutex<Option<HashMap<TypeId, Companion>>>);

impl Default for Companions {
    fn default() -> Self {
        Self(Mutex::new(Some(HashMap::new())))
    }
}

impl Companions {
    /// Drops all of them, outside the lock: what they do meanwhile may need it.
    pub(super) fn end(&self) {
        let mut companions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let all = companions.take();
        drop(companions);
        drop(all);
    }
}

impl fmt::Debug for Companions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Companions").finish_non_exhaustive()
    }
}

impl Session {
    /// Returns what an adapter keeps as long as the session, such as a proxy: made by `start` when it is
    /// first asked for, one of each type, and dropped when the session ends, before anything is checked
    /// or saved.
    ///
    /// Whoever holds the [`Arc`] longer than a moment keeps it alive behind the session's end. Others who ask
    /// for a companion wait while `start` runs, so it must be short, and must not ask for one itself.
    ///
    /// # Errors
    ///
    /// When `start` fails; when the session has ended.
    pub fn companion<T, E>(&self, start: impl FnOnce() -> Result<T, E>) -> Result<Arc<T>, E>
    where
        T: Any + Send + Sync,
        E: From<Error>,
    {
        let companions = &self.0.companions.0;
        let mut companions = companions.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(companions) = companions.as_mut() else {
            return Err(ended(&self.0.facts).into());
        };
        let key = TypeId::of::<T>();
        if let Some(Ok(found)) = companions
            .get(&key)
            .map(|found| Arc::clone(found).downcast())
        {
            return Ok(found);
        }
        let started = Arc::new(start()?);
        let kept: Companion = Arc::<T>::clone(&started);
        companions.insert(key, kept);
        Ok(started)
    }

    /// Tells something when the session ends, if its test has failed by then: what an adapter knows of the
    /// reason and the client does not, such as why a proxy broke a connection off. Once, however often it
    /// is said. The text must hold no secret.
    pub fn explain(&self, text: impl Into<String>) {
        let (text, mut traffic) = (text.into(), self.traffic());
        if !traffic.explanations.contains(&text) {
            traffic.explanations.push(text);
        }
    }
}
