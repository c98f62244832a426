use http::HeaderName;

use crate::node::Paths;

/// Response headers that change by themselves from one answer to the next, and that no client acts upon:
/// identifiers of requests and traces, times, machines on the way, where browsers report to. A `*` at the
/// end stands for any rest. `docs/format.md` shows the list.
pub(super) const HEADERS: &[&str] = &[
    "age",
    "apigw-requestid",
    "b3",
    "cf-ray",
    "date",
    "fly-request-id",
    "nel",
    "openai-processing-ms",
    "report-to",
    "reporting-endpoints",
    "request-id",
    "server-timing",
    "traceparent",
    "tracestate",
    "uber-trace-id",
    "via",
    "x-amz-apigw-id",
    "x-amz-cf-id",
    "x-amz-cf-pop",
    "x-amz-id-2",
    "x-amz-request-id",
    "x-amzn-requestid",
    "x-amzn-trace-id",
    "x-azure-ref",
    "x-b3-*",
    "x-cloud-trace-context",
    "x-correlation-id",
    "x-datadog-*",
    "x-envoy-upstream-service-time",
    "x-fb-debug",
    "x-fb-trace-id",
    "x-github-request-id",
    "x-guploader-uploadid",
    "x-kong-proxy-latency",
    "x-kong-request-id",
    "x-kong-upstream-latency",
    "x-ms-correlation-request-id",
    "x-ms-request-id",
    "x-ms-routing-request-id",
    "x-nf-request-id",
    "x-process-time",
    "x-request-id",
    "x-response-time",
    "x-runtime",
    "x-served-by",
    "x-slack-req-id",
    "x-slack-unique-id",
    "x-span-id",
    "x-timer",
    "x-trace-id",
    "x-vercel-id",
];

/// What changes by itself from one answer to the next and means nothing to a test: a recording that
/// differs only in it does not differ. The known headers are in it always.
#[derive(Debug, Default)]
pub(crate) struct Volatile {
    headers: Vec<HeaderName>,
    pub(super) json: Paths,
}

impl Volatile {
    /// Reads what `volatile_headers` and `volatile_json` say. A header may end in `-*`, for any rest.
    ///
    /// # Errors
    ///
    /// A text that names the setting and the entry, and shows what to write.
    pub(crate) fn new(headers: &[String], json: &[String]) -> Result<Self, String> {
        let headers: Result<_, _> = headers.iter().map(header).collect();
        if let Some(entry) = json.iter().find(|entry| !entry.starts_with('/')) {
            return Err(format!(
                "volatile_json has `{entry}`: a JSON pointer starts with `/`, like `/items/*/id`"
            ));
        }
        Ok(Self {
            headers: headers?,
            json: Paths::new(json),
        })
    }

    pub(super) fn has_header(&self, name: &HeaderName) -> bool {
        let known = HEADERS.iter().copied();
        let mut all = known.chain(self.headers.iter().map(HeaderName::as_str));
        all.any(|pattern| fits(pattern, name.as_str()))
    }
}

fn header(entry: &String) -> Result<HeaderName, String> {
    let name = HeaderName::from_bytes(entry.as_bytes()).ok();
    // HTTP takes a `*` for a letter.
    let is_one = |name: &HeaderName| {
        let stem = name.as_str().strip_suffix("-*").unwrap_or(name.as_str());
        !stem.is_empty() && !stem.contains('*')
    };
    name.filter(is_one).ok_or_else(|| {
        format!(
            "volatile_headers has `{entry}`, which is not the name of a header: \
             write one like `x-trace`, or the beginning of several like `x-trace-*`"
        )
    })
}

fn fits(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => name.len() > start.len() && name.starts_with(start),
        None => pattern == name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = include_str!("../../../docs/format.md");

    #[test]
    fn the_page_about_the_format_shows_the_headers() {
        let (_, section) = PAGE.split_once("## Recording again").unwrap();
        let block = section.split("```").nth(1).unwrap();
        let listed: Vec<_> = { block.strip_prefix("text").unwrap() }
            .split_whitespace()
            .collect();
        assert_eq!(listed, HEADERS);
        assert!(HEADERS.is_sorted());
    }

    /// What a client reads to decide what to do must be true of the answer that it gets.
    #[test]
    fn what_clients_act_upon_is_not_volatile() {
        for name in [
            "alt-svc",
            "cache-control",
            "content-length",
            "content-type",
            "etag",
            "expires",
            "last-modified",
            "link",
            "location",
            "retry-after",
            "set-cookie",
            "x-cache",
            "x-ms-client-request-id",
            "x-ratelimit-remaining",
            "x-ratelimit-reset-requests",
        ] {
            let name = HeaderName::from_static(name);
            assert!(!Volatile::default().has_header(&name), "{name}");
        }
    }

    #[test]
    fn users_add_headers_and_beginnings_of_headers() {
        let own = ["X-Trace".to_owned(), "x-my-*".to_owned()];
        let volatile = Volatile::new(&own, &[]).unwrap();
        for (name, expect) in [
            ("x-trace", true),
            ("x-trace-2", false),
            ("x-my-id", true),
            ("x-my-", false),
            ("x-my", false),
            ("x-b3-traceid", true),
            ("date", true),
            ("etag", false),
        ] {
            let name = HeaderName::from_static(name);
            assert_eq!(volatile.has_header(&name), expect, "{name}");
        }
    }

    #[test]
    fn an_entry_that_is_wrong_is_named_with_what_to_write() {
        let headers = |entry: &str| Volatile::new(&[entry.to_owned()], &[]).unwrap_err();
        for wrong in ["x y", "", "*", "-*", "x-*-y", "x*"] {
            assert_eq!(
                headers(wrong),
                format!(
                    "volatile_headers has `{wrong}`, which is not the name of a header: \
                     write one like `x-trace`, or the beginning of several like `x-trace-*`"
                )
            );
        }
        assert_eq!(
            Volatile::new(&[], &["/a".to_owned(), "id".to_owned()]).unwrap_err(),
            "volatile_json has `id`: a JSON pointer starts with `/`, like `/items/*/id`"
        );
    }
}
