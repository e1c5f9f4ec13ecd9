//! Takes secrets out of text that leaves the SDK: error messages, bodies shown in errors, log lines.

use super::hidden::Secret;
use super::impersonation::IMPERSONATION_PREFIX;
use super::segment::encode_segment;

const MASK: &str = "***";

/// What every login URL has in its path, as it stands in text, in JSON and in a query; what follows is the credential.
const LOGIN_PATHS: [&str; 4] = ["/rlogin/", "\\/rlogin\\/", "%2Frlogin%2F", "%2frlogin%2f"];

/// Shorter texts would tear ordinary words apart, and are no keys.
const SHORTEST: usize = 4;

/// Knows the secrets of one request. An impersonation key contains the reseller key, so that one
/// replacement hides both.
pub(crate) struct Redactor {
    /// The longest first: one may be part of another.
    secrets: Vec<String>,
}

impl Redactor {
    /// Of a key, if it is known yet, and of other secrets.
    pub fn new(key: Option<&Secret>, others: &[String]) -> Self {
        let mut secrets = others.to_vec();
        if let Some(key) = key.map(Secret::reveal) {
            secrets.push(key.to_owned());
            // Acting under an impersonation key: the reseller key inside it is a secret of its own.
            if let Some((_, reseller)) =
                key.strip_prefix(IMPERSONATION_PREFIX).and_then(|rest| rest.split_once('-'))
            {
                secrets.push(reseller.to_owned());
            }
        }
        // As they stand in JSON text and in URLs, where that differs.
        for index in 0..secrets.len() {
            let Some(plain) = secrets.get(index) else { break };
            let json = serde_json::Value::from(plain.as_str()).to_string();
            let spelled = [json.get(1..json.len() - 1).map(str::to_owned), Some(encode_segment(plain))];
            let others: Vec<_> = spelled.into_iter().flatten().filter(|other| other != plain).collect();
            secrets.extend(others);
        }
        secrets.retain(|secret| secret.len() >= SHORTEST);
        secrets.sort_unstable_by(|one, other| other.len().cmp(&one.len()).then_with(|| one.cmp(other)));
        secrets.dedup();
        Redactor { secrets }
    }

    pub fn clean_in_place(&self, text: &mut String) {
        for secret in &self.secrets {
            if text.contains(secret.as_str()) {
                *text = text.replace(secret.as_str(), MASK);
            }
        }
        self.mask_cut(text);
        mask_after(text, IMPERSONATION_PREFIX);
        for marker in LOGIN_PATHS {
            mask_after(text, marker);
        }
    }

    pub fn clean(&self, text: &str) -> String {
        let mut text = text.to_owned();
        self.clean_in_place(&mut text);
        text
    }

    /// Masks the beginning of a secret where a text was cut: before an ellipsis, and at the end.
    fn mask_cut(&self, text: &mut String) {
        let mut cuts: Vec<usize> = text.match_indices('…').map(|(at, _)| at).collect();
        cuts.push(text.len());
        for cut in cuts.into_iter().rev() {
            let before = text.get(..cut).unwrap_or_default();
            let begun = self.secrets.iter().filter_map(|secret| beginning_at_the_end(before, secret)).max();
            if let Some(length) = begun {
                text.replace_range(cut - length..cut, MASK);
            }
        }
    }
}

/// How much of the beginning of a secret stands at the end of a text, if it is enough to tell.
fn beginning_at_the_end(text: &str, secret: &str) -> Option<usize> {
    let longest = secret.len().min(text.len());
    (SHORTEST..=longest).rev().find(|length| secret.get(..*length).is_some_and(|begun| text.ends_with(begun)))
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
    fn other_spellings_and_the_password_of_the_proxy_are_hidden() {
        let redactor =
            Redactor::new(Some(&Secret::new("k\"3y/x+=")), &["pa%2Fss".to_owned(), "pa/ss".to_owned()]);
        let shown = redactor.clean(r#"k"3y/x+= {"key": "k\"3y/x+="} ?key=k%223y%2Fx%2B%3D pa%2Fss pa/ss"#);
        assert_eq!(shown, r#"*** {"key": "***"} ?key=*** *** ***"#);
    }

    #[test]
    fn what_was_cut_is_hidden_too() {
        let redactor = Redactor::new(Some(&Secret::new("K0123456789abcdef")), &["6789".to_owned()]);
        assert_eq!(
            redactor.clean("unknown key K012345… [request 7]; K0123"),
            "unknown key ***… [request 7]; ***"
        );
        // The longer one is replaced before a part of it is.
        assert_eq!(redactor.clean("K0123456789abcdef 6789"), "*** ***");
        assert_eq!(
            redactor.clean(r"https:\/\/h\/rlogin\/a:82E2 h%2Frlogin%2Fa:82E2 /rlogin/a…"),
            r"https:\/\/h\/rlogin\/*** h%2Frlogin%2F*** /rlogin/***…"
        );
    }
}
