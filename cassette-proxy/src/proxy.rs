use std::ffi::OsString;
use std::fmt;
use std::io::{self, Write};
use std::sync::{Arc, Weak};

use cassette_core::{Session, current};
use once_cell::sync::OnceCell;
use tempfile::NamedTempFile;

use crate::authority::certificate_pem;
use crate::credentials::Passage;
use crate::listener::Listener;
use crate::refusing;
use crate::shared::Shared;

/// The proxy of a session, on the loopback of this machine.
///
/// It ends with the session: its port is closed, and so is every connection. From then on, whoever asks it
/// is refused. A request that is on its way is recorded as given up.
///
/// ```
/// use cassette_core::{Config, current, scope};
/// use cassette_proxy::Proxy;
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// # let folder = tempfile::tempdir()?;
/// # let config = Config::new().dir(folder.path()).environment([("CASSETTE_MODE", "auto")]);
/// let variables = scope("other-program", config, async { Proxy::start(&current()?)?.env() });
/// let variables = variables.await??;
/// assert!(variables.iter().any(|(name, url)| *name == "https_proxy" && !url.is_empty()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Proxy {
    url: String,
    running: Weak<Running>,
}

/// What is there as long as the session.
struct Running {
    /// First, so that it is closed before anything else ends.
    listener: Listener,
    shared: Arc<Shared>,
    certificate: OnceCell<NamedTempFile>,
}

impl Proxy {
    /// Returns the session's proxy, started if it has none yet.
    ///
    /// # Errors
    ///
    /// When no port is free; when the session has ended.
    pub fn start(session: &Session) -> io::Result<Self> {
        let running = session.companion(|| Running::start(session))?;
        let passage = match session.is_forwarding() {
            true => Passage::Past,
            false => Passage::Cassette,
        };
        let (user, port) = (
            running.shared.credentials.of(passage),
            running.listener.port(),
        );
        Ok(Self {
            url: format!("http://{user}@127.0.0.1:{port}"),
            running: Arc::downgrade(&running),
        })
    }

    /// Returns the URL that a client is to use as its proxy, for `http` and `https`; user name and password
    /// in it are the session's. For `https` the client must trust [`certificate_pem`], too.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns the variables for another program: its proxies, no host that is asked directly, and a file with the
    /// certificate that it must trust, which is there as long as the session.
    ///
    /// curl, git, pip, Python, Node (from 24 on), Deno, Cargo and the SDKs of AWS look for them. No other
    /// certificate is needed: such a program meets nobody but the proxy.
    ///
    /// # Errors
    ///
    /// When the file cannot be written; when the session has ended.
    pub fn env(&self) -> io::Result<Vec<(&'static str, OsString)>> {
        let running = self.running()?;
        let file = running.certificate.get_or_try_init(certificate_file)?;
        let proxies = PROXIES
            .iter()
            .map(|name| (*name, OsString::from(&self.url)));
        let direct = DIRECT.iter().map(|name| (*name, OsString::new()));
        let certificates = CERTIFICATES.iter();
        let certificates = certificates.map(|name| (*name, file.path().as_os_str().to_owned()));
        let node = ("NODE_USE_ENV_PROXY", OsString::from("1"));
        Ok(proxies
            .chain(direct)
            .chain(certificates)
            .chain([node])
            .collect())
    }

    /// Trusts certificates of real servers besides the system's, while recording: one text in PEM with one
    /// or several. A replay asks no server, and takes no notice.
    ///
    /// A server whose certificate is not trusted gives no answer, and the test that fails for it is told so.
    ///
    /// # Errors
    ///
    /// When there is none in the text; when the session has ended.
    pub fn trust(&self, pem: impl AsRef<[u8]>) -> io::Result<()> {
        self.running()?.shared.upstream.trust(pem.as_ref())
    }

    fn running(&self) -> io::Result<Arc<Running>> {
        let ended = || io::Error::new(io::ErrorKind::NotConnected, "the proxy's session has ended");
        self.running.upgrade().ok_or_else(ended)
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proxy").finish_non_exhaustive()
    }
}

impl Running {
    fn start(session: &Session) -> io::Result<Self> {
        let shared = Arc::new(Shared::new(Some(session.clone()))?);
        Ok(Self {
            listener: Listener::start(Arc::clone(&shared))?,
            shared,
            certificate: OnceCell::new(),
        })
    }
}

/// Returns the URL of the proxy of the session that is in use here, started if it has none yet.
///
/// Without a session it is that of a proxy that refuses every request: a client that asks this before it
/// connects never reaches the network by mistake.
#[must_use]
pub fn route() -> String {
    match current() {
        Ok(session) => route_of(&session),
        Err(error) => refusing::url(&error.to_string()),
    }
}

/// Returns where the requests go of a client that is bound to the session in use here, because it cannot
/// tell later whose requests it sends: what [`route`] returns, as long as that session is there.
///
/// When it has ended, and without one, they are refused.
pub fn bound_route() -> impl Fn() -> String + Send + Sync + 'static {
    let session = current();
    move || match &session {
        Ok(session) => route_of(session),
        Err(error) => refusing::url(&format!("{error}\n{BOUND}")),
    }
}

const BOUND: &str = "help: a client that is bound to a test, as blocking ones are, is built in the test that uses it";

fn route_of(session: &Session) -> String {
    match Proxy::start(session) {
        Ok(proxy) => proxy.url,
        Err(error) => {
            session.explain(format!("no proxy could be started: {error}"));
            refusing::url(&format!("{error}\n{BOUND}"))
        }
    }
}

const PROXIES: [&str; 6] = [
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "http_proxy",
    "https_proxy",
    "all_proxy",
];

/// No host is asked directly.
const DIRECT: [&str; 2] = ["NO_PROXY", "no_proxy"];

const CERTIFICATES: [&str; 9] = [
    "SSL_CERT_FILE",
    "CURL_CA_BUNDLE",
    "REQUESTS_CA_BUNDLE",
    "NODE_EXTRA_CA_CERTS",
    "AWS_CA_BUNDLE",
    "GIT_SSL_CAINFO",
    "CARGO_HTTP_CAINFO",
    "PIP_CERT",
    "DENO_CERT",
];

fn certificate_file() -> io::Result<NamedTempFile> {
    let mut file = tempfile::Builder::new();
    let mut file = file.prefix("cassette-").suffix(".pem").tempfile()?;
    file.write_all(certificate_pem()?.as_bytes())?;
    file.flush()?;
    Ok(file)
}
