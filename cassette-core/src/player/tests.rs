use super::*;
use crate::failure::{ErrorKind, RecordedError};
use crate::interaction::Recorded;
use crate::redact::Redactor;
use bytes::Bytes;
use std::sync::Arc;

fn request(path: &str) -> RecordedRequest {
    let live = http::Request::get(format!("http://e.com/{path}")).body(Bytes::new());
    Redactor::default().request(&live.unwrap()).value
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
    let interaction = |path: char| {
        let kind = if path.is_uppercase() {
            ErrorKind::Cancelled
        } else {
            ErrorKind::Timeout
        };
        interaction(&path.to_lowercase().to_string(), kind)
    };
    let recorded = recorded.chars().map(interaction).collect();
    let asked = asked.chars().map(|path| request(&path.to_string()));
    play(order, repeat, recorded, asked, expect)
}

/// The same with words: `*` is a placeholder, and `!` before a word says that it is cancelled.
fn check_masked(order: Order, repeat: Repeat, recorded: &str, asked: &str, expect: &str) -> Player {
    let path = |word: &str| word.replace('*', "[REDACTED]");
    let interaction = |word: &str| match word.strip_prefix('!') {
        Some(word) => interaction(&path(word), ErrorKind::Cancelled),
        None => interaction(&path(word), ErrorKind::Timeout),
    };
    let recorded = recorded.split(' ').map(interaction).collect();
    let asked = asked.split(' ').map(|word| request(&path(word)));
    play(order, repeat, recorded, asked, expect)
}

fn play(
    order: Order,
    repeat: Repeat,
    recorded: Vec<Interaction>,
    asked: impl Iterator<Item = RecordedRequest>,
    expect: &str,
) -> Player {
    let matcher = RequestMatcher::default();
    let mut player = Player::new(recorded.clone(), &matcher, order, repeat);
    let mut quick = Player::new(recorded, &matcher, order, repeat);
    let answers = asked.map(|request| {
        let found = player.take(matcher.key(&request), &request, &matcher);
        assert_eq!(take_quickly(&mut quick, &request), found);
        match found {
            Found::Play(number) => number.to_string(),
            Found::Exhausted(_) => "!".to_owned(),
            Found::OutOfOrder { due } => format!("?{due}"),
            Found::Unknown => "x".to_owned(),
        }
    });
    assert_eq!(answers.collect::<String>(), expect);
    player
}

/// As a session does: first as it is written.
fn take_quickly(player: &mut Player, request: &RecordedRequest) -> Found {
    let matcher = RequestMatcher::default();
    let exact = matcher.exact_of(request);
    let found = exact.and_then(|exact| player.take_exact(exact.key(), &exact, &matcher));
    found.unwrap_or_else(|| player.take(matcher.key(request), request, &matcher))
}

#[test]
fn requests_that_are_written_differently_share_their_answers() {
    let recorded =
        ["q?a=1&b=2", "q?b=2&a=1", "q"].map(|path| interaction(path, ErrorKind::Timeout));
    let matcher = RequestMatcher::default();
    let mut player = Player::new(recorded.into(), &matcher, Order::Any, Repeat::Never);
    let mut take = |path: &str| take_quickly(&mut player, &request(path));
    assert_eq!(take("q?b=2&a=1"), Found::Play(0));
    assert_eq!(take("q?b=2&a=1"), Found::Play(1));
    assert_eq!(take("q?a=1&b=2"), Found::Exhausted(2));
    assert_eq!(take("q"), Found::Play(2));
    player.clear();
    assert_eq!(take_quickly(&mut player, &request("q")), Found::Unknown);
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

#[test]
fn a_placeholder_on_either_side_answers_any_value() {
    let check = |recorded, asked, expect| {
        check_masked(Order::Any, Repeat::Never, recorded, asked, expect);
    };
    check("k-* b", "k-1 b k-2 k", "01!x");
    check("k-1 b", "k-* b", "01");
    check("k-* k-* k-*", "k-1 k-2 k-* k-3", "012!");
    check("k-1 k-2", "k-* k-* k-*", "01!");
    // A value that is known on both sides is no other.
    check("k-1", "k-2", "x");
}

#[test]
fn an_exact_answer_comes_before_one_that_is_alike() {
    let check = |recorded, asked, expect| {
        check_masked(Order::Any, Repeat::Never, recorded, asked, expect);
    };
    check("* a", "a a b", "1!0");
    check("a * a", "a a *", "021");
    check("a-* *-b", "a-* *-b *-b", "01!");
    check("a-* *-b", "*-b a-* a-*", "10!");
}

#[test]
fn of_several_that_are_alike_the_next_in_the_file_answers() {
    let check = |order, repeat, recorded, asked, expect| {
        check_masked(order, repeat, recorded, asked, expect);
    };
    check(
        Order::Any,
        Repeat::Never,
        "a-* *-b a-*",
        "a-b a-b a-b a-b",
        "012!",
    );
    check(Order::Any, Repeat::Never, "a-* *-b", "a-* a-b a-b", "01!");
    check(Order::Any, Repeat::Last, "a-* *-b", "a-b a-b a-b", "010");
    check(
        Order::Strict,
        Repeat::Never,
        "a-* *-b a-*",
        "a-b a-b a-b",
        "012",
    );
}

#[test]
fn placeholders_change_nothing_in_orders_repetitions_and_cancelled_requests() {
    let check = |order, repeat, recorded, asked, expect| {
        check_masked(order, repeat, recorded, asked, expect);
    };
    check(Order::Strict, Repeat::Never, "k-* b", "b k-1 b", "?001");
    check(
        Order::Strict,
        Repeat::Last,
        "k-* b",
        "k-1 k-2 b k-3",
        "0010",
    );
    check(
        Order::Any,
        Repeat::Last,
        "k-* k-*",
        "k-1 k-2 k-3 k-4",
        "0111",
    );
    check(
        Order::Any,
        Repeat::Cycle,
        "k-* k-*",
        "k-1 k-2 k-3 k-4",
        "0101",
    );
    check(
        Order::Any,
        Repeat::Never,
        "!k-* k-* b",
        "k-1 k-2 k-3",
        "01!",
    );
    check(Order::Any, Repeat::Never, "!k-* b k-*", "b k-1", "12");
    let player = check_masked(Order::Any, Repeat::Never, "k-* !k-* b", "k-1 b", "02");
    assert_eq!((player.unplayed(), player.played()), (vec![], 2));
}

#[test]
fn the_nearest_one_may_have_a_masked_host() {
    let masked = Interaction {
        request: Arc::new(RecordedRequest {
            url: "http://[REDACTED].com/a".to_owned(),
            ..request("")
        }),
        ..interaction("", ErrorKind::Timeout)
    };
    let matcher = RequestMatcher::default();
    let player = Player::new(vec![masked], &matcher, Order::Any, Repeat::Never);
    let (number, mismatch) = player.nearest(&request("b"), &matcher).unwrap();
    assert_eq!((number, mismatch.differences.len()), (0, 1));
}

#[test]
fn what_is_taken_out_leaves_the_numbers_of_the_others() {
    let matcher = RequestMatcher::default();
    let mut player = check(Order::Any, Repeat::Never, "aab", "a", "0");
    player.remove(0);
    let take = |player: &mut Player, path: &str| {
        let request = request(path);
        player.take(matcher.key(&request), &request, &matcher)
    };
    assert_eq!(
        take(&mut player, "a"),
        Found::Play(1),
        "the second is the next"
    );
    player.remove(1);
    player.remove(2);
    assert_eq!(take(&mut player, "a"), Found::Unknown);
    player.replace(vec![interaction("a", ErrorKind::Timeout)], &matcher);
    assert_eq!(player.number(3), 0, "people count those that are there");
    assert_eq!(take(&mut player, "a"), Found::Play(3));
    assert_eq!(take(&mut player, "a"), Found::Exhausted(1));
    assert_eq!(player.unplayed(), Vec::<usize>::new());
}

#[test]
fn a_sequence_that_begins_anew_is_in_the_recorded_order_again() {
    let matcher = RequestMatcher::default();
    let mut player = check(Order::Strict, Repeat::Never, "ab", "ab", "01");
    player.reset();
    let first = request("b");
    let due = player.take(matcher.key(&first), &first, &matcher);
    assert_eq!(due, Found::OutOfOrder { due: 0 });
    assert_eq!(player.unplayed(), Vec::<usize>::new());
    // One that was given up is passed over only by what has been played since.
    let mut player = check(Order::Any, Repeat::Never, "Aba", "ba", "12");
    player.reset();
    let again = request("a");
    let again = player.take(matcher.key(&again), &again, &matcher);
    assert_eq!(again, Found::Play(0));
}
