use std::io::Write;

/// Tells the user something on one line or a few, past the capture of test output, so that a passing
/// test can be heard. Nothing else in the library prints.
pub(crate) fn notify(text: &str) {
    let text = text
        .trim_end()
        .replace('\n', "\n  ")
        .replace("\n  \n", "\n\n");
    // Nobody is left to be told that the terminal is gone.
    let _ = writeln!(std::io::stderr(), "cassette: {text}");
}
