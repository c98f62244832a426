use std::fmt;

/// So many different things are said of a file; of the rest only how many they are.
const MOST: usize = 200;

/// What of a file could not be carried over, or not as it stood. What is said of many places is said
/// once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Notes {
    notes: Vec<Note>,
    unsaid: usize,
}

#[derive(Clone, Debug)]
struct Note {
    text: String,
    first: String,
    more: usize,
}

impl Notes {
    /// Adds what is to say of a place, such as `interactions[3].response`. It must hold nothing of
    /// what the file holds but names.
    pub(super) fn add(&mut self, place: &str, text: impl Into<String>) {
        let text = text.into();
        let said = self.notes.iter().position(|note| note.text == text);
        match said {
            Some(said) => self.notes[said].more += 1,
            None if self.notes.len() == MOST => self.unsaid += 1,
            None => self.notes.push(Note {
                text,
                first: place.to_owned(),
                more: 0,
            }),
        }
    }

    /// Returns the lines for people.
    pub(crate) fn lines(&self) -> Vec<String> {
        let mut lines: Vec<_> = self.notes.iter().map(ToString::to_string).collect();
        if self.unsaid > 0 {
            lines.push(format!("… and {} more of other kinds", self.unsaid));
        }
        lines
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { text, first, more } = self;
        if !first.is_empty() {
            write!(f, "{first}: ")?;
        }
        f.write_str(text)?;
        match more {
            0 => Ok(()),
            1 => f.write_str(", and in 1 more place"),
            more => write!(f, ", and in {more} more places"),
        }
    }
}
