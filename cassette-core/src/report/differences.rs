use crate::diff::Difference;

/// How much of a place a report shows.
const SHOWN: usize = 100;

/// Returns one line for each place, in columns that fit the first `most` of them.
pub(super) fn aligned(
    differences: &[Difference],
    most: usize,
) -> impl ExactSizeIterator<Item = String> {
    let width = |text: fn(&Difference) -> String| {
        let widths = differences.iter().take(most);
        widths
            .map(|one| text(one).chars().count())
            .max()
            .unwrap_or(0)
    };
    let (places, recorded) = (width(shown_place), width(|one| one.recorded.clone()));
    differences.iter().map(move |one| {
        let place = shown_place(one);
        format!(
            "{place:places$}    recorded: {:recorded$}    actual: {}",
            one.recorded, one.actual
        )
    })
}

/// Names come from requests and answers: they may be long, and hold line ends.
fn shown_place(difference: &Difference) -> String {
    let mut shown = String::new();
    for letter in difference.place.chars() {
        if letter.is_control() {
            shown.extend(letter.escape_default());
        } else {
            shown.push(letter);
        }
    }
    match shown.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &shown[..end]),
        None => shown,
    }
}
