//! Takes secrets out of text that leaves the SDK: error messages, bodies shown in errors, log lines.

use percent_encoding::percent_decode_str;
use url::Url;

use super::request::encode_segment;
use crate::auth::{IMPERSONATION_PREFIX, Secret};
use crate::config::Config;

const MASK: &str = "***";

/// The path that every login URL has; what follows it is the credential.
const LOGIN_PATH: &str = "/rlogin/";

/// Knows the secrets of one request. An impersonation key contains the reseller key, so that one
/// replacement hides both.
pub(crate) struct Redactor {
    secrets: Vec<String>,
}

impl Redactor {
    pub fn new(key: &Secret, config: &Config) -> Self {
        Self::of(key, config.connection.proxy.as_ref().and_then(Url::password))
    }

    pub fn of(key: &Secret, proxy_password: Option<&str>) -> Self {
        let key = key.reveal();
        let mut secrets = vec![key.to_owned()];
        // Acting under an impersonation key: the reseller key inside it is a secret of its own.
        if let Some((_, reseller)) =
            key.strip_prefix(IMPERSONATION_PREFIX).and_then(|rest| rest.split_once('-'))
        {
            secrets.push(reseller.to_owned());
        }
        if let Some(password) = proxy_password {
            secrets.push(password.to_owned());
            secrets.push(percent_decode_str(password).decode_utf8_lossy().into_owned());
        }
        // As they stand in JSON text and in URLs, where that differs.
        for plain in secrets.clone() {
            let json = serde_json::Value::from(plain.as_str()).to_string();
            secrets.extend(json.get(1..json.len() - 1).map(str::to_owned));
            secrets.push(encode_segment(&plain));
        }
        // Shorter ones would tear ordinary words apart and are no keys.
        secrets.retain(|secret| secret.len() >= 4);
        secrets.sort_unstable();
        secrets.dedup();
        Redactor { secrets }
    }

    pub fn clean_in_place(&self, text: &mut String) {
        for secret in &self.secrets {
            if text.contains(secret.as_str()) {
                *text = text.replace(secret.as_str(), MASK);
            }
        }
        mask_after(text, IMPERSONATION_PREFIX);
        mask_after(text, LOGIN_PATH);
    }

    pub fn clean(&self, text: &str) -> String {
        let mut text = text.to_owned();
        self.clean_in_place(&mut text);
        text
    }
}

/// Masks what follows each `marker` up to the next character that ends a word in text, JSON or HTML.
fn mask_after(text: &mut String, marker: &str) {
    if !text.contains(marker) {
        return;
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once(marker) {
        out.push_str(before);
        out.push_str(marker);
        out.push_str(MASK);
        let end = after
            .find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>' | '\\' | '&' | '?' | ')'))
            .unwrap_or(after.len());
        rest = after.split_at(end).1;
    }
    out.push_str(rest);
    *text = out;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hides_keys_and_login_tokens() {
        let redactor = Redactor::of(&Secret::new("k3y-of-reseller"), None);
        let shown = redactor.clean(
            r#"no k3y-of-reseller, resellerimpersonate-12-k3y-of-reseller or "https://meeting.is/ss/auth/rlogin/a@b.c:82E2" here"#,
        );
        assert_eq!(
            shown,
            r#"no ***, resellerimpersonate-*** or "https://meeting.is/ss/auth/rlogin/***" here"#
        );
    }

    #[test]
    fn an_impersonation_key_hides_the_key_inside_it() {
        let redactor = Redactor::of(&Secret::new("resellerimpersonate-12-abcdefg"), None);
        assert_eq!(redactor.clean("bad key abcdefg"), "bad key ***");
    }

    #[test]
    fn other_spellings_and_the_proxys_password_are_hidden() {
        let redactor = Redactor::of(&Secret::new("k\"3y/x+="), Some("pa%2Fss"));
        let shown = redactor.clean(r#"k"3y/x+= {"key": "k\"3y/x+="} ?key=k%223y%2Fx%2B%3D pa%2Fss pa/ss"#);
        assert_eq!(shown, r#"*** {"key": "***"} ?key=*** *** ***"#);
    }
}
