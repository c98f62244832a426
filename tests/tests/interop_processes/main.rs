//! Other programs, which reach the test's cassette through the variables of its proxy.
#![cfg(feature = "interop")]

mod curl;
mod python;

use std::process::{Command, Output};

use bytes::Bytes;
use cassette_reqwest::{Mode, Proxy, Result, current, scope};
use cassette_tests::{Sandbox, Server, TlsServer};
use http::{Request, Response};

const FILE: &str = "c.json";

async fn run<T>(sandbox: &Sandbox, mode: Mode, test: impl AsyncFn() -> T) -> Result<T> {
    scope("c", sandbox.config(mode), test()).await
}

fn proxy() -> Proxy {
    Proxy::start(&current().unwrap()).unwrap()
}

/// Servers for these programs, one with TLS.
struct Servers {
    plain: Server,
    secure: TlsServer,
}

impl Servers {
    fn start() -> Self {
        Self {
            plain: Server::start(answer),
            secure: TlsServer::start(answer),
        }
    }

    fn hits(&self) -> usize {
        self.plain.hits() + self.secure.hits()
    }
}

/// Leads from `/from` to `/to`; gives a cookie at `/login`, and wants it at `/inside`.
#[expect(
    clippy::needless_pass_by_value,
    reason = "it is a handler, and handlers own their request"
)]
fn answer(request: Request<Bytes>) -> Response<Bytes> {
    let path = request.uri().path();
    let has_cookie = request
        .headers()
        .get("cookie")
        .is_some_and(|cookie| *cookie == "sid=s3cret-s3cret");
    let response = Response::builder();
    let response = match path {
        "/from" => response.status(302).header("location", "/to"),
        "/login" => response.header("set-cookie", "sid=s3cret-s3cret; Path=/"),
        "/inside" if !has_cookie => response.status(403),
        _ => response,
    };
    let body = format!(
        "{} {path} {}",
        request.method(),
        String::from_utf8_lossy(request.body())
    );
    response.body(body.into()).unwrap()
}

/// Runs a program while recording, then when the servers are gone. Returns what it wrote, the same both times, and
/// the paths that it asked for.
async fn both_runs(program: impl Fn(&str, &str) -> Command) -> (String, Vec<String>) {
    let (sandbox, servers) = (Sandbox::new(), Servers::start());
    let pem = servers.secure.certificate_pem();
    let (plain, secure) = (servers.plain.url(""), servers.secure.url(""));
    let ask = async || {
        proxy().trust(&pem).unwrap();
        wrote(program(&plain, &secure).envs(proxy().env().unwrap()))
    };
    let recorded = run(&sandbox, Mode::Record, ask).await.unwrap();
    let hits = servers.hits();
    drop(servers);
    let replayed = run(&sandbox, Mode::Replay, ask).await.unwrap();
    assert_eq!(replayed, recorded, "left: replay, right: recording");
    let asked = sandbox.requested(FILE);
    assert_eq!(asked.len(), hits);
    assert!(!sandbox.read(FILE).contains("s3cret"));
    (recorded, asked)
}

/// What a program writes that succeeds.
fn wrote(command: &mut Command) -> String {
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().expect("the program is installed");
    let (stdout, stderr) = (String::from_utf8(stdout), String::from_utf8_lossy(&stderr));
    assert!(status.success(), "{status}: {stdout:?}\n{stderr}");
    stdout.unwrap()
}
