//! Bodies, and parts of bodies, in files beside the cassette.

use bytes::Bytes;

use super::form::{Form, MAX_JSON_DEPTH, PART_DEPTH, assemble};
use super::{Body, Place};

impl Body {
    /// Returns true when it has a file of its own, or a part of it has.
    pub(crate) fn needs_file(&self) -> bool {
        match (&self.place, &self.form) {
            (Place::File(_), _) => true,
            (_, Form::Parts { parts, .. }) => parts.iter().any(|part| part.body.needs_file()),
            _ => false,
        }
    }

    /// Gives each body that goes to a file of its own its name, by `name`.
    pub(crate) fn name_files(&mut self, name: &impl Fn(&[u8]) -> String) {
        if let Form::Parts { parts, .. } = &mut self.form {
            parts.iter_mut().for_each(|part| part.body.name_files(name));
        }
        if matches!(self.place, Place::File(_)) {
            self.place = Place::File(Some(name(self.bytes())));
        }
    }

    /// Names no file from now on: it is written whole.
    pub(crate) fn forget_files(&mut self) {
        self.inline(MAX_JSON_DEPTH);
    }

    /// Returns the files that hold this body or parts of it: their names and content.
    pub(crate) fn files(&self) -> Vec<(&str, &Bytes)> {
        let own = self.file().map(|name| (name, self.bytes()));
        let of_parts = match &self.form {
            Form::Parts { parts, .. } => parts.iter().flat_map(|part| part.body.files()).collect(),
            _ => Vec::new(),
        };
        own.into_iter().chain(of_parts).collect()
    }

    /// Puts in what the files beside the cassette hold, which `read` returns by name.
    pub(crate) fn read_files(
        &mut self,
        read: &impl Fn(&str) -> Result<Bytes, String>,
    ) -> Result<(), String> {
        if let Form::Parts { parts, boundary } = &mut self.form {
            for part in parts.iter_mut() {
                part.body.read_files(read)?;
            }
            self.content = Bytes::from(assemble(parts, boundary)).into();
        }
        if let Place::File(Some(name)) = &self.place {
            self.content = read(name)?.into();
        }
        self.check_split()
    }

    /// Takes the place of the files that hold it, or parts of it, nested no deeper than `depth`.
    fn inline(&mut self, depth: usize) {
        if let Form::Parts { parts, .. } = &mut self.form {
            let depth = depth.saturating_sub(PART_DEPTH);
            parts.iter_mut().for_each(|part| part.body.inline(depth));
        }
        if matches!(self.place, Place::File(_)) {
            self.place = Place::File(None);
            self.form = Form::of(self.bytes(), depth);
        }
    }
}
