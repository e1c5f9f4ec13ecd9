//! Which endpoint a request is for, and the checks that all of them share.

use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use crate::api::query::Query;
use crate::api::{auth, billing, clients, history, plans, sso, usage};
use crate::response::Answer;
use crate::state::World;

/// A request, read to its end.
pub(crate) struct Incoming<'a> {
    pub(crate) method: &'a Method,
    /// Still percent-encoded.
    pub(crate) path: &'a str,
    pub(crate) query: &'a str,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a [u8],
}

/// Where a path leads. Ids and names are percent-decoded.
#[derive(Debug, PartialEq, Eq)]
enum Place {
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
    /// Where a login link leads: no endpoint of the API.
    LogIn(String),
}

impl Place {
    fn find(path: &str) -> Option<Self> {
        let mut segments = Vec::new();
        for segment in path.strip_prefix("/ss/")?.split('/') {
            let text = percent_decode_str(segment).decode_utf8().ok()?;
            if text.is_empty() {
                return None;
            }
            segments.push(text);
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
            ["auth", "rlogin", token] => Self::LogIn((*token).to_owned()),
            _ => return None,
        })
    }

    /// The methods that the place takes, as in an `Allow` header.
    fn methods(&self) -> &'static str {
        match self {
            Self::Clients => "GET, POST",
            Self::Client(_) => "GET, PATCH, DELETE",
            Self::Plan(..) | Self::GrantToken(_) => "POST",
            _ => "GET",
        }
    }
}

/// An id in a path: digits and nothing else.
fn client_id(text: &str) -> Option<i64> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}

/// Answers a request.
pub(crate) fn answer(world: &mut World, request: &Incoming<'_>) -> Answer {
    let Some(place) = Place::find(request.path) else {
        return Answer::detail(StatusCode::NOT_FOUND);
    };
    let methods = place.methods();
    if !methods.split(", ").any(|method| method == request.method.as_str()) {
        return Answer::detail(StatusCode::METHOD_NOT_ALLOWED)
            .with(header::ALLOW, HeaderValue::from_static(methods));
    }
    if let Place::LogIn(token) = &place {
        return sso::log_in(world, token);
    }
    world.sessions.settle();
    let checked = auth::check(world, request.headers, request.method != Method::GET);
    checked.and_then(|()| endpoint(world, place, request)).unwrap_or_else(|refusal| refusal)
}

fn endpoint(world: &mut World, place: Place, request: &Incoming<'_>) -> Result<Answer, Answer> {
    let query = Query::parse(request.query);
    match (place, request.method) {
        (Place::Clients, &Method::POST) => clients::create(world, &json_body(request)?),
        (Place::Clients, _) => Ok(clients::list(world)),
        (Place::Client(id), &Method::PATCH) => clients::update(world, id, &json_body(request)?),
        (Place::Client(id), &Method::DELETE) => clients::delete(world, id),
        (Place::Client(id), _) => clients::show(world, id),
        (Place::Plan(id, plan), _) => {
            let set_by = auth::owner(world, request.headers);
            plans::set(world, id, &plan, &set_by)
        }
        (Place::Usage(id), _) => usage::usage(world, id, &query),
        (Place::Billing(id), _) => billing::client(world, id, &query),
        (Place::GrantToken(email), _) => sso::grant_token(world, &email, &query),
        (Place::LoginOptions(email), _) => sso::login_options(world, &email),
        (Place::ResellerBilling, _) => billing::overview(world, &query),
        (Place::ResellerUsage, _) => history::history(world, &query),
        (Place::Plans, _) => Ok(plans::list(world)),
        (Place::LogIn(_), _) => Err(Answer::detail(StatusCode::NOT_FOUND)),
    }
}

/// The body as one JSON object.
fn json_body(request: &Incoming<'_>) -> Result<Map<String, Value>, Answer> {
    if request.body.is_empty() {
        return Err(Answer::bad_request("body", "can't be blank"));
    }
    let kind = request.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = kind.unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if essence != "application/json" {
        return Err(Answer::detail(StatusCode::UNSUPPORTED_MEDIA_TYPE));
    }
    match serde_json::from_slice(request.body) {
        Ok(Value::Object(fields)) => Ok(fields),
        _ => Err(Answer::detail(StatusCode::BAD_REQUEST)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{send, send_as, world};

    #[test]
    fn paths_lead_to_one_place_or_none() {
        let found = [
            ("/ss/rsapi/clients", Place::Clients),
            ("/ss/rsapi/clients/27084", Place::Client(27084)),
            ("/ss/rsapi/clients/1/plan/a%2Fb%3F", Place::Plan(1, "a/b?".into())),
            ("/ss/rsapi/grant_token/a@b.is", Place::GrantToken("a@b.is".into())),
            ("/ss/rsapi/grant_token/a%40b.is/list_clients", Place::LoginOptions("a@b.is".into())),
        ];
        for (path, place) in found {
            assert_eq!(Place::find(path), Some(place), "{path}");
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
            assert_eq!(Place::find(path), None, "{path}");
        }
    }

    #[test]
    fn wrong_methods_and_bodies() {
        let mut world = world(0);
        let answer = send(&mut world, "PUT", "/ss/rsapi/clients", None);
        assert_eq!(answer.status.as_u16(), 405);
        assert!(answer.headers.iter().any(|(name, value)| *name == header::ALLOW && value == "GET, POST"));
        assert_eq!(send(&mut world, "HEAD", "/ss/rsapi/clients", None).status.as_u16(), 405);
        assert_eq!(
            send(&mut world, "POST", "/ss/rsapi/clients", Some(Value::Bool(true))).status.as_u16(),
            400
        );
        let headers = HeaderMap::new();
        let body = b"{}";
        let bare =
            Incoming { method: &Method::POST, path: "/ss/rsapi/clients", query: "", headers: &headers, body };
        assert_eq!(answer_status(&mut world, &bare), 401);
    }

    fn answer_status(world: &mut World, request: &Incoming<'_>) -> u16 {
        answer(world, request).status.as_u16()
    }

    #[test]
    fn keys_open_what_they_should() {
        let mut world = world(1);
        let id = world.clients[0].id;
        let key = world.read_only_key.clone();
        assert_eq!(send_as(&mut world, &key, "GET", "/ss/rsapi/clients", None).status.as_u16(), 200);
        let plan = format!("/ss/rsapi/clients/{id}/plan/plan_1");
        assert_eq!(send_as(&mut world, &key, "POST", &plan, None).status.as_u16(), 403);
        let key = format!("resellerimpersonate-{id}-{}", world.key);
        assert_eq!(send_as(&mut world, &key, "GET", "/ss/rsapi/clients", None).status.as_u16(), 403);
        let wrong = send_as(&mut world, "wrong", "GET", "/ss/rsapi/clients", None);
        assert_eq!(wrong.status.as_u16(), 401);
        assert!(wrong.body.starts_with(b"<html>"));
    }
}
