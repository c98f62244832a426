//! What was meant by a word that is none of those there are.

/// The most that are named: more would help nobody.
const MOST: usize = 3;

/// The nearest of these, if it is near.
pub(crate) fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    all(word, known).into_iter().next()
}

/// Those that are near, the nearest first.
pub(crate) fn all<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let near = |(distance, known): &(usize, &str)| *distance <= known.len() / 3;
    let mut all: Vec<_> = known
        .map(|known| (distance(word, known), known))
        .filter(near)
        .collect();
    all.sort_unstable();
    all.dedup();
    all.truncate(MOST);
    all.into_iter().map(|(_, known)| known).collect()
}

/// The edit distance by Levenshtein.
fn distance(left: &str, right: &str) -> usize {
    let mut row: Vec<usize> = (0..=right.chars().count()).collect();
    for (i, a) in left.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, b) in right.chars().enumerate() {
            let replaced = diagonal + usize::from(a != b);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[right.chars().count()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distance_counts_edits() {
        assert_eq!(distance("match_body", "match_body"), 0);
        assert_eq!(distance("match_boddy", "match_body"), 1);
        assert_eq!(distance("", "mode"), 4);
        assert_eq!(distance("dri", "dir"), 2);
    }

    #[test]
    fn a_far_word_is_near_to_nothing() {
        let words = || ["dir", "match_body", "match_query"].into_iter();
        assert_eq!(nearest("zebra", words()), None);
        assert_eq!(nearest("match_boddy", words()), Some("match_body"));
        let many = ["item_4", "item_3", "item_12", "item_2", "item_2"];
        assert_eq!(
            all("item_1", many.into_iter()),
            ["item_12", "item_2", "item_3"]
        );
    }
}
