//! The parts of extra headers that are secrets.
//!
//! The SDK itself never shows the value of an extra header. A server can repeat one in a response,
//! which the SDK shows in errors and logs. A value is masked there if the name of its header is that
//! of a credential, or if it looks generated. Ordinary words, such as the `production` of an
//! `x-environment` header, are not masked: they would make unrelated messages unreadable.

/// Words of names whose values are credentials, whatever they look like.
const CREDENTIALS: [&str; 21] = [
    "auth",
    "authentication",
    "authorization",
    "bearer",
    "cookie",
    "cookies",
    "credential",
    "credentials",
    "jwt",
    "keys",
    "otp",
    "passphrase",
    "passwd",
    "pwd",
    "secrets",
    "session",
    "sessionid",
    "sid",
    "sig",
    "signature",
    "tokens",
];

/// Ends of words of such names: `key` is also `apikey`, and `token` is also `authtoken`.
const CREDENTIAL_ENDINGS: [&str; 4] = ["key", "password", "secret", "token"];

/// Names whose values identify a request, and are in logs on purpose.
const PUBLIC: [&str; 12] = [
    "b3",
    "idempotency-key",
    "traceparent",
    "tracestate",
    "x-b3-parentspanid",
    "x-b3-sampled",
    "x-b3-spanid",
    "x-b3-traceid",
    "x-cloud-trace-context",
    "x-correlation-id",
    "x-request-id",
    "x-trace-id",
];

/// Returns the strings that are masked in responses because of an extra header: for a secret value,
/// the value itself and those of its parts that are secrets on their own, such as the token in
/// `Bearer …` and in `theme=dark; token=…`.
pub(crate) fn secrets_of_header(name: &str, value: &str) -> Vec<String> {
    let name = name.to_ascii_lowercase();
    if PUBLIC.contains(&name.as_str()) {
        return Vec::new();
    }
    let value = value.trim();
    let parts: Vec<Part<'_>> = parts(value);
    let credential = names_credential(&name);
    let mut secrets = Vec::new();
    if credential || looks_generated(value) {
        secrets.push(value.to_owned());
    }
    // A credential of one part, after its scheme, is that part.
    let single = credential && parts.len() == 1;
    for part in parts {
        if single || part.name.is_some_and(names_credential) || looks_generated(part.value) {
            secrets.push(part.value.to_owned());
        }
    }
    secrets.retain(|secret| secret.contains(|c: char| c.is_ascii_alphanumeric()));
    secrets.dedup();
    secrets
}

/// A part of a value: `token=abc` has a name, and `abc` has none.
struct Part<'a> {
    name: Option<&'a str>,
    value: &'a str,
}

/// Splits a value at white space, commas and semicolons. The scheme at its start (`Bearer`) is not
/// a part.
fn parts(value: &str) -> Vec<Part<'_>> {
    let mut rest = value;
    if let Some((scheme, credentials)) = value.split_once(' ')
        && scheme.bytes().all(|byte| byte.is_ascii_alphabetic())
    {
        rest = credentials;
    }
    rest.split([' ', '\t', ',', ';']).filter(|piece| !piece.is_empty()).map(part).collect()
}

fn part(piece: &str) -> Part<'_> {
    let unquoted = |text| str::trim_matches(text, '"');
    match piece.split_once('=') {
        // The padding of base64 is not a value.
        Some((name, value)) if value.contains(|c| c != '=') => {
            Part { name: Some(name), value: unquoted(value) }
        }
        _ => Part { name: None, value: unquoted(piece) },
    }
}

/// Returns true for the name of a credential: of a header, or of a part of its value.
fn names_credential(name: &str) -> bool {
    name.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| {
        let word = word.to_ascii_lowercase();
        CREDENTIALS.contains(&word.as_str()) || CREDENTIAL_ENDINGS.iter().any(|end| word.ends_with(end))
    })
}

/// Returns true if a run of letters and digits in a string is probably a generated one: one of 24
/// characters or more, one of 16 or more in which upper and lower case alternate, or one of 8 or
/// more that changes between letters and digits at least twice.
fn looks_generated(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_alphanumeric()).any(|run| {
        let changes = |kind: fn(&u8) -> bool| {
            run.as_bytes()
                .iter()
                .zip(run.as_bytes().iter().skip(1))
                .filter(|(one, next)| kind(one) != kind(next))
                .count()
        };
        run.len() >= 24
            || (run.len() >= 16 && changes(u8::is_ascii_uppercase) * 3 >= run.len())
            || (run.len() >= 8 && changes(u8::is_ascii_digit) >= 2)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rule() {
        for (name, value, expected) in [
            // The name is that of a credential.
            ("x-gateway-key", "production", vec!["production"]),
            ("X-API-KEY", "a1", vec!["a1"]),
            ("x-api-key", "7", vec!["7"]),
            ("apikey", "abc", vec!["abc"]),
            ("x-client-secret", "two words", vec!["two words", "words"]),
            ("x-auth", "Bearer abc", vec!["Bearer abc", "abc"]),
            ("x-forwarded-authorization", "Basic YTpi==", vec!["Basic YTpi==", "YTpi=="]),
            ("x-auth-token", "token=abc;x=y", vec!["token=abc;x=y", "abc"]),
            ("cookie", "theme=dark; sid=q1", vec!["theme=dark; sid=q1", "q1"]),
            ("cookie", r#"token="abc", theme=dark"#, vec![r#"token="abc", theme=dark"#, "abc"]),
            ("set_session", "open", vec!["open"]),
            ("x-signature", "--", vec![]),
            ("x-token", "", vec![]),
            // The value looks generated.
            ("x-tenant", "9f2c81ab", vec!["9f2c81ab"]),
            (
                "x-tenant",
                "550e8400-e29b-41d4-a716-446655440000",
                vec!["550e8400-e29b-41d4-a716-446655440000"],
            ),
            ("x-forwarded", "Bearer 9f2c81ab77", vec!["Bearer 9f2c81ab77", "9f2c81ab77"]),
            ("x-id", "AbCdEFghIjKlmNoP", vec!["AbCdEFghIjKlmNoP"]),
            ("x-id", "abcdefghijklmnopqrstuvwxyz", vec!["abcdefghijklmnopqrstuvwxyz"]),
            ("x-id", "a=9f2c81ab, b=c", vec!["a=9f2c81ab, b=c", "9f2c81ab"]),
            ("x-id", "token=abc, b=c", vec!["abc"]),
            ("baggage", "user=anna,key=k1", vec!["k1"]),
            // Ordinary values.
            ("x-environment", "production", vec![]),
            ("x-region", "eu-central-1", vec![]),
            ("x-gateway", "production-eu-central-1", vec![]),
            ("x-app", "ProductionGatewayEurope", vec![]),
            ("x-version", "gateway2", vec![]),
            ("x-date", "2019-03-15", vec![]),
            ("x-customer", "20190315", vec![]),
            ("x-flag", "1", vec![]),
            ("x-title", "Usage of the month", vec![]),
            ("x-author", "anna", vec![]),
            ("x-keyboard", "german", vec![]),
            // Ids for logs.
            ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", vec![]),
            ("X-Request-ID", "550e8400-e29b-41d4-a716-446655440000", vec![]),
            ("idempotency-key", "9f2c81ab77", vec![]),
        ] {
            assert_eq!(secrets_of_header(name, value), expected, "{name}: {value}");
        }
    }

    /// Whatever a header of a credential contains, the value itself is masked.
    #[test]
    fn every_value_of_a_credential_is_a_secret() {
        let characters = b"aB7 =;,\"-/+.~_";
        let mut state = 7_u32;
        for length in 1..200 {
            let mut value = String::from("k");
            for _ in 1..length {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                value.push(characters[(state >> 16) as usize % characters.len()].into());
            }
            let value = value.trim();
            for name in ["x-api-key", "COOKIE", "x_password", "gateway.token"] {
                assert!(
                    secrets_of_header(name, value).iter().any(|secret| secret == value),
                    "{name}: {value}"
                );
            }
        }
    }
}
