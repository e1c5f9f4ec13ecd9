//! Headers that the caller adds to every request.

use http::{HeaderName, HeaderValue};

use crate::error::Error;
use crate::secret::secrets_of_header;
use crate::spelling::{name, string};

/// Headers to set, and headers to remove, whose value is `None`.
pub(crate) type HeaderChanges = Vec<(String, Option<String>)>;

/// The extra headers of a client. Their values can be secrets.
#[derive(Clone, Default)]
pub(crate) struct ExtraHeaders(Vec<(HeaderName, HeaderValue)>);

impl ExtraHeaders {
    /// Sets and removes headers. A name that is there already gets the new value.
    pub fn change(&mut self, changes: &HeaderChanges) -> Result<(), Error> {
        for (header, value) in changes {
            let header = check_name(header)?;
            let value = value.as_deref().map(|value| check_value(&header, value)).transpose()?;
            self.0.retain(|(other, _)| *other != header);
            self.0.extend(value.map(|value| (header, value)));
        }
        Ok(())
    }

    pub fn iter(&self) -> impl Iterator<Item = &(HeaderName, HeaderValue)> {
        self.0.iter()
    }

    /// Returns what is masked in responses because of these headers.
    pub fn secrets(&self) -> Vec<String> {
        let value = |value: &HeaderValue| value.to_str().unwrap_or_default().to_owned();
        self.0.iter().flat_map(|(name, text)| secrets_of_header(name.as_str(), &value(text))).collect()
    }
}

fn refuse(problem: &str) -> Error {
    Error::configuration(format!("{}: {problem}", name("headers")))
}

fn check_name(header: &str) -> Result<HeaderName, Error> {
    let Ok(parsed) = HeaderName::try_from(header) else {
        let got = string(header);
        return Err(refuse(&format!(
            "not a valid name of a header, got {got}; use letters, digits and hyphens"
        )));
    };
    let instead = match parsed.as_str() {
        "authorization" => format!("pass the API key as `{}`", name("api_key")),
        "user-agent" => format!("use `{}`", name("user_agent_suffix")),
        "host" => format!("use `{}`", name("base_url")),
        "proxy-authorization" => format!("use the user name and password in the URL of `{}`", name("proxy")),
        "accept" | "accept-encoding" | "content-encoding" | "content-length" | "content-type" | "range" => {
            "the SDK sets what it can read and send".to_owned()
        }
        "connection" | "expect" | "http2-settings" | "keep-alive" | "proxy-connection" | "te" | "trailer"
        | "transfer-encoding" | "upgrade" => {
            "it belongs to the connection, which the SDK controls".to_owned()
        }
        _ => return Ok(parsed),
    };
    Err(refuse(&format!("{} cannot be set; {instead}", string(header))))
}

/// Checks a value, which no message shows.
fn check_value(header: &HeaderName, value: &str) -> Result<HeaderValue, Error> {
    let valid = value.bytes().all(|byte| byte == b'\t' || (b' '..=b'~').contains(&byte));
    match HeaderValue::try_from(value) {
        Ok(mut checked) if valid => {
            checked.set_sensitive(true);
            Ok(checked)
        }
        _ => Err(refuse(&format!(
            "the value of \"{header}\" must be printable ASCII without line breaks (perhaps there is one at \
             its end, from a file)"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changes(list: &[(&str, Option<&str>)]) -> HeaderChanges {
        list.iter().map(|(name, value)| ((*name).to_owned(), value.map(str::to_owned))).collect()
    }

    #[test]
    fn later_values_replace_earlier_ones_and_none_removes() {
        let mut headers = ExtraHeaders::default();
        headers
            .change(&changes(&[("X-One", Some("1")), ("x-two", Some("2")), ("x-ONE", Some("3"))]))
            .unwrap();
        headers.change(&changes(&[("x-two", None), ("x-four", Some("")), ("x-none", None)])).unwrap();
        let shown: Vec<_> =
            headers.iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap())).collect();
        assert_eq!(shown, [("x-one", "3"), ("x-four", "")]);
        assert!(!format!("{:?}", headers.0).contains('3'), "values are sensitive");
    }

    #[test]
    fn invalid_headers_are_refused_without_their_values() {
        const SECRET: &str = "s3cret-value";
        for (header, value, word) in [
            ("Authorization", SECRET, "`api_key`"),
            ("user-agent", SECRET, "`user_agent_suffix`"),
            ("HOST", SECRET, "`base_url`"),
            ("Proxy-Authorization", SECRET, "`proxy`"),
            ("content-length", SECRET, "the SDK sets"),
            ("Accept-Encoding", SECRET, "the SDK sets"),
            ("content-type", SECRET, "the SDK sets"),
            ("Transfer-Encoding", SECRET, "belongs to the connection"),
            ("connection", SECRET, "belongs to the connection"),
            ("TE", SECRET, "belongs to the connection"),
            ("Upgrade", SECRET, "belongs to the connection"),
            ("keep-alive", SECRET, "belongs to the connection"),
            ("trailer", SECRET, "belongs to the connection"),
            ("Expect", SECRET, "belongs to the connection"),
            ("", SECRET, "not a valid name"),
            ("x one", SECRET, "not a valid name"),
            ("x-one:", SECRET, "not a valid name"),
            ("x-öne", SECRET, "not a valid name"),
            ("x-one\r\nx-two", SECRET, "not a valid name"),
            ("x-one", "s3cret-value\r\nx-two: 2", "the value of \"x-one\""),
            ("x-one", "s3cret-value\n", "without line breaks"),
            ("x-one", "s3cret-value-é", "printable ASCII"),
            ("x-one", "s3cret-value\0", "printable ASCII"),
        ] {
            let error = ExtraHeaders::default().change(&changes(&[(header, Some(value))])).unwrap_err();
            assert!(error.message().starts_with("headers: ") && error.message().contains(word), "{error}");
            assert!(!error.message().contains(SECRET), "{error}");
        }
    }
}
