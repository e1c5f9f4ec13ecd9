//! Removes secrets from the strings that leave the SDK: error messages, the bodies shown in errors,
//! and log lines.

use std::sync::Arc;

use super::hidden::Secret;
use super::impersonation::IMPERSONATION_PREFIX;
use super::segment::encode_segment;

const MASK: &str = "***";

/// The part of a login URL's path that comes before the credential, as it is written in plain text,
/// in JSON and in a query string.
const LOGIN_PATHS: [&str; 4] = ["/rlogin/", "\\/rlogin\\/", "%2Frlogin%2F", "%2frlogin%2f"];

/// Shorter strings are masked only as whole words: masking them inside of others would damage
/// ordinary text.
const MIN_LENGTH: usize = 4;

/// Masks the secrets of one request. An impersonation key contains the reseller key, so one
/// replacement hides both.
#[derive(Clone)]
pub(crate) struct Redactor(Arc<Secrets>);

struct Secrets {
    /// The longest first, because one secret may be part of another.
    secrets: Vec<String>,
    /// Those shorter than [`MIN_LENGTH`].
    short: Vec<String>,
}

impl Redactor {
    /// Creates a redactor for keys, if there are any yet, and for other secrets. Keys shorter than
    /// [`MIN_LENGTH`] are not masked.
    pub fn new<'a>(keys: impl IntoIterator<Item = &'a Secret>, others: &[String]) -> Self {
        let mut short: Vec<_> = others.iter().filter(|other| other.len() < MIN_LENGTH).cloned().collect();
        short.sort_unstable();
        short.dedup();
        let mut secrets = others.to_vec();
        for key in keys.into_iter().map(Secret::reveal) {
            secrets.push(key.to_owned());
            // The reseller key inside an impersonation key is a separate secret.
            if let Some((_, reseller)) =
                key.strip_prefix(IMPERSONATION_PREFIX).and_then(|rest| rest.split_once('-'))
            {
                secrets.push(reseller.to_owned());
            }
        }
        // JSON and URLs can spell a secret differently.
        for index in 0..secrets.len() {
            let Some(plain) = secrets.get(index) else { break };
            let json = serde_json::Value::from(plain.as_str()).to_string();
            let spelled = [json.get(1..json.len() - 1).map(str::to_owned), Some(encode_segment(plain))];
            let others: Vec<_> = spelled.into_iter().flatten().filter(|other| other != plain).collect();
            secrets.extend(others);
        }
        secrets.retain(|secret| secret.len() >= MIN_LENGTH);
        secrets.sort_unstable_by(|one, other| other.len().cmp(&one.len()).then_with(|| one.cmp(other)));
        secrets.dedup();
        Redactor(Arc::new(Secrets { secrets, short }))
    }

    /// Masks all secrets in a string.
    pub fn clean_in_place(&self, text: &mut String) {
        for secret in &self.0.secrets {
            if text.contains(secret.as_str()) {
                *text = text.replace(secret.as_str(), MASK);
            }
        }
        self.mask_truncated(text);
        for secret in &self.0.short {
            mask_word(text, secret);
        }
        mask_after(text, IMPERSONATION_PREFIX);
        for marker in LOGIN_PATHS {
            mask_after(text, marker);
        }
    }

    /// Returns a string with all secrets masked.
    pub fn clean(&self, text: &str) -> String {
        let mut text = text.to_owned();
        self.clean_in_place(&mut text);
        text
    }

    /// Masks the beginning of a secret where a string was truncated: before an ellipsis, and at the
    /// end.
    fn mask_truncated(&self, text: &mut String) {
        let mut cuts: Vec<usize> = text.match_indices('…').map(|(at, _)| at).collect();
        cuts.push(text.len());
        for cut in cuts.into_iter().rev() {
            let before = text.get(..cut).unwrap_or_default();
            let prefixes = self.0.secrets.iter().filter_map(|secret| prefix_at_end(before, secret));
            if let Some(length) = prefixes.max() {
                text.replace_range(cut - length..cut, MASK);
            }
        }
    }
}

/// Returns the length of the longest prefix of `secret` that `text` ends with. Prefixes shorter
/// than [`MIN_LENGTH`] do not count.
fn prefix_at_end(text: &str, secret: &str) -> Option<usize> {
    let longest = secret.len().min(text.len());
    (MIN_LENGTH..=longest)
        .rev()
        .find(|length| secret.get(..*length).is_some_and(|prefix| text.ends_with(prefix)))
}

/// Masks a string where it is a whole word.
fn mask_word(text: &mut String, word: &str) {
    // One without a letter or digit would be found between any two words.
    if !word.contains(char::is_alphanumeric) || !text.contains(word) {
        return;
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    let mut previous = None;
    while let Some((before, after)) = rest.split_once(word) {
        out.push_str(before);
        let outside = |c: Option<char>| !c.is_some_and(char::is_alphanumeric);
        let whole = outside(before.chars().next_back().or(previous)) && outside(after.chars().next());
        out.push_str(if whole { MASK } else { word });
        previous = word.chars().next_back();
        rest = after;
    }
    out.push_str(rest);
    *text = out;
}

/// Masks the characters after each `marker`, up to one that ends a word in plain text, JSON or
/// HTML.
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
            .find(|c: char| {
                c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>' | '\\' | '&' | '?' | ')' | '…' | '`')
            })
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
        let redactor = Redactor::new(Some(&Secret::new("k3y-of-reseller")), &[]);
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
        let redactor = Redactor::new(Some(&Secret::new("resellerimpersonate-12-abcdefg")), &[]);
        assert_eq!(redactor.clean("bad key abcdefg"), "bad key ***");
    }

    #[test]
    fn hides_other_spellings_and_the_password_of_the_proxy() {
        let redactor =
            Redactor::new(Some(&Secret::new("k\"3y/x+=")), &["pa%2Fss".to_owned(), "pa/ss".to_owned()]);
        let shown = redactor.clean(r#"k"3y/x+= {"key": "k\"3y/x+="} ?key=k%223y%2Fx%2B%3D pa%2Fss pa/ss"#);
        assert_eq!(shown, r#"*** {"key": "***"} ?key=*** *** ***"#);
    }

    #[test]
    fn hides_short_secrets_as_whole_words() {
        let redactor = Redactor::new(None, &["a".to_owned(), "k9".to_owned(), "-".to_owned()]);
        for (text, shown) in [
            ("a", "***"),
            ("bad key a, or k9", "bad key ***, or ***"),
            ("aa a-a ab", "aa ***-*** ab"),
            (r#"{"key": "k9"}"#, r#"{"key": "***"}"#),
            ("k99 xk9 k9k9 äk9", "k99 xk9 k9k9 äk9"),
            ("no - dash", "no - dash"),
        ] {
            assert_eq!(redactor.clean(text), shown);
        }
        assert_eq!(Redactor::new(Some(&Secret::new("key")), &[]).clean("no key"), "no key");
    }

    #[test]
    fn hides_truncated_secrets() {
        let redactor = Redactor::new(Some(&Secret::new("K0123456789abcdef")), &["6789".to_owned()]);
        assert_eq!(
            redactor.clean("unknown key K012345… [request 7]; K0123"),
            "unknown key ***… [request 7]; ***"
        );
        // The longer secret is replaced before the one that is part of it.
        assert_eq!(redactor.clean("K0123456789abcdef 6789"), "*** ***");
        assert_eq!(
            redactor.clean(r"https:\/\/h\/rlogin\/a:82E2 h%2Frlogin%2Fa:82E2 /rlogin/a…"),
            r"https:\/\/h\/rlogin\/*** h%2Frlogin%2F*** /rlogin/***…"
        );
    }
}
