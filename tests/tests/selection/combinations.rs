//! Every combination of the options that decide which answer a request gets, against the model.

use bytes::Bytes;
use cassette_core::{Cassette, Config, Decision, Mode, Recorded, current, scope};
use cassette_tests::{Child, Sandbox};
use http::{Request, Response};

use crate::bench::FILE;
use crate::model::{Ask, COMBINATIONS, Fate, Options, fates};

const BASE: Ask = Ask {
    path: "/a",
    page: 1,
    time: 1,
    kind: "One",
    id: 1,
    text: "x",
};

/// Each differs from the first in one thing.
const POOL: [Ask; 8] = [
    BASE,
    Ask { time: 2, ..BASE },
    Ask {
        kind: "oNE",
        ..BASE
    },
    Ask { id: 2, ..BASE },
    Ask { page: 2, ..BASE },
    Ask {
        kind: "two",
        ..BASE
    },
    Ask { text: "y", ..BASE },
    Ask { path: "/b", ..BASE },
];

/// What the cassettes hold to begin with.
const RECORDED: [usize; 6] = [0, 1, 2, 3, 7, 0];

fn request(ask: &Ask) -> Request<Bytes> {
    let Ask {
        path,
        page,
        time,
        kind,
        id,
        text,
    } = ask;
    let body = format!(r#"{{"text":"{text}","items":[{{"id":{id}}},{{"id":0}}]}}"#);
    let request = Request::post(format!("http://e.invalid{path}?time={time}&page={page}"));
    let request = request
        .header("x-kind", *kind)
        .header("content-type", "application/json");
    request.body(body.into()).unwrap()
}

/// Asks as an adapter does; what is to be recorded gets the next number for an answer. Returns what
/// became of each request, with the answers.
fn ask_all(asks: &[Ask], next: &mut usize) -> Vec<(Fate, Option<String>)> {
    let session = current().unwrap();
    let mut ask = |ask| match session.intercept(&request(ask)) {
        Ok(Decision::Play(playback)) => {
            let body = playback.recorded().body().bytes();
            let text = String::from_utf8_lossy(body).into_owned();
            (Fate::Played(text.parse().unwrap()), Some(text))
        }
        Ok(Decision::Record(pending)) => {
            let text = next.to_string();
            *next += 1;
            pending
                .complete(&Response::new(text.clone().into()))
                .unwrap();
            (Fate::Recorded, Some(text))
        }
        Ok(other) => panic!("{other:?}"),
        Err(error) => {
            assert!(error.is_unmatched());
            (Fate::Missed, None)
        }
    };
    asks.iter().map(&mut ask).collect()
}

/// Numbers that look random and are the same in each run.
fn script(seed: usize) -> Vec<Ask> {
    let mut state = seed as u64;
    let mut next = |bound: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % bound
    };
    let in_order = next(2) == 0;
    let extra = next(3);
    let mut asks: Vec<Ask> = RECORDED.iter().map(|number| POOL[*number]).collect();
    for _ in 0..extra {
        let place = if in_order {
            next(asks.len()) + 1
        } else {
            next(asks.len() + 1)
        };
        asks.insert(place, POOL[next(POOL.len())]);
    }
    if !in_order {
        for place in 0..asks.len() {
            let other = next(asks.len());
            asks.swap(place, other);
        }
        asks.truncate(next(3) + asks.len() - 2);
    }
    asks
}

struct Bench {
    sandbox: Sandbox,
    /// The cassette to begin with.
    file: String,
}

impl Bench {
    async fn new() -> Self {
        let sandbox = Sandbox::new();
        let asks = RECORDED.map(|number| POOL[number]);
        let record = async { ask_all(&asks, &mut 0) };
        scope("c", sandbox.config(Mode::Record), record)
            .await
            .unwrap();
        let file = sandbox.read(FILE);
        Self { sandbox, file }
    }

    async fn run(
        &self,
        config: Config,
        asks: &[Ask],
        next: usize,
    ) -> (Vec<(Fate, Option<String>)>, bool) {
        let mut got = Vec::new();
        let mut next = next;
        let ended = scope("c", config, async { got = ask_all(asks, &mut next) }).await;
        let passed = ended
            .inspect_err(|error| assert!(error.is_unmatched() || error.is_unused(), "{error}"))
            .is_ok();
        (got, passed)
    }

    /// Runs one combination with one script; returns true when it passed.
    async fn check(&self, options: &Options, asks: &[Ask]) -> bool {
        self.sandbox.write(FILE, &self.file);
        let config = || options.say(self.sandbox.config(options.mode));
        let (got, passed) = self.run(config(), asks, 100).await;
        let recorded = RECORDED.map(|number| POOL[number]);
        let expected = fates(options, &recorded, asks);
        let told = || format!("{options:#?}\n{asks:#?}");
        let came: Vec<Fate> = got.iter().map(|(fate, _)| *fate).collect();
        assert_eq!((came, passed), expected, "{}", told());
        let records = matches!(options.mode, Mode::Record | Mode::Update);
        if !passed || !records {
            assert_eq!(self.sandbox.read(FILE), self.file, "{}", told());
            return passed;
        }
        // What was recorded plays again in the same sequence.
        let file = self.sandbox.read(FILE);
        let again = match options.mode {
            Mode::Record => config().mode(Mode::Replay),
            _ => config(),
        };
        let (second, passed) = self.run(again, asks, 200).await;
        let answers = |got: &[(Fate, Option<String>)]| -> Vec<Option<String>> {
            got.iter().map(|(_, answer)| answer.clone()).collect()
        };
        assert_eq!(
            (answers(&second), passed),
            (answers(&got), true),
            "{}",
            told()
        );
        assert_eq!(self.sandbox.read(FILE), file, "{}", told());
        check_stored(&file, asks, &got);
        true
    }
}

/// Whatever is ignored, each new answer stands behind its own request.
fn check_stored(file: &str, asks: &[Ask], got: &[(Fate, Option<String>)]) {
    let cassette = Cassette::from_json(file.as_bytes()).unwrap();
    for (ask, (fate, answer)) in asks.iter().zip(got) {
        let answered = cassette.interactions().iter().find(|interaction| {
            let Recorded::Response(response) = interaction.recorded() else {
                panic!("{file}");
            };
            Some(&*String::from_utf8_lossy(response.body().bytes())) == answer.as_deref()
        });
        let stored = answered.expect(file).request();
        if *fate == Fate::Recorded {
            let request = request(ask);
            assert_eq!(stored.url(), request.uri().to_string());
            assert_eq!(stored.headers()["x-kind"], request.headers()["x-kind"]);
            assert_eq!(stored.body().bytes(), request.body());
        }
    }
}

async fn check_part(part: usize, parts: usize) {
    let bench = Bench::new().await;
    let (mut passed, mut all) = (0, 0);
    for number in (0..COMBINATIONS).filter(|number| number / 4 % parts == part) {
        let options = Options::nth(number);
        all += 1;
        passed += usize::from(bench.check(&options, &script(number)).await);
    }
    // Else the table would say little.
    assert!(
        passed > all / 4 && passed < all * 9 / 10,
        "{passed} of {all} pass"
    );
}

#[tokio::test]
#[ignore = "run by its parent"]
async fn one_half() {
    check_part(0, 2).await;
}

#[tokio::test]
#[ignore = "run by its parent"]
async fn the_other_half() {
    check_part(1, 2).await;
}

/// In another process, since each recording has something to say.
#[test]
fn every_combination_does_what_the_model_says() {
    let sandbox = Sandbox::new();
    let ran = Child::new("combinations::", &sandbox, "").run();
    assert!(ran.passed, "{}", ran.stdout);
    ran.expect_passed(2);
}
