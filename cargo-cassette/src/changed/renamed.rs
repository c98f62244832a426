use std::collections::HashMap;

use cassette_core::Cassette;

use super::{Changed, Status};

/// Joins cassettes that are gone with new ones that ask the same: their tests were renamed or moved.
pub(super) fn joined(changed: Vec<Changed>) -> Vec<Changed> {
    let (gone, mut rest): (Vec<_>, Vec<_>) = changed
        .into_iter()
        .partition(|one| one.status == Status::Deleted);
    let mut by_requests: HashMap<Vec<String>, Vec<Changed>> = HashMap::new();
    let mut apart = Vec::new();
    for one in gone {
        match requests(one.cassettes().0) {
            Some(requests) => by_requests.entry(requests).or_default().push(one),
            None => apart.push(one),
        }
    }
    for one in rest.iter_mut().filter(|one| one.status == Status::Added) {
        let requests = requests(one.cassettes().1);
        let old = requests.and_then(|requests| by_requests.get_mut(&requests)?.pop());
        if let Some(old) = old {
            join(one, old);
        }
    }
    rest.extend(apart);
    rest.extend(by_requests.into_values().flatten());
    rest
}

fn join(new: &mut Changed, old: Changed) {
    new.status = Status::Renamed;
    new.renamed_from = Some(old.name);
    new.old = old.old;
    new.files.extend(old.files);
    new.known.extend(old.known);
}

/// Returns what a cassette asks; nothing where it cannot be read or asks nothing.
fn requests(cassette: Option<&Cassette>) -> Option<Vec<String>> {
    let interactions = cassette?.interactions().iter();
    let requests = interactions.map(|one| serde_json::to_string(one.request()).unwrap_or_default());
    let requests: Vec<_> = requests.collect();
    (!requests.is_empty()).then_some(requests)
}
