//! Calls of gRPC, by tonic's channel and clients.

mod calls;
mod failures;
mod server;

use cassette_tests::Server;
use cassette_tower::{CassetteLayer, CassetteService};
use http::Uri;
use http::uri::PathAndQuery;
use tonic::client::Grpc;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Response, Status, Streaming};
use tonic_health::pb::health_client::HealthClient;
use tonic_prost::ProstCodec;
use tower::Layer;

type Cassetted = CassetteService<Channel, tonic::body::Body>;

fn channel(url: &str) -> Cassetted {
    let channel = Endpoint::from_shared(url.to_owned())
        .unwrap()
        .connect_lazy();
    CassetteLayer::with_body(tonic::body::Body::new).layer(channel)
}

fn origin(url: &str) -> Uri {
    url.parse().unwrap()
}

fn health(server: &Server) -> HealthClient<Cassetted> {
    let url = server.url("");
    HealthClient::with_origin(channel(&url), origin(&url))
}

/// Asks for the words of a text, each in a message.
async fn words(url: &str, text: &str) -> Result<Response<Streaming<String>>, Status> {
    let mut client = Grpc::with_origin(channel(url), origin(url));
    client.ready().await.unwrap();
    let codec = ProstCodec::<String, String>::new();
    let path = PathAndQuery::from_static(server::WORDS);
    client
        .server_streaming(Request::new(text.to_owned()), path, codec)
        .await
}

/// The messages, and what was said at the end.
async fn all(mut stream: Streaming<String>) -> (Vec<String>, Option<(tonic::Code, String)>) {
    let mut messages = Vec::new();
    loop {
        match stream.message().await {
            Ok(Some(message)) => messages.push(message),
            Ok(None) => return (messages, None),
            Err(status) => {
                return (messages, Some((status.code(), status.message().to_owned())));
            }
        }
    }
}
