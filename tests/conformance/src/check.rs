//! Compares a received request with the one that the table expects.

use percent_encoding::percent_decode_str;
use url::form_urlencoded;

use crate::http::ReceivedRequest;
use crate::json;
use crate::table::Request;

/// Returns true if `got` has the method and path of `expected`.
#[must_use]
pub fn same_target(expected: &Request, got: &ReceivedRequest) -> bool {
    expected.method == got.method && segments(&expected.path) == segments(&got.path)
}

/// Describes every other difference between `expected` and `got`. `key` is the API key of the case.
#[must_use]
pub fn problems(expected: &Request, got: &ReceivedRequest, key: &str) -> Vec<String> {
    let mut found = Vec::new();
    let query: Vec<(String, String)> = form_urlencoded::parse(got.query.as_bytes()).into_owned().collect();
    if query != expected.query {
        found.push(format!("expected the query {:?}, got {query:?}", expected.query));
    }
    check_headers(expected, got, key, &mut found);
    check_body(expected, got, &mut found);
    found
}

/// Path segments, decoded. Split first: an encoded slash is data, not a separator.
fn segments(path: &str) -> Vec<Vec<u8>> {
    path.split('/').map(|segment| percent_decode_str(segment).collect()).collect()
}

fn check_headers(expected: &Request, got: &ReceivedRequest, key: &str, found: &mut Vec<String>) {
    let authorization =
        expected.headers.get("authorization").cloned().unwrap_or_else(|| format!("Basic {key}"));
    if got.header("authorization").as_deref() != Some(authorization.as_str()) {
        // Without the values: this message ends up in logs.
        found.push("the authorization header is not the case's".to_owned());
    }
    if !got.header("user-agent").is_some_and(|agent| agent.starts_with("crankwheel")) {
        found.push(format!(
            "expected a user-agent that begins with crankwheel, got {:?}",
            got.header("user-agent")
        ));
    }
    for (name, value) in expected.headers.iter().filter(|(name, _)| *name != "authorization") {
        let header = got.header(&name.to_ascii_lowercase());
        if header.as_deref() != Some(value.as_str()) {
            found.push(format!("expected the header {name}: {value}, got {header:?}"));
        }
    }
    for name in &expected.no_headers {
        if let Some(value) = got.header(&name.to_ascii_lowercase()) {
            found.push(format!("unwanted header {name}: {value}"));
        }
    }
}

fn check_body(expected: &Request, got: &ReceivedRequest, found: &mut Vec<String>) {
    let text = String::from_utf8_lossy(&got.body);
    if let Some(json) = &expected.json {
        let content_type = got.header("content-type");
        if content_type.as_deref() != Some("application/json") {
            found.push(format!("expected the content-type application/json, got {content_type:?}"));
        }
        match serde_json::from_slice(&got.body) {
            Err(error) => found.push(format!("the body is not JSON ({error}): {text}")),
            Ok(body) => found.extend(json::difference(json, &body).map(|d| format!("in the body, {d}"))),
        }
    } else {
        let wanted = expected.body.as_deref().unwrap_or_default();
        if text != wanted {
            found.push(format!("expected the body {wanted:?}, got {text:?}"));
        }
        let length = got.header("content-length");
        let needs_length = got.method != "GET" && got.method != "DELETE";
        if wanted.is_empty() && needs_length && length.as_deref() != Some("0") {
            found.push(format!("expected content-length: 0, got {length:?}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expected(text: &str) -> Request {
        serde_json::from_str(text).unwrap()
    }

    fn received(
        method: &str,
        path: &str,
        query: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> ReceivedRequest {
        let mut all = vec![("authorization", "Basic k"), ("user-agent", "crankwheel-x/1")];
        all.extend(headers);
        ReceivedRequest {
            method: method.into(),
            path: path.into(),
            query: query.into(),
            headers: all.into_iter().map(|(n, v)| (n.to_owned(), v.to_owned())).collect(),
            body: body.into(),
        }
    }

    #[test]
    fn a_matching_request_has_no_problems() {
        let request =
            expected(r#"{"method": "GET", "path": "/a/x@y", "query": [["start", "2019-02-01T00:00:00Z"]]}"#);
        let got = received("GET", "/a/x%40y", "start=2019-02-01T00%3A00%3A00Z", &[], "");
        assert!(same_target(&request, &got));
        assert_eq!(problems(&request, &got, "k"), Vec::<String>::new());
    }

    #[test]
    fn an_encoded_slash_does_not_separate_segments() {
        let request = expected(r#"{"method": "GET", "path": "/a%2Fb"}"#);
        assert!(!same_target(&request, &received("GET", "/a/b", "", &[], "")));
        assert!(same_target(&request, &received("GET", "/a%2fb", "", &[], "")));
    }

    #[test]
    fn each_part_is_checked() {
        let request = expected(r#"{"method": "PATCH", "path": "/a", "json": {"n": 1}}"#);
        assert!(
            problems(
                &request,
                &received("PATCH", "/a", "", &[("content-type", "application/json")], "{\"n\":1.0}"),
                "k"
            )
            .is_empty()
        );
        let got = received("PATCH", "/a", "q=1", &[], "{\"n\":2}");
        assert_eq!(problems(&request, &got, "other").len(), 4);
        let bodiless = expected(r#"{"method": "POST", "path": "/a"}"#);
        assert_eq!(problems(&bodiless, &received("POST", "/a", "", &[], ""), "k").len(), 1);
    }
}
