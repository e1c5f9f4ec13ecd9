//! The paths of the API with their methods, for what a test asks the sandbox to do to them.

/// A path of the API; a segment in braces is a parameter.
pub(crate) struct Endpoint {
    pub(crate) path: &'static str,
    /// The methods, as in an `Allow` header.
    pub(crate) methods: &'static str,
}

/// All paths. The target of a login link is not an endpoint of the API, but has a response as well.
pub(crate) const ENDPOINTS: &[Endpoint] = &[
    Endpoint { path: "/ss/rsapi/clients", methods: "GET, HEAD, POST" },
    Endpoint { path: "/ss/rsapi/clients/{id}", methods: "GET, HEAD, PATCH, DELETE" },
    Endpoint { path: "/ss/rsapi/clients/{id}/plan/{plan_api_name}", methods: "POST" },
    Endpoint { path: "/ss/rsapi/clients/{id}/usage", methods: "GET, HEAD" },
    Endpoint { path: "/ss/rsapi/clients/{id}/billing", methods: "GET, HEAD" },
    Endpoint { path: "/ss/rsapi/grant_token/{email}", methods: "POST" },
    Endpoint { path: "/ss/rsapi/grant_token/{email}/list_clients", methods: "GET, HEAD" },
    Endpoint { path: "/ss/rsapi/reseller/billing", methods: "GET, HEAD" },
    Endpoint { path: "/ss/rsapi/reseller/plans", methods: "GET, HEAD" },
    Endpoint { path: "/ss/rsapi/clients_usage", methods: "GET, HEAD" },
    Endpoint { path: "/ss/auth/rlogin/{token}", methods: "GET, HEAD" },
];

/// Returns the name of the parameter that a segment of a path stands for.
pub(crate) fn parameter(segment: &str) -> Option<&str> {
    segment.strip_prefix('{')?.strip_suffix('}')
}

/// Returns true if a method is one of those in an `Allow` header.
pub(crate) fn allows(methods: &str, method: &str) -> bool {
    methods.split(", ").any(|allowed| allowed == method)
}
