use super::*;
use crate::failure::{ErrorKind, RecordedError};
use crate::interaction::Recorded;
use crate::redact::Redactor;
use bytes::Bytes;
use std::sync::Arc;

fn request(path: &str) -> RecordedRequest {
    let live = http::Request::get(format!("http://e.com/{path}")).body(Bytes::new());
    Redactor::default().request(&live.unwrap())
}

fn interaction(path: &str, kind: ErrorKind) -> Interaction {
    let recorded = Recorded::Error(Arc::new(RecordedError::new(kind, "")));
    Interaction {
        request: Arc::new(request(path)),
        recorded,
    }
}

/// Plays `asked` against a cassette that holds the requests of `recorded`; a capital stands for
/// a cancelled request. `x` is a miss, `!` an exhausted group, `?3` says that 3 is due.
fn check(order: Order, repeat: Repeat, recorded: &str, asked: &str, expect: &str) -> Player {
    let matcher = RequestMatcher::default();
    let interaction = |path: char| {
        let kind = if path.is_uppercase() {
            ErrorKind::Cancelled
        } else {
            ErrorKind::Timeout
        };
        interaction(&path.to_lowercase().to_string(), kind)
    };
    let mut player = Player::new(
        recorded.chars().map(interaction).collect(),
        &matcher,
        order,
        repeat,
    );
    let answers = asked.chars().map(|path| {
        match player.take(
            matcher.key(&request(&path.to_string())),
            &request(&path.to_string()),
            &matcher,
        ) {
            Found::Play(number) => number.to_string(),
            Found::Exhausted(_) => "!".to_owned(),
            Found::OutOfOrder { due } => format!("?{due}"),
            Found::Unknown => "x".to_owned(),
        }
    });
    assert_eq!(answers.collect::<String>(), expect);
    player
}

#[test]
fn answers_come_in_the_recorded_order_of_each_request_and_once() {
    check(Order::Any, Repeat::Never, "aabab", "babaaxb", "20413x!");
}

#[test]
fn after_the_last_answer_comes_what_repeat_says() {
    check(Order::Any, Repeat::Never, "aa", "aaaa", "01!!");
    check(Order::Any, Repeat::Last, "aa", "aaaa", "0111");
    check(Order::Any, Repeat::Cycle, "aa", "aaaaa", "01010");
}

#[test]
fn strict_order_wants_the_first_open_one_and_says_which() {
    check(Order::Strict, Repeat::Never, "abA", "ba", "?00");
    check(Order::Strict, Repeat::Last, "aAb", "aaba", "0120");
}

#[test]
fn cancelled_requests_keep_their_place_and_are_not_missed() {
    let player = check(Order::Any, Repeat::Never, "Aab", "aaa", "01!");
    assert_eq!((player.unplayed(), player.played()), (vec![2], 2));
    let player = check(Order::Any, Repeat::Never, "aA", "a", "0");
    assert_eq!(player.unplayed(), Vec::<usize>::new());
    check(Order::Any, Repeat::Last, "AaA", "aaaaa", "01211");
    check(Order::Any, Repeat::Cycle, "aAa", "aaaaaa", "012020");
    check(Order::Any, Repeat::Last, "A", "aa", "0!");
    // One that was not made this time is not in the way; where nothing else answers, it is.
    check(Order::Any, Repeat::Never, "Aba", "ba", "12");
    check(Order::Any, Repeat::Never, "Aba", "aba", "012");
    check(Order::Any, Repeat::Never, "Ab", "ba", "10");
    check(Order::Any, Repeat::Never, "bAca", "cba", "203");
}
