//! Dry runs: the request of a call that is not sent.

use url::Url;

use crate::secret::{IMPERSONATION_PREFIX, impersonated_client};
use crate::transport::{Config, KeySource, Request};

/// A request that was not sent, with the API key masked. [`Call::dry_run`](crate::Call::dry_run)
/// returns it.
///
/// ```
/// let cw = crankwheel::CrankWheel::new("my-key")?;
/// let request = cw.clients().get(27084).dry_run()?;
/// assert_eq!(request.method, "GET");
/// assert_eq!(request.url, "https://meeting.is/ss/rsapi/clients/27084");
/// assert_eq!(request.headers[0], ("authorization".to_owned(), "Basic ***".to_owned()));
/// assert_eq!(request.body, None);
/// # Ok::<(), crankwheel::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DryRun {
    /// The HTTP method.
    pub method: &'static str,
    /// The URL, with its query.
    pub url: String,
    /// The headers. Names are in lower case, and the API key is `***`.
    pub headers: Vec<(String, String)>,
    /// The JSON body, or `None` if the request has none.
    pub body: Option<String>,
    /// The id of the client whose impersonation key the request would use.
    impersonated: Option<String>,
}

/// The value of an extra header, which can be a secret.
const MASKED: &str = "***";

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
        headers.extend(config.headers.iter().map(|(name, _)| (name.to_string(), MASKED.to_owned())));
        let impersonated = match &config.key {
            KeySource::Fixed(key) => impersonated_client(key),
            KeySource::Function(rotating) => rotating.client().map(|id| id.to_string()),
        };
        DryRun { method: request.method, url: url.to_string(), headers, body, impersonated }
    }

    /// Returns a `curl` command for a POSIX shell that sends the same request. It takes the API key
    /// from `$CRANKWHEEL_API_KEY`.
    ///
    /// ```
    /// let cw = crankwheel::CrankWheel::new("my-key")?;
    /// println!("{}", cw.clients().set_plan(27084, "plan_1").dry_run()?.curl());
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    pub fn curl(&self) -> String {
        let mut line = "curl".to_owned();
        match self.method {
            "GET" => {}
            "HEAD" => line.push_str(" --head"),
            method => line.push_str(&format!(" -X {method}")),
        }
        let prefix =
            self.impersonated.as_ref().map(|id| format!("{IMPERSONATION_PREFIX}{id}-")).unwrap_or_default();
        let key = format!("Authorization: Basic {prefix}$CRANKWHEEL_API_KEY");
        line.push_str(&format!(" {} -H \"{key}\"", quoted(&self.url)));
        for (name, _) in self.headers.iter().filter(|(_, value)| value == MASKED) {
            line.push_str(&format!(" -H {}", quoted(&format!("{name}: {MASKED}"))));
        }
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

/// Quotes a string for a POSIX shell, which takes everything but a single quote literally.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
