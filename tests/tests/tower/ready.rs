//! Services that are not always ready.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::io;
use std::task::{Context, Poll};

use bytes::Bytes;
use cassette_tests::{Sandbox, Server, count};
use cassette_tower::CassetteLayer;
use futures_util::future::join_all;
use http::{Request, Response};
use http_body_util::Full;
use tower::limit::ConcurrencyLimitLayer;
use tower::{Layer, Service, ServiceBuilder};

use crate::see::{ask, kind};
use crate::{get, hyper, record, replay, twice};

/// Ready for one call, when it was asked, and not in a copy.
#[derive(Debug, Default)]
struct Strict {
    is_ready: bool,
    asked: usize,
}

impl Clone for Strict {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Service<Request<Full<Bytes>>> for Strict {
    type Response = Response<String>;
    type Error = Infallible;
    type Future = Ready<Result<Response<String>, Infallible>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.asked += 1;
        self.is_ready = self.asked > 2;
        match self.is_ready {
            true => Poll::Ready(Ok(())),
            false => {
                cx.waker().wake_by_ref();
                Poll::Pending
            }
        }
    }

    fn call(&mut self, _: Request<Full<Bytes>>) -> Self::Future {
        assert!(self.is_ready, "it is not ready");
        ready(Ok(Response::new("ready".to_owned())))
    }
}

#[tokio::test]
async fn a_service_is_called_when_it_is_ready() {
    let client = CassetteLayer::new().layer(Strict::default());
    let request = async || ask(&client, get("http://localhost/")).await.unwrap();
    assert_eq!(twice(&Sandbox::new(), request).await.text(), "ready");
}

/// It panics when it is called more often than it has said that it is ready.
#[tokio::test]
async fn a_concurrency_limit_holds() {
    let (sandbox, server) = (Sandbox::new(), Server::start(count()));
    let client = ServiceBuilder::new()
        .layer(CassetteLayer::new())
        .layer(ConcurrencyLimitLayer::new(1))
        .service(hyper());
    let numbers = twice(&sandbox, async || {
        let asked = (0..5).map(|_| ask(&client, get(server.url("/"))));
        let seen = join_all(asked).await.into_iter();
        seen.map(|seen| seen.unwrap().text()).collect::<Vec<_>>()
    });
    assert_eq!(numbers.await, ["0", "1", "2", "3", "4"]);
    assert_eq!(server.hits(), 5);
}

/// Not even asked whether it is ready: it may connect for that.
#[derive(Clone, Debug)]
struct Untouchable;

impl Service<Request<Full<Bytes>>> for Untouchable {
    type Response = Response<String>;
    type Error = Infallible;
    type Future = Ready<Result<Response<String>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        panic!("a replay asks nothing of the network");
    }

    fn call(&mut self, _: Request<Full<Bytes>>) -> Self::Future {
        panic!("a replay sends nothing");
    }
}

#[tokio::test]
async fn a_replay_asks_nothing_of_the_service_below() {
    let (sandbox, server) = (Sandbox::new(), Server::start(count()));
    let url = server.url("/");
    let client = CassetteLayer::new().layer(hyper());
    let recorded = record(&sandbox, ask(&client, get(&url))).await.unwrap();
    let client = CassetteLayer::new().layer(Untouchable);
    let replayed = replay(&sandbox, ask(&client, get(&url))).await.unwrap();
    assert_eq!(replayed.unwrap(), recorded.unwrap());
}

/// A service that has lost its connection for good.
#[derive(Clone, Debug)]
struct Lost;

impl Service<Request<Full<Bytes>>> for Lost {
    type Response = Response<String>;
    type Error = io::Error;
    type Future = Ready<io::Result<Response<String>>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()))
    }

    fn call(&mut self, _: Request<Full<Bytes>>) -> Self::Future {
        panic!("it is not ready");
    }
}

#[tokio::test]
async fn a_service_that_fails_to_be_ready_fails_the_request() {
    let client = CassetteLayer::new().layer(Lost);
    let fails = async || {
        let error = ask(&client, get("http://localhost/")).await.unwrap_err();
        kind(&*error)
    };
    let kind = twice(&Sandbox::new(), fails).await;
    assert_eq!(kind, io::ErrorKind::ConnectionReset);
}
