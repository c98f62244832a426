//! Which requests go past the cassette, to the network.

mod route;

use bytes::Bytes;
use http::Request;
use regex_lite::Regex;

use crate::config::{Code, Decide};
use crate::interaction::RecordedRequest;
use route::Rule;

/// What goes to the network unrecorded, in every mode or in some.
#[derive(Debug, Default)]
pub(crate) struct Selection {
    rules: Vec<Rule>,
    urls: Vec<UrlPattern>,
    should_record: Option<Decide>,
    should_playback: Option<Decide>,
}

/// What is marked so in a list is a regular expression.
const REGEX: &str = "regex:";

/// A part of URLs that go past every cassette.
#[derive(Debug)]
enum UrlPattern {
    Text(String),
    Regex(Regex),
}

impl Selection {
    /// # Errors
    ///
    /// The text for the first entry that is no pattern.
    pub(crate) fn new(
        unrecorded: &[String],
        exclude_urls: &[String],
        code: &Code,
    ) -> Result<Self, String> {
        let rules = unrecorded.iter().map(|entry| Rule::parse(entry));
        let urls = exclude_urls.iter().map(|entry| UrlPattern::parse(entry));
        Ok(Self {
            rules: rules.collect::<Result<_, _>>()?,
            urls: urls.collect::<Result<_, _>>()?,
            should_record: code.should_record.clone(),
            should_playback: code.should_playback.clone(),
        })
    }

    /// Does it go past the cassette whatever is done with that?
    pub(crate) fn is_unrecorded(&self, request: &Request<Bytes>) -> bool {
        let last = self.rules.iter().rev().find(|rule| rule.matches(request));
        let by_rule = last.is_some_and(|rule| !rule.is_exception);
        let by_url = || {
            let url = request.uri().to_string();
            self.urls.iter().any(|pattern| pattern.is_in(&url))
        };
        by_rule || (!self.urls.is_empty() && by_url())
    }

    /// Would a recorded request go past the cassette that is played now? Its secrets are masked; one that
    /// is no URL without them stays.
    pub(crate) fn excuses(&self, recorded: &RecordedRequest) -> bool {
        if self.rules.is_empty() && self.urls.is_empty() && self.should_playback.is_none() {
            return false;
        }
        let request = Request::builder().method(&recorded.method);
        let request = request.uri(&recorded.url);
        let Ok(mut request) = request.body(recorded.body.bytes().clone()) else {
            return false;
        };
        *request.headers_mut() = recorded.headers.clone();
        self.is_unrecorded(&request) || !self.is_played(&request)
    }

    /// May it be recorded?
    pub(crate) fn is_recorded(&self, request: &Request<Bytes>) -> bool {
        let decide = self.should_record.as_ref();
        decide.is_none_or(|decide| decide.is_so(request))
    }

    /// May the cassette answer it?
    pub(crate) fn is_played(&self, request: &Request<Bytes>) -> bool {
        let decide = self.should_playback.as_ref();
        decide.is_none_or(|decide| decide.is_so(request))
    }
}

impl UrlPattern {
    fn parse(entry: &str) -> Result<Self, String> {
        match entry.strip_prefix(REGEX) {
            _ if entry.is_empty() || entry == REGEX => Err(format!(
                "exclude_urls has `{entry}`, which is in every URL: write a part of one, like `/metrics`, or `regex:[?&]token=`"
            )),
            Some(regex) => Regex::new(regex).map(Self::Regex).map_err(|error| {
                format!("exclude_urls has `{entry}`, which is no regular expression: {error}")
            }),
            None => Ok(Self::Text(entry.to_owned())),
        }
    }

    fn is_in(&self, url: &str) -> bool {
        match self {
            Self::Text(text) => url.contains(text),
            Self::Regex(regex) => regex.is_match(url),
        }
    }
}

#[cfg(test)]
mod tests;
