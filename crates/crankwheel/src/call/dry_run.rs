//! The dry run of a call.

use url::Url;

use crate::secret::{IMPERSONATION_PREFIX, impersonated};
use crate::transport::{Config, KeySource, Request};

/// A request that was not sent, with the key taken out.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DryRun {
    /// The method.
    pub method: &'static str,
    /// The whole URL.
    pub url: String,
    /// The headers, names in lower case, the key as `***`.
    pub headers: Vec<(String, String)>,
    /// The JSON body.
    pub body: Option<String>,
    /// The client whose impersonation key it would be sent with.
    acts_for: Option<String>,
}

impl DryRun {
    pub(super) fn new(config: &Config, url: &Url, request: &Request) -> Self {
        let body = request.body.as_ref().map(|body| String::from_utf8_lossy(body).into_owned());
        let mut headers = vec![
            ("authorization".to_owned(), "Basic ***".to_owned()),
            ("accept".to_owned(), "application/json".to_owned()),
            ("user-agent".to_owned(), config.user_agent()),
        ];
        if body.is_some() {
            headers.push(("content-type".to_owned(), "application/json".to_owned()));
        }
        let acts_for = match &config.key {
            KeySource::Fixed(key) => impersonated(key),
            KeySource::Function(_) => None,
        };
        DryRun { method: request.method, url: url.to_string(), headers, body, acts_for }
    }

    /// A line for a shell that sends the same request, with the key from `$CRANKWHEEL_API_KEY`.
    pub fn curl(&self) -> String {
        let mut line = "curl".to_owned();
        match self.method {
            "GET" => {}
            "HEAD" => line.push_str(" --head"),
            method => line.push_str(&format!(" -X {method}")),
        }
        let prefix =
            self.acts_for.as_ref().map(|id| format!("{IMPERSONATION_PREFIX}{id}-")).unwrap_or_default();
        let key = format!("Authorization: Basic {prefix}$CRANKWHEEL_API_KEY");
        line.push_str(&format!(" {} -H \"{key}\"", quoted(&self.url)));
        match &self.body {
            Some(body) => {
                line.push_str(&format!(
                    " -H 'Content-Type: application/json' --data-binary {}",
                    quoted(body)
                ));
            }
            None if self.method == "POST" => line.push_str(" -H 'Content-Length: 0'"),
            None => {}
        }
        line
    }
}

/// In single quotes, as a POSIX shell takes everything but a single quote literally.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
