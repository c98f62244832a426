//! What is tried: a value in a place, learned in some way where the place does not say what it is.

use crate::script::{Script, Step, read_file, read_folder};
use crate::value::{Value, read_values};

/// How many values a place is tried with, where it does not say.
const TAKEN: usize = 3;

/// One recording with one secret.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) secret: String,
    pub(crate) steps: Vec<Step>,
    /// The environment when it is recorded: names, and templates of values.
    pub(crate) variables: Vec<(String, String)>,
    pub(crate) expected: Expected,
    /// The number of steps after which nothing of the secret may stand anywhere.
    pub(crate) known_after: usize,
    pub(crate) cut: Option<usize>,
    pub(crate) body_limit: Option<u64>,
    /// A request that is not recorded is reported without the secret, too.
    pub(crate) by_name: bool,
    /// While one works on it.
    only: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    Saved,
    Refused,
    Either,
}

/// Returns the whole corpus.
pub(crate) fn read_cases() -> Vec<Case> {
    let mut picker = Picker {
        values: read_values(),
        next: 0,
    };
    let mut cases = Vec::new();
    for place in read_folder("secrets/places") {
        let of_place = picker
            .pick(&place, "line")
            .map(|value| Case::by_name(&place, &value));
        cases.extend(of_place);
    }
    for place in read_folder("secrets/gate") {
        let of_place = picker
            .pick(&place, "")
            .map(|value| Case::of(&place, &value));
        cases.extend(of_place);
    }
    let teachers = read_file("secrets/teachers.http");
    for echo in read_folder("secrets/echoes") {
        for teacher in &teachers {
            cases.extend(picker.pick_learned(&echo, teacher));
        }
    }
    if cases.iter().any(|case| case.only) {
        cases.retain(|case| case.only);
    }
    cases
}

/// Takes the values in turn, so that each is tried in many places.
struct Picker {
    values: Vec<Value>,
    next: usize,
}

impl Picker {
    fn pick(&mut self, place: &Script, kinds: &str) -> impl Iterator<Item = Value> + use<> {
        let kinds = format!("{kinds} {}", place.directive("kinds").unwrap_or_default());
        let fits = |value: &&Value| {
            value.fits(&kinds)
                && place
                    .directive("values")
                    .is_none_or(|names| value.is_of(names))
        };
        let fitting: Vec<Value> = self.values.iter().filter(fits).cloned().collect();
        assert!(!fitting.is_empty(), "{} has no values", place.name);
        let taken = match place.directive("take") {
            Some("all") => fitting.len(),
            taken => taken.map_or(TAKEN, |number| number.parse().expect("take has a number")),
        };
        let (start, taken) = (self.next, taken.min(fitting.len()));
        self.next += taken;
        (start..start + taken).map(move |at| fitting[at % fitting.len()].clone())
    }

    /// One value for each way to learn it, and for each place to cut it.
    fn pick_learned(&mut self, echo: &Script, teacher: &Script) -> Vec<Case> {
        let kinds = format!(
            "line long {}",
            teacher.directive("kinds").unwrap_or_default()
        );
        let mut echo = echo.clone();
        if echo.directive("take").is_none() {
            echo.set("take", "1");
        }
        let values = self.pick(&echo, &kinds);
        values
            .flat_map(|value| Case::learned(&echo, teacher, &value))
            .collect()
    }
}

impl Case {
    fn by_name(place: &Script, value: &Value) -> Self {
        let is_elsewhere = ["expect", "environment"];
        let by_name = is_elsewhere
            .iter()
            .all(|name| place.directive(name).is_none());
        Self {
            by_name,
            ..Self::of(place, value)
        }
    }

    /// Returns the case of a place that needs no other.
    pub(crate) fn of(place: &Script, value: &Value) -> Self {
        let expected = match place.directive("expect") {
            None | Some("saved") => Expected::Saved,
            Some("refused") => Expected::Refused,
            Some("either") => Expected::Either,
            Some(other) => panic!("{}: what is expected by {other:?}?", place.name),
        };
        let limit = place.directive("body-limit");
        Self {
            name: format!("{}, {}", place.name, value.name),
            secret: value.text.clone(),
            steps: place.steps.clone(),
            variables: place
                .directive("environment")
                .map(variable)
                .into_iter()
                .collect(),
            expected,
            known_after: 1,
            cut: None,
            body_limit: limit.map(|limit| limit.parse().expect("a number of bytes")),
            by_name: false,
            only: place.directive("only").is_some(),
        }
    }

    fn learned(echo: &Script, teacher: &Script, value: &Value) -> Vec<Self> {
        let case = Self::of(echo, value).taught_by(teacher);
        if echo.directive("each-cut").is_none() || teacher.directive("plain").is_none() {
            return vec![case];
        }
        let cuts = 1..case.secret.len();
        cuts.map(|cut| case.clone().cut_at(cut)).collect()
    }

    /// Returns the case with the secret learned by `teacher`: before the echo, in its own request, or
    /// after it.
    pub(crate) fn taught_by(mut self, teacher: &Script) -> Self {
        self.name = format!("{}, {}", self.name, teacher.name);
        self.variables
            .extend(teacher.directive("environment").map(variable));
        if let Some(header) = teacher.directive("with") {
            let (name, value) = header.split_once(": ").expect("`@with` has a header");
            let header = (name.to_owned(), value.to_owned());
            self.steps
                .iter_mut()
                .for_each(|step| step.request.headers.push(header.clone()));
        }
        let steps = teacher.steps.iter().cloned();
        if teacher.directive("after").is_some() {
            self.steps.extend(steps);
            self.known_after = self.steps.len();
        } else {
            self.steps.splice(..0, steps);
        }
        self
    }

    fn cut_at(mut self, cut: usize) -> Self {
        self.name = format!("{}, cut at {cut}", self.name);
        self.cut = Some(cut);
        self
    }
}

/// `NAME`, or `NAME=template`.
pub(crate) fn variable(text: &str) -> (String, String) {
    let (name, value) = text.split_once('=').unwrap_or((text, "{{secret}}"));
    (name.to_owned(), value.to_owned())
}
