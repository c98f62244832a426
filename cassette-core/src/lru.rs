use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

/// Tells which of some things was not used for the longest time.
#[derive(Debug)]
pub(crate) struct Lru<T> {
    uses: u64,
    last: HashMap<T, u64>,
    order: BTreeMap<u64, T>,
}

impl<T> Default for Lru<T> {
    fn default() -> Self {
        Self {
            uses: 0,
            last: HashMap::new(),
            order: BTreeMap::new(),
        }
    }
}

impl<T: Clone + Eq + Hash> Lru<T> {
    /// Notes that a thing is used now, perhaps for the first time.
    pub(crate) fn touch(&mut self, thing: &T) {
        self.forget(thing);
        self.uses += 1;
        self.last.insert(thing.clone(), self.uses);
        self.order.insert(self.uses, thing.clone());
    }

    pub(crate) fn forget(&mut self, thing: &T) {
        let last = self.last.remove(thing);
        last.map(|last| self.order.remove(&last));
    }

    /// Returns the one that was not used for the longest time, and forgets it, where there are more
    /// than `max`.
    pub(crate) fn pop_beyond(&mut self, max: usize) -> Option<T> {
        if self.last.len() <= max {
            return None;
        }
        let (_, thing) = self.order.pop_first()?;
        self.last.remove(&thing);
        Some(thing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_one_not_used_for_the_longest_time_comes_first() {
        let mut lru = Lru::default();
        ["a", "b", "c", "a"].iter().for_each(|name| lru.touch(name));
        assert_eq!(lru.pop_beyond(3), None);
        assert_eq!(lru.pop_beyond(2), Some("b"));
        assert_eq!(lru.pop_beyond(2), None);
        lru.forget(&"c");
        lru.forget(&"unknown");
        assert_eq!(lru.pop_beyond(0), Some("a"));
        assert_eq!(lru.pop_beyond(0), None);
    }
}
