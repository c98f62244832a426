use bytes::Bytes;

use super::*;
use crate::failure::{ErrorKind, RecordedError};
use crate::redact::Redactor;

/// Plays what happens letter by letter: a small letter is issued, then `+` and the letter: answered,
/// `-` and the letter: given up. Returns the recording, in which a capital is one that was given up.
fn recording(events: &str) -> String {
    let mut recorder = Recorder::default();
    let mut issued = Vec::new();
    let mut events = events.chars();
    while let Some(event) = events.next() {
        let kind = match event {
            '+' => ErrorKind::Timeout,
            '-' => ErrorKind::Cancelled,
            name => {
                let live = http::Request::get(format!("http://e.com/{name}")).body(Bytes::new());
                let request = Redactor::default().request(&live.unwrap()).value;
                issued.push((name, recorder.reserve(request, 0, None)));
                continue;
            }
        };
        let name = events.next().unwrap();
        let (_, slot) = issued
            .iter()
            .rev()
            .find(|(issued, _)| *issued == name)
            .unwrap();
        if kind == ErrorKind::Timeout {
            recorder.answered = Some((*slot, recorder.slots.len()));
        }
        let error = RecordedError::new(kind, "");
        recorder.complete(*slot, Recorded::Error(Arc::new(error)), 0);
    }
    let letter = |interaction: &Interaction| {
        let name = interaction.request.url.chars().next_back().unwrap();
        if interaction.is_cancelled() {
            name.to_ascii_uppercase()
        } else {
            name
        }
    };
    recorder.interactions().iter().map(letter).collect()
}

#[test]
fn interactions_stand_as_they_were_issued_whenever_they_were_answered() {
    assert_eq!(recording("abc+c+a+b"), "abc");
    assert_eq!(recording("a+ab-b"), "aB");
    assert_eq!(recording("ab-b+a"), "aB", "given up for another reason");
}

#[test]
fn what_was_given_up_when_another_was_answered_stands_before_that_one() {
    assert_eq!(recording("ab+b-a"), "Ab");
    assert_eq!(recording("ab+a-b"), "Ba");
    assert_eq!(recording("xabc+x+a-b-cd+d"), "xBCad");
    assert_eq!(recording("ab+a-bba+b-a"), "BaAb");
}
