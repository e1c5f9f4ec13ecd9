//! The routes: which endpoint a request is for, and the checks that all endpoints share.

use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use crate::api::query::Query;
use crate::api::{auth, billing, clients, history, plans, sso, usage};
use crate::endpoints::allows;
use crate::response::Response;
use crate::state::State;

/// A request whose body has been read.
pub(crate) struct Request<'a> {
    pub(crate) method: &'a Method,
    /// Still percent-encoded.
    pub(crate) path: &'a str,
    pub(crate) query: &'a str,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a [u8],
}

/// The endpoint that a path leads to. Ids and names are percent-decoded.
#[derive(Debug, PartialEq, Eq)]
enum Route {
    Clients,
    Client(i64),
    Plan(i64, String),
    Usage(i64),
    Billing(i64),
    GrantToken(String),
    LoginOptions(String),
    ResellerBilling,
    ResellerUsage,
    Plans,
    /// The target of a login link, which is not an endpoint of the API.
    LogIn(String),
}

impl Route {
    fn find(path: &str) -> Option<Self> {
        let mut segments = Vec::new();
        for segment in path.strip_prefix("/ss/")?.split('/') {
            let segment = percent_decode_str(segment).decode_utf8().ok()?;
            if segment.is_empty() {
                return None;
            }
            segments.push(segment);
        }
        let segments: Vec<&str> = segments.iter().map(AsRef::as_ref).collect();
        Some(match segments.as_slice() {
            ["rsapi", "clients"] => Self::Clients,
            ["rsapi", "clients", id] => Self::Client(client_id(id)?),
            ["rsapi", "clients", id, "plan", plan] => Self::Plan(client_id(id)?, (*plan).to_owned()),
            ["rsapi", "clients", id, "usage"] => Self::Usage(client_id(id)?),
            ["rsapi", "clients", id, "billing"] => Self::Billing(client_id(id)?),
            ["rsapi", "grant_token", email] => Self::GrantToken((*email).to_owned()),
            ["rsapi", "grant_token", email, "list_clients"] => Self::LoginOptions((*email).to_owned()),
            ["rsapi", "reseller", "billing"] => Self::ResellerBilling,
            ["rsapi", "reseller", "plans"] => Self::Plans,
            ["rsapi", "clients_usage"] => Self::ResellerUsage,
            ["auth", "rlogin", address] => Self::LogIn((*address).to_owned()),
            _ => return None,
        })
    }

    /// The methods that the route accepts, as in an `Allow` header.
    fn methods(&self) -> &'static str {
        match self {
            Self::Clients => "GET, HEAD, POST",
            Self::Client(_) => "GET, HEAD, PATCH, DELETE",
            Self::Plan(..) | Self::GrantToken(_) => "POST",
            _ => "GET, HEAD",
        }
    }

    /// A browser follows a login link without an API key.
    fn needs_key(&self) -> bool {
        !matches!(self, Self::LogIn(_))
    }
}

/// Reads an id in a path: digits and nothing else.
fn client_id(text: &str) -> Option<i64> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}

/// Handles a request: finds its route, checks method and key, and calls the endpoint.
pub(crate) fn respond(state: &mut State, request: &Request<'_>) -> Response {
    let Some(route) = Route::find(request.path) else {
        return Response::detail(StatusCode::NOT_FOUND);
    };
    let methods = route.methods();
    if !allows(methods, request.method.as_str()) {
        return Response::detail(StatusCode::METHOD_NOT_ALLOWED)
            .with_header(header::ALLOW, HeaderValue::from_static(methods));
    }
    let writes = !matches!(*request.method, Method::GET | Method::HEAD);
    if route.needs_key()
        && let Err(refusal) = auth::check(state, request.headers, writes)
    {
        return refusal;
    }
    state.sessions.sort();
    endpoint(state, route, request).unwrap_or_else(|refusal| refusal)
}

fn endpoint(state: &mut State, route: Route, request: &Request<'_>) -> Result<Response, Response> {
    let query = Query::parse(request.query);
    match (route, request.method) {
        (Route::Clients, &Method::POST) => clients::create(state, &json_body(request)?),
        (Route::Clients, _) => Ok(clients::list(state)),
        (Route::Client(id), &Method::PATCH) => clients::update(state, id, &json_body(request)?),
        (Route::Client(id), &Method::DELETE) => clients::delete(state, id),
        (Route::Client(id), _) => clients::show(state, id),
        (Route::Plan(id, plan), _) => {
            let set_by = auth::owner(state, request.headers);
            plans::set(state, id, &plan, &set_by)
        }
        (Route::Usage(id), _) => usage::usage(state, id, &query),
        (Route::Billing(id), _) => billing::client(state, id, &query),
        (Route::GrantToken(email), _) => sso::grant_token(state, &email, &query),
        (Route::LoginOptions(email), _) => sso::login_options(state, &email),
        (Route::ResellerBilling, _) => billing::overview(state, &query),
        (Route::ResellerUsage, _) => history::history(state, &query),
        (Route::Plans, _) => Ok(plans::list(state)),
        (Route::LogIn(address), _) => Ok(sso::log_in(state, &address)),
    }
}

/// Reads the body as one JSON object.
fn json_body(request: &Request<'_>) -> Result<Map<String, Value>, Response> {
    if request.body.is_empty() {
        return Err(Response::bad_request("body", "can't be blank"));
    }
    let content_type = request.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media_type = content_type.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    if !media_type.eq_ignore_ascii_case("application/json") {
        return Err(Response::detail(StatusCode::UNSUPPORTED_MEDIA_TYPE));
    }
    match serde_json::from_slice(request.body) {
        Ok(Value::Object(fields)) => Ok(fields),
        _ => Err(Response::detail(StatusCode::BAD_REQUEST)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::endpoints::{ENDPOINTS, Endpoint};
    use crate::testing::{demo_state, send, send_as};

    #[test]
    fn a_path_leads_to_one_route_or_none() {
        let found = [
            ("/ss/rsapi/clients", Route::Clients),
            ("/ss/rsapi/clients/27084", Route::Client(27084)),
            ("/ss/rsapi/clients/1/plan/a%2Fb%3F", Route::Plan(1, "a/b?".into())),
            ("/ss/rsapi/grant_token/a@b.is", Route::GrantToken("a@b.is".into())),
            ("/ss/rsapi/grant_token/a%40b.is/list_clients", Route::LoginOptions("a@b.is".into())),
        ];
        for (path, route) in found {
            assert_eq!(Route::find(path), Some(route), "{path}");
        }
        for path in [
            "",
            "/",
            "/ss",
            "/ss/rsapi",
            "/ss/rsapi/",
            "/ss/rsapi/clients/",
            "/ss/rsapi/clients/x",
            "/ss/rsapi/clients/-1",
            "/ss/rsapi/clients/+1",
            "/ss/rsapi/clients/99999999999999999999",
            "/ss/rsapi/clients//usage",
            "/ss/rsapi/grant_token/",
            "/ss/rsapi/clients/1/plan",
            "/ss/rsapi/grant_token/%ff",
            "/rsapi/clients",
        ] {
            assert_eq!(Route::find(path), None, "{path}");
        }
    }

    #[test]
    fn the_list_of_endpoints_has_the_paths_and_methods_of_the_routes() {
        for Endpoint { path, methods } in ENDPOINTS {
            let example = path.replace("{id}", "1").replace(['{', '}'], "");
            assert_eq!(Route::find(&example).map(|route| route.methods()), Some(*methods), "{path}");
        }
    }

    #[test]
    fn wrong_methods_and_bodies() {
        let mut state = demo_state(0);
        let response = send(&mut state, "PUT", "/ss/rsapi/clients", None);
        assert_eq!(response.status.as_u16(), 405);
        assert!(
            response.headers.iter().any(|(name, value)| *name == header::ALLOW && value == "GET, HEAD, POST")
        );
        assert_eq!(send(&mut state, "HEAD", "/ss/rsapi/clients", None).status.as_u16(), 200);
        let plan = "/ss/rsapi/clients/1/plan/plan_1";
        assert_eq!(send(&mut state, "HEAD", plan, None).status.as_u16(), 405);
        assert_eq!(
            send(&mut state, "POST", "/ss/rsapi/clients", Some(Value::Bool(true))).status.as_u16(),
            400
        );
        let headers = HeaderMap::new();
        let body = b"{}";
        let without_key =
            Request { method: &Method::POST, path: "/ss/rsapi/clients", query: "", headers: &headers, body };
        assert_eq!(respond(&mut state, &without_key).status.as_u16(), 401);
    }

    #[test]
    fn each_key_may_do_what_it_is_for() {
        let mut state = demo_state(1);
        let id = state.clients[0].id;
        let key = state.read_only_key.clone();
        assert_eq!(send_as(&mut state, &key, "GET", "/ss/rsapi/clients", None).status.as_u16(), 200);
        let plan = format!("/ss/rsapi/clients/{id}/plan/plan_1");
        assert_eq!(send_as(&mut state, &key, "POST", &plan, None).status.as_u16(), 403);
        let key = format!("resellerimpersonate-{id}-{}", state.key);
        assert_eq!(send_as(&mut state, &key, "GET", "/ss/rsapi/clients", None).status.as_u16(), 403);
        let wrong = send_as(&mut state, "wrong", "GET", "/ss/rsapi/clients", None);
        assert_eq!(wrong.status.as_u16(), 401);
        assert!(wrong.body.starts_with(b"<html>"));
    }
}
