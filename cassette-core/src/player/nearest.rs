//! What comes closest to a request that has no answer.

use std::cmp::Reverse;

use super::Player;
use crate::address::Address;
use crate::diff::alike;
use crate::interaction::{Interaction, RecordedRequest};
use crate::matcher::{Mismatch, RequestMatcher};

impl Player {
    /// Returns the interaction on the same server that differs in the fewest places from `request`;
    /// of several the one whose URL is most alike.
    pub(crate) fn nearest(
        &self,
        request: &RecordedRequest,
        matcher: &RequestMatcher,
    ) -> Option<(usize, Mismatch)> {
        let url = |request: &RecordedRequest| matcher.normal(request).url.clone();
        let asked = url(request);
        let origin = Address::parse(&asked).origin;
        let candidate = |(number, recorded): (usize, &Interaction)| {
            let mismatch = matcher.check(&recorded.request, request).err()?;
            let alike = common_prefix(&url(&recorded.request), &asked);
            Some((mismatch.differences.len(), Reverse(alike), number, mismatch))
        };
        let on_origin = self.kept();
        let on_origin = on_origin.filter(|(_, recorded)| {
            let recorded = Address::parse(&url(&recorded.request)).origin;
            alike(recorded.as_bytes(), origin.as_bytes())
        });
        let nearest = on_origin
            .filter_map(candidate)
            .min_by_key(|(places, alike, number, _)| (*places, *alike, *number));
        nearest.map(|(_, _, number, mismatch)| (number, mismatch))
    }
}

fn common_prefix(left: &str, right: &str) -> usize {
    left.bytes()
        .zip(right.bytes())
        .take_while(|(left, right)| left == right)
        .count()
}
