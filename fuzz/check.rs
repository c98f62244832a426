//! What holds for any bytes that are read as a cassette. The fuzz target checks it, and the test that
//! replays the corpus.

use cassette_core::Cassette;

/// Reads a cassette; returns the text of the error where it is none.
///
/// # Panics
///
/// When that text does not say where, or when the cassette does not come back as it is written.
pub(crate) fn check(bytes: &[u8]) -> Result<Cassette, String> {
    let read = Cassette::from_json(bytes).map_err(|error| error.to_string());
    match &read {
        Ok(cassette) => check_round_trip(cassette),
        Err(error) => assert!(has_place(error, bytes), "it does not say where: {error}"),
    }
    read
}

fn check_round_trip(cassette: &Cassette) {
    let text = cassette.to_json().expect("what was read can be written");
    let back = Cassette::from_json(text.as_bytes())
        .unwrap_or_else(|error| panic!("{error}, in what was written:\n{text}"));
    assert_eq!(back, *cassette, "something is lost in:\n{text}");
    let again = back.to_json().expect("what was read can be written");
    assert_eq!(again, text, "written again it is another text");
}

/// Returns true when an error ends with a line that the file has, and a column.
fn has_place(error: &str, bytes: &[u8]) -> bool {
    let lines = bytes.split(|&byte| byte == b'\n').count();
    let place = error.rsplit_once(" at line ");
    let numbers = place.and_then(|(_, place)| place.split_once(" column "));
    numbers.is_some_and(|(line, column)| {
        let line: Result<usize, _> = line.parse();
        line.is_ok_and(|line| (1..=lines).contains(&line)) && column.parse::<usize>().is_ok()
    })
}
