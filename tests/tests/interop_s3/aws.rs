//! The SDK's own client, told of the proxy and its certificate.

use aws_sdk_s3::config::{BehaviorVersion, Credentials, Region, SharedHttpClient};
use aws_sdk_s3::error::SdkError;
use aws_sdk_s3::{Client, Config};
use aws_smithy_async::time::StaticTimeSource;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_http_client::{Builder, Connector};
use cassette_reqwest::certificate_pem;
use cassette_tests::Run;

use crate::{keys, now, proxy};

/// Returns a client that is the SDK's but for its HTTP client, with the bucket made.
pub(crate) async fn client_with_bucket(run: &Run, bucket: &str) -> Client {
    let client = client(run);
    let made = client.create_bucket().bucket(bucket).send().await;
    made.expect("the bucket is made");
    client
}

pub(crate) fn client(run: &Run) -> Client {
    let keys = keys(run);
    let session = Some(keys.session.to_owned());
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .endpoint_url(&run.base)
        .force_path_style(true)
        .credentials_provider(Credentials::new(
            keys.id,
            keys.secret,
            session,
            None,
            "test",
        ))
        .time_source(StaticTimeSource::new(now(run)))
        .http_client(http_client(proxy(run).url()))
        .build();
    Client::from_conf(config)
}

/// What a user writes.
fn http_client(proxy: &str) -> SharedHttpClient {
    let proxy = ProxyConfig::all(proxy).expect("it is a URL");
    let roots = TrustStore::empty().with_pem_certificate(certificate_pem().expect("there is one"));
    let tls = TlsContext::builder().with_trust_store(roots).build();
    let connector = Connector::builder()
        .proxy_config(proxy)
        .tls_provider(Provider::Rustls(CryptoMode::AwsLc))
        .tls_context(tls.expect("it is a certificate"));
    Builder::new().build_with_connector_fn(move |_, _| connector.clone().build())
}

/// What a caller can ask a failed call.
pub(crate) fn failure<E: std::error::Error>(error: &SdkError<E>) -> String {
    let status = error
        .raw_response()
        .map(|response| response.status().as_u16());
    let service = error.as_service_error().map(ToString::to_string);
    format!("status: {status:?}\nservice error: {service:?}\n")
}
