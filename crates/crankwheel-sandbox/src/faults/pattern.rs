//! Patterns of requests: a method and a path, whose segments in braces match any segment.

use http::Method;
use percent_encoding::percent_decode_str;

use crate::endpoints::{ENDPOINTS, Endpoint, allows, parameter};
use crate::error::SandboxError;
use crate::input::{invalid, quoted};

/// The path of the sandbox's owner; it gets neither faults nor canned responses.
const CONTROL_PATH: &str = "/_sandbox";

/// The requests that a fault or a canned response is for.
pub(crate) struct RequestPattern {
    /// `None`: any method.
    method: Option<Method>,
    /// The segments of the path; `None`: any path.
    segments: Option<Vec<Segment>>,
}

/// One segment of a path.
enum Segment {
    Any,
    /// Percent-decoded, so that `a@b.is` and `a%40b.is` are the same.
    Exact(Vec<u8>),
}

/// A path of a request, for the comparison with patterns.
pub(crate) struct DecodedPath(Vec<Vec<u8>>);

impl DecodedPath {
    pub(crate) fn new(path: &str) -> Self {
        Self(path.split('/').map(decode).collect())
    }
}

fn decode(text: &str) -> Vec<u8> {
    percent_decode_str(text).collect()
}

/// Reads a method, in any case.
pub(crate) fn parse_method(method: &str) -> Result<Method, SandboxError> {
    Method::from_bytes(method.to_ascii_uppercase().as_bytes()).map_err(|_| {
        let got = quoted(method);
        invalid(format!("method: must be an HTTP method such as GET, got {got}"))
    })
}

impl RequestPattern {
    /// Reads a pattern; `*` is any method or path. Refuses what no request can match.
    pub(crate) fn new(method: &str, path: &str) -> Result<Self, SandboxError> {
        let method = if method == "*" { None } else { Some(parse_method(method)?) };
        if path == "*" {
            return Ok(Self { method, segments: None });
        }
        check_path(path)?;
        let segments = path
            .split('/')
            .map(|segment| match parameter(segment) {
                Some(_) => Segment::Any,
                None => Segment::Exact(decode(segment)),
            })
            .collect();
        let pattern = Self { method, segments: Some(segments) };
        pattern.check_method(path)?;
        Ok(pattern)
    }

    /// Reads a pattern, and refuses a parameter that the endpoint does not have.
    pub(crate) fn with_known_parameters(method: &str, path: &str) -> Result<Self, SandboxError> {
        let pattern = Self::new(method, path)?;
        pattern.check_parameters(path)?;
        Ok(pattern)
    }

    /// `HEAD` has the response of `GET`, so a pattern for `GET` is for both.
    pub(crate) fn matches(&self, method: &Method, path: &DecodedPath) -> bool {
        let same_method = self
            .method
            .as_ref()
            .is_none_or(|wanted| wanted == method || (*wanted == Method::GET && *method == Method::HEAD));
        same_method
            && self.segments.as_ref().is_none_or(|segments| {
                segments.len() == path.0.len()
                    && segments.iter().zip(&path.0).all(|(segment, part)| match segment {
                        Segment::Any => !part.is_empty(),
                        Segment::Exact(exact) => exact == part,
                    })
            })
    }

    fn endpoints(&self) -> Vec<&'static Endpoint> {
        ENDPOINTS.iter().filter(|endpoint| self.overlaps(endpoint.path)).collect()
    }

    /// Checks the method against the endpoints that the path is for. A path that is not the API's may
    /// have any: a program can send requests to it, too.
    fn check_method(&self, path: &str) -> Result<(), SandboxError> {
        let Some(method) = &self.method else { return Ok(()) };
        let endpoints = self.endpoints();
        let known = |endpoint: &&Endpoint| allows(endpoint.methods, method.as_str());
        if endpoints.is_empty() || endpoints.iter().any(known) {
            return Ok(());
        }
        let methods: Vec<&str> = endpoints.iter().map(|endpoint| endpoint.methods).collect();
        let (methods, path) = (methods.join(", "), quoted(path));
        Err(invalid(format!("method: {path} has no {method}; valid methods are {methods}")))
    }

    fn check_parameters(&self, path: &str) -> Result<(), SandboxError> {
        // A path that is for several endpoints, such as `/ss/rsapi/{any}`, has names of its own.
        let endpoints = self.endpoints();
        let [endpoint] = endpoints.as_slice() else { return Ok(()) };
        for (segment, known) in path.split('/').zip(endpoint.path.split('/')) {
            if let (Some(name), Some(known)) = (parameter(segment), parameter(known))
                && name != known
                && (name, known) != ("plan", "plan_api_name")
            {
                let endpoint = endpoint.path;
                return Err(invalid(format!(
                    "path: unknown parameter {{{name}}}; write {{{known}}}, as in {endpoint}"
                )));
            }
        }
        Ok(())
    }

    /// Returns true if a request to this endpoint can match.
    fn overlaps(&self, endpoint: &str) -> bool {
        let known: Vec<&str> = endpoint.split('/').collect();
        self.segments.as_ref().is_some_and(|segments| {
            segments.len() == known.len()
                && segments.iter().zip(known).all(|(segment, known)| match segment {
                    Segment::Any => !known.is_empty(),
                    Segment::Exact(exact) if parameter(known).is_some() => !exact.is_empty(),
                    Segment::Exact(exact) => exact == known.as_bytes(),
                })
        })
    }
}

/// Refuses a path that no request has.
fn check_path(path: &str) -> Result<(), SandboxError> {
    let refuse = |problem: &str| Err(invalid(format!("path: {problem}, got {}", quoted(path))));
    if !path.starts_with('/') {
        return refuse("must start with \"/\", without scheme and host, or be \"*\"");
    }
    if path.contains(['?', '#']) {
        return refuse(
            "must not have a query, since any query matches; leave out what follows \"?\" or \"#\"",
        );
    }
    if path == CONTROL_PATH || path.starts_with("/_sandbox/") {
        return refuse("must not be a control path; use a path of the API");
    }
    for segment in path.split('/') {
        let name = parameter(segment);
        let braces = name.unwrap_or(segment).contains(['{', '}']);
        if braces || name.is_some_and(str::is_empty) {
            return refuse("a parameter must be a whole segment with a name, such as {id}");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: (&str, &str), request: (&str, &str)) -> bool {
        let method = request.0.parse().unwrap();
        RequestPattern::new(pattern.0, pattern.1).unwrap().matches(&method, &DecodedPath::new(request.1))
    }

    #[test]
    fn methods_have_any_case_and_paths_have_parameters() {
        let client = "/ss/rsapi/clients/{id}";
        for (pattern, request, expected) in [
            (("get", client), ("GET", "/ss/rsapi/clients/27001"), true),
            (("Patch", client), ("PATCH", "/ss/rsapi/clients/27001"), true),
            (("GET", client), ("HEAD", "/ss/rsapi/clients/27001"), true),
            (("HEAD", client), ("GET", "/ss/rsapi/clients/27001"), false),
            (("GET", client), ("GET", "/ss/rsapi/clients"), false),
            (("GET", client), ("GET", "/ss/rsapi/clients/"), false),
            (("GET", client), ("GET", "/ss/rsapi/clients/1/usage"), false),
            (("*", "*"), ("DELETE", "/anything"), true),
            (("*", "/new/{x}"), ("PUT", "/new/1"), true),
            (("post", "/ss/rsapi/grant_token/a%40b.is"), ("POST", "/ss/rsapi/grant_token/a@b.is"), true),
            (("GET", "/ss/rsapi/{any}"), ("GET", "/ss/rsapi/clients_usage"), true),
            (("GET", "/a%20b"), ("GET", "/a%20b"), true),
        ] {
            assert_eq!(matches(pattern, request), expected, "{pattern:?} {request:?}");
        }
    }

    #[test]
    fn parameters_have_the_names_of_the_endpoint_where_they_are_checked() {
        for path in [
            "/ss/rsapi/clients/{id}",
            "/ss/rsapi/clients/{id}/plan/{plan_api_name}",
            "/ss/rsapi/clients/{id}/plan/{plan}",
            "/ss/rsapi/{any}",
            "/new/{any}",
        ] {
            assert!(RequestPattern::with_known_parameters("*", path).is_ok(), "{path}");
        }
        assert!(RequestPattern::new("*", "/ss/rsapi/clients/{client}").is_ok());
    }

    #[test]
    fn patterns_that_no_request_matches_are_refused() {
        for (method, path, expected) in [
            ("G T", "*", "method: must be an HTTP method such as GET, got \"G T\""),
            ("", "*", "method: must be an HTTP method"),
            ("GET", "ss/rsapi/clients", "path: must start with \"/\""),
            ("GET", "", "path: must start with \"/\""),
            ("GET", "http://127.0.0.1/ss/rsapi/clients", "path: must start with \"/\""),
            ("GET", "/ss/rsapi/clients?x=1", "path: must not have a query"),
            ("GET", "/ss/rsapi/clients#x", "path: must not have a query"),
            ("GET", "/_sandbox/state", "path: must not be a control path"),
            ("GET", "/ss/rsapi/clients/{}", "path: a parameter must be a whole segment"),
            ("GET", "/ss/rsapi/clients/{id", "path: a parameter must be a whole segment"),
            ("GET", "/ss/rsapi/clients/a{id}", "path: a parameter must be a whole segment"),
            (
                "GET",
                "/ss/rsapi/clients/{client}",
                "path: unknown parameter {client}; write {id}, as in /ss/rsapi/clients/{id}",
            ),
            ("POST", "/ss/rsapi/grant_token/{mail}", "path: unknown parameter {mail}; write {email}"),
            (
                "delete",
                "/ss/rsapi/clients",
                "method: \"/ss/rsapi/clients\" has no DELETE; valid methods are GET, HEAD, POST",
            ),
            ("GET", "/ss/rsapi/clients/{id}/plan/plan_1", "method: "),
            ("PUT", "/ss/rsapi/clients/27001", "method: "),
            ("POST", "/ss/rsapi/clients_usage", "method: "),
        ] {
            let error = RequestPattern::with_known_parameters(method, path).err().unwrap().to_string();
            assert!(error.starts_with(expected), "{method} {path}: {error}");
        }
    }
}
