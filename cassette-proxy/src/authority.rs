use std::collections::HashMap;
use std::io;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use once_cell::sync::OnceCell;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, SerialNumber, date_time_ymd,
};
use rustls::ServerConfig;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

/// Some systems trust no certificate for a long time.
const VALIDITY: Duration = Duration::from_secs(60 * 60 * 24 * 90);
/// A clock may have been set back.
const BEFORE: Duration = Duration::from_secs(60 * 60 * 24);

/// What certifies to this process's clients that the proxy is the server they mean.
///
/// One for the process, since a client may be built once for several tests. Its key is in memory only.
pub(crate) struct Authority {
    certificate: rcgen::Certificate,
    pem: String,
    issuer: Issuer<'static, KeyPair>,
    /// The key of all servers that the proxy poses as.
    key: KeyPair,
    /// How to pose as a server, by its name.
    servers: Mutex<HashMap<String, Arc<ServerConfig>>>,
}

/// Returns bytes that nobody can guess.
pub(crate) fn random<const N: usize>() -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    let filled = provider().secure_random.fill(&mut bytes);
    filled.map_err(|_| io::Error::other("the system gives no random numbers"))?;
    Ok(bytes)
}

/// Returns the certificate in PEM that a client must trust to reach `https` servers through the proxy:
/// the same for all proxies of this process, and of no other.
///
/// # Errors
///
/// When the system gives no random numbers.
pub fn certificate_pem() -> io::Result<&'static str> {
    Ok(&Authority::of_process()?.pem)
}

/// Returns the certificate of [`certificate_pem`] in DER.
///
/// # Errors
///
/// When the system gives no random numbers.
pub fn certificate_der() -> io::Result<&'static [u8]> {
    Ok(Authority::of_process()?.certificate.der())
}

impl Authority {
    pub(crate) fn of_process() -> io::Result<&'static Self> {
        static AUTHORITY: OnceCell<Authority> = OnceCell::new();
        AUTHORITY.get_or_try_init(|| Self::new(random()?).map_err(io::Error::other))
    }

    /// The name differs from process to process: a client that trusts several of them, as one that adds each to
    /// a store, looks for them by their names.
    fn new(id: [u8; 4]) -> Result<Self, rcgen::Error> {
        let key = KeyPair::generate()?;
        let mut params = valid(CertificateParams::default());
        let name = &mut params.distinguished_name;
        let id = u32::from_be_bytes(id);
        name.push(
            DnType::CommonName,
            format!("cassette: proxy of a test ({id:08x})"),
        );
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let certificate = params.self_signed(&key)?;
        Ok(Self {
            pem: certificate.pem(),
            certificate,
            issuer: Issuer::new(params, key),
            key: KeyPair::generate()?,
            servers: Mutex::default(),
        })
    }

    /// Returns how to pose as a server.
    pub(crate) fn server(&self, name: &str) -> io::Result<Arc<ServerConfig>> {
        let mut servers = self.servers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(server) = servers.get(name) {
            return Ok(Arc::clone(server));
        }
        let server = Arc::new(self.pose_as(name)?);
        servers.insert(name.to_owned(), Arc::clone(&server));
        Ok(server)
    }

    fn pose_as(&self, name: &str) -> io::Result<ServerConfig> {
        let certificate = self.certify(name, random()?).map_err(io::Error::other)?;
        let key = PrivatePkcs8KeyDer::from(self.key.serialize_der());
        let mut config = ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .map_err(io::Error::other)?
            .with_no_client_auth()
            .with_single_cert(vec![certificate], PrivateKeyDer::from(key))
            .map_err(io::Error::other)?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(config)
    }

    fn certify(
        &self,
        name: &str,
        serial: [u8; 16],
    ) -> Result<CertificateDer<'static>, rcgen::Error> {
        let name = bare(name);
        let mut params = valid(CertificateParams::new(vec![name.to_owned()])?);
        // That of rcgen comes from the key, so all of them would have the same, which some clients refuse.
        params.serial_number = Some(SerialNumber::from_slice(&serial));
        // A common name has at most 64 characters; the name that counts is the alternative one.
        if name.len() <= 64 {
            params.distinguished_name.push(DnType::CommonName, name);
        }
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        let certificate = params.signed_by(&self.key, &self.issuer)?;
        Ok(certificate.der().clone())
    }
}

/// The cryptography of everything here, named so that nothing depends on what the process has installed.
pub(crate) fn provider() -> Arc<CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
}

/// An address of IPv6 stands in brackets where a port may follow.
fn bare(host: &str) -> &str {
    let address = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'));
    address
        .filter(|address| address.parse::<IpAddr>().is_ok())
        .unwrap_or(host)
}

fn valid(mut params: CertificateParams) -> CertificateParams {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let now = date_time_ymd(1970, 1, 1) + now.unwrap_or_default();
    params.not_before = now - BEFORE;
    params.not_after = now + VALIDITY;
    params
}
