use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE};
use hyper::{Request, Response, StatusCode};
use reqwest::Url;
use serde_json::{Value, json};

use crate::api_server::ApiServer;

/// How long a forecast takes, so that recording one feels like talking to a service far away.
const FORECAST_TIME: Duration = Duration::from_millis(100);

/// What the API answers, and the little that it remembers.
///
/// The bodies are always the same for the same calls, so that recording them again brings nothing
/// new; the headers `date` and `x-request-id` are not, as with any real server.
#[derive(Debug, Default)]
pub(crate) struct Routes {
    requests: AtomicUsize,
    /// How often each job was asked for since it was submitted.
    polls: Mutex<HashMap<String, usize>>,
}

type Answer = Result<Value, StatusCode>;

impl Routes {
    pub(crate) fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }

    pub(crate) async fn answer(&self, request: &Request<Bytes>) -> Response<Full<Bytes>> {
        let number = self.requests.fetch_add(1, Ordering::SeqCst) + 1;
        let answer = if is_authorized(request) {
            self.route(request).await
        } else {
            Err(StatusCode::UNAUTHORIZED)
        };
        let (status, body) = match answer {
            Ok(body) => (StatusCode::OK, body),
            Err(status) => (status, json!({ "error": status.to_string() })),
        };
        Response::builder()
            .status(status)
            .header(CONTENT_TYPE, "application/json")
            .header("x-request-id", format!("req-{number:04}"))
            .body(Full::from(body.to_string()))
            .expect("a status and valid headers make a response")
    }

    async fn route(&self, request: &Request<Bytes>) -> Answer {
        let path: Vec<&str> = request.uri().path().split('/').skip(1).collect();
        match (request.method().as_str(), path.as_slice()) {
            ("GET", ["v1", "forecast"]) => {
                tokio::time::sleep(FORECAST_TIME).await;
                forecast(query(request, "city").as_deref())
            }
            ("POST", ["v1", "chat", "completions"]) => completion(&body(request)?),
            ("POST", ["v1", "jobs"]) => self.submit(&body(request)?),
            ("GET", ["v1", "jobs", id]) => self.poll(id),
            ("GET", ["v1", "items"]) => items(query(request, "cursor").as_deref()),
            _ => Err(StatusCode::NOT_FOUND),
        }
    }

    /// A report that was submitted before begins anew.
    fn submit(&self, body: &Value) -> Answer {
        let report = body["report"].as_str().ok_or(StatusCode::BAD_REQUEST)?;
        let id = format!("job-{report}");
        let mut polls = self.polls.lock().unwrap_or_else(PoisonError::into_inner);
        polls.insert(id.clone(), 0);
        Ok(json!({ "id": id, "state": "queued" }))
    }

    fn poll(&self, id: &str) -> Answer {
        let mut polls = self.polls.lock().unwrap_or_else(PoisonError::into_inner);
        let polls = polls.get_mut(id).ok_or(StatusCode::NOT_FOUND)?;
        *polls += 1;
        Ok(match polls {
            1 => json!({ "id": id, "state": "queued" }),
            2 => json!({ "id": id, "state": "running" }),
            _ => json!({ "id": id, "state": "done", "rows": 42 }),
        })
    }
}

fn is_authorized(request: &Request<Bytes>) -> bool {
    let expected = format!("Bearer {}", ApiServer::KEY);
    let given = request.headers().get(AUTHORIZATION);
    given.is_some_and(|given| given.as_bytes() == expected.as_bytes())
}

fn body(request: &Request<Bytes>) -> Answer {
    serde_json::from_slice(request.body()).map_err(|_| StatusCode::BAD_REQUEST)
}

fn query(request: &Request<Bytes>, name: &str) -> Option<String> {
    let url = Url::parse(&format!("http://localhost{}", request.uri())).ok()?;
    let (_, value) = url.query_pairs().find(|(key, _)| key == name)?;
    Some(value.into_owned())
}

fn forecast(city: Option<&str>) -> Answer {
    let celsius = match city.ok_or(StatusCode::BAD_REQUEST)? {
        "Cairo" => 31,
        "Delhi" => 38,
        "Lima" => 19,
        "Oslo" => 7,
        _ => return Err(StatusCode::NOT_FOUND),
    };
    Ok(json!({ "city": city, "celsius": celsius }))
}

/// The last message is the prompt; the model knows three kinds of people.
fn completion(body: &Value) -> Answer {
    let messages = body["messages"].as_array().and_then(|all| all.last());
    let prompt = messages.and_then(|message| message["content"].as_str());
    let prompt = prompt.ok_or(StatusCode::BAD_REQUEST)?;
    let persona = if prompt.contains("gamer") {
        json!({ "kind": "gamer", "name": "Robin", "age": 25, "likes": ["speedruns", "keyboards"] })
    } else if prompt.contains("chef") {
        json!({ "kind": "chef", "name": "Noor", "age": 41, "likes": ["markets", "sharp knives"] })
    } else {
        json!({ "kind": "traveller", "name": "Kim", "age": 33, "likes": ["night trains"] })
    };
    let message = json!({ "role": "assistant", "content": persona.to_string() });
    Ok(json!({
        "id": format!("chatcmpl-{}", prompt.len()),
        "object": "chat.completion",
        "model": body["model"],
        "choices": [{ "index": 0, "message": message, "finish_reason": "stop" }],
        "usage": { "prompt_tokens": 26, "completion_tokens": 21, "total_tokens": 47 },
    }))
}

fn items(cursor: Option<&str>) -> Answer {
    let item = |id: u32, name: &str| json!({ "id": id, "name": name });
    let (items, next) = match cursor {
        None => ([item(1, "anvil"), item(2, "bellows")], Some("page-2")),
        Some("page-2") => ([item(3, "chisel"), item(4, "drill")], Some("page-3")),
        Some("page-3") => ([item(5, "easel"), item(6, "file")], None),
        Some(_) => return Err(StatusCode::BAD_REQUEST),
    };
    Ok(json!({ "items": items, "next_cursor": next }))
}
