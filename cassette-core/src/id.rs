use sha2::{Digest, Sha256};

use crate::error::{Error, Kind, Result};

/// The longest name of a folder or file: 255 bytes less what `.rejected.json`, a case and a
/// temporary name may add.
const MAX_SEGMENT: usize = 200;

/// Device names that Windows gives to no file, whatever the extension.
const RESERVED: [&str; 22] = [
    "con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8",
    "com9", "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
];

/// The name of a cassette: its path below the cassette folder, without `.json`.
///
/// ```
/// use cassette_core::CassetteId;
///
/// let id = CassetteId::from("personas/gamer");
/// assert_eq!(id.to_string(), "personas/gamer");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CassetteId(String);

impl CassetteId {
    /// Names the cassette of a test after its module path, function and case, made safe for the
    /// file systems of Windows, macOS and Linux.
    pub(crate) fn of_test(module_path: &str, function: &str, case: Option<&str>) -> Self {
        let case = case
            .map(|case| format!("__{}", case.replace("::", "__")))
            .unwrap_or_default();
        let file = format!("{function}{case}");
        let segments = module_path.split("::").chain([file.as_str()]).map(safe);
        Self(segments.collect::<Vec<_>>().join("/"))
    }

    /// Checks a name that somebody wrote.
    ///
    /// # Errors
    ///
    /// A name that is not a file name on some system, with the reason.
    ///
    /// ```
    /// use cassette_core::CassetteId;
    ///
    /// assert!(CassetteId::from("a/nul").check().unwrap_err().is_config());
    /// ```
    pub fn check(&self) -> Result<()> {
        match self
            .0
            .split('/')
            .find_map(|segment| Some((segment, objection(segment)?)))
        {
            None => Ok(()),
            Some((segment, objection)) => Err(Error::new(
                Kind::Config,
                format!(
                    "the cassette name `{}` cannot be a file on every system: `{segment}` {objection}; \
                     use letters, digits, `-`, `_` and `/` between folders",
                    self.0
                ),
            )),
        }
    }
}

impl<T: Into<String>> From<T> for CassetteId {
    fn from(name: T) -> Self {
        Self(name.into())
    }
}

impl std::fmt::Display for CassetteId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Says what is wrong with a folder's or file's name, if anything.
fn objection(segment: &str) -> Option<&'static str> {
    let stem = segment.split('.').next().unwrap_or_default().to_lowercase();
    match segment {
        "" => Some("is empty"),
        "." | ".." => Some("leaves its folder"),
        _ if segment.contains(is_forbidden) => {
            Some("holds one of < > : \" \\ | ? * or a control character")
        }
        _ if segment.ends_with(['.', ' ']) => Some("ends with a dot or a space"),
        _ if RESERVED.contains(&stem.as_str()) => Some("is a device on Windows"),
        _ if segment.ends_with(".rejected") => Some("is how a rejected recording is called"),
        _ if segment.len() > MAX_SEGMENT => Some("is longer than 200 bytes"),
        _ => None,
    }
}

fn is_forbidden(c: char) -> bool {
    matches!(c, '<' | '>' | ':' | '"' | '/' | '\\' | '|' | '?' | '*') || c.is_control()
}

/// Makes a name out of what the compiler or a test harness gave us.
fn safe(segment: &str) -> String {
    let mut name = segment.trim_start_matches("r#").replace(is_forbidden, "_");
    if name.is_empty() || name.ends_with(['.', ' ']) {
        name.push('_');
    }
    if RESERVED.contains(
        &name
            .split('.')
            .next()
            .unwrap_or_default()
            .to_lowercase()
            .as_str(),
    ) {
        name.insert(0, '_');
    }
    if name.len() > MAX_SEGMENT {
        shorten(&name)
    } else {
        name
    }
}

/// Cuts a name and adds a hash of the whole, so that two long names stay two.
fn shorten(name: &str) -> String {
    let hash: String = Sha256::digest(name)[..4]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let fits = |end: &usize| name.is_char_boundary(*end);
    let end = (0..MAX_SEGMENT - hash.len())
        .rev()
        .find(fits)
        .unwrap_or_default();
    format!("{}-{hash}", &name[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_are_named_after_module_function_and_case() {
        assert_eq!(
            CassetteId::of_test("api::users", "reads", None).0,
            "api/users/reads"
        );
        assert_eq!(
            CassetteId::of_test("api", "r#type", Some("case_2::x")).0,
            "api/type__case_2__x"
        );
        assert_eq!(CassetteId::of_test("con::a", "NUL", None).0, "_con/a/_NUL");
    }

    #[test]
    fn long_names_are_cut_and_stay_different() {
        let name = |last: &str| CassetteId::of_test("a", &("é".repeat(150) + last), None);
        assert_ne!(name("1"), name("2"));
        assert!(name("1").0.len() <= 2 + MAX_SEGMENT);
        name("1").check().unwrap();
    }

    #[test]
    fn names_that_are_no_file_names_are_refused() {
        for name in [
            "",
            "a//b",
            "../a",
            "a/..",
            "/a",
            "a\\b",
            "a:b",
            "a*",
            "nul",
            "a.rejected",
            "x/COM1.b",
            "a.",
            "a ",
            "a\nb",
            &"a".repeat(201),
        ] {
            let error = CassetteId::from(name).check().unwrap_err();
            assert!(error.is_config(), "{name:?}: {error}");
        }
        for name in ["a", "personas/gamer-25", "a.b/c_d", "größe/名前", "console"] {
            CassetteId::from(name).check().unwrap();
        }
    }
}
