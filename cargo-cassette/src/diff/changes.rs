use serde::Serialize;

/// One thing that differs, and where: a value, or lines of a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Change {
    /// For example `response header x-session`, `request body /user/key`.
    pub(crate) place: String,
    /// Absent where it was added.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) old: Option<String>,
    /// Absent where it was removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) new: Option<String>,
    /// Instead of values: where lines of a text differ.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) hunks: Vec<Hunk>,
}

/// Lines that differ, and some around them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Hunk {
    /// The number of the first line in the old text, the first being 1.
    pub(crate) old_line: usize,
    /// The number of the first line in the new text.
    pub(crate) new_line: usize,
    pub(crate) lines: Vec<Line>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Line {
    pub(crate) sign: Sign,
    pub(crate) text: String,
}

/// Which text a line is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Sign {
    Both,
    Old,
    New,
}

impl Change {
    /// Returns one where the values differ.
    pub(super) fn new(place: impl Into<String>, old: String, new: String) -> Option<Self> {
        Self::maybe(place, Some(old), Some(new))
    }

    /// Returns one where the values differ; absent ones were added or removed.
    pub(super) fn maybe(
        place: impl Into<String>,
        old: Option<impl Into<String>>,
        new: Option<impl Into<String>>,
    ) -> Option<Self> {
        let (old, new) = (old.map(Into::into), new.map(Into::into));
        let place = place.into();
        let hunks = Vec::new();
        (old != new).then_some(Self {
            place,
            old,
            new,
            hunks,
        })
    }

    /// Returns one of lines that differ.
    pub(super) fn of_lines(place: impl Into<String>, hunks: Vec<Hunk>) -> Self {
        Self {
            place: place.into(),
            old: None,
            new: None,
            hunks,
        }
    }
}
