//! Single sign-on: login links, the accounts that they can log in to, and their target.

use http::{HeaderValue, StatusCode, header};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde::Serialize;
use serde_json::{Value, json};

use super::query::Query;
use crate::response::Response;
use crate::state::{LoginToken, Role, State, User, is_email_address, leads_to};
use crate::time::SECOND;

/// The time for which a link is valid.
const VALID_FOR: i64 = 120 * SECOND;
/// The characters that are percent-encoded in a path segment of a link.
const ENCODED: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'%').add(b'/').add(b'<').add(b'>').add(b'?');
/// The target of a login if the link's own target cannot be a header value.
const DASHBOARD: &str = "/ss";

/// One account that an address can log in to, with the fields in the API's order.
#[derive(Serialize)]
struct LoginOption<'a> {
    sname: &'a Value,
    role: Role,
    lname: &'a Value,
    email: &'a str,
    client_id: i64,
}

/// `GET /grant_token/{email}/list_clients`
pub(crate) fn login_options(state: &State, email: &str) -> Result<Response, Response> {
    if !is_email_address(email) {
        return Err(Response::bad_request("email", "has invalid format"));
    }
    let mut options: Vec<LoginOption<'_>> = state
        .users_like(email)
        .filter(|(user, _)| leads_to(&user.email, email))
        .map(|(user, client)| LoginOption {
            sname: client.value("sname"),
            role: user.role,
            lname: client.value("lname"),
            email: &user.email,
            client_id: client.id,
        })
        .collect();
    options.sort_by_key(|option| option.client_id);
    Ok(Response::json(StatusCode::OK, &options))
}

/// `POST /grant_token/{email}`
pub(crate) fn grant_token(state: &mut State, email: &str, query: &Query) -> Result<Response, Response> {
    let multi_login = match query.get("multi_login") {
        None | Some("false") => false,
        Some("true") => true,
        Some(_) => return Err(Response::bad_request("multi_login", "is invalid")),
    };
    let create_in = match query.get("clientid") {
        None => None,
        Some(text) if text.bytes().all(|byte| byte.is_ascii_digit()) && text.contains(|c| c != '0') => {
            // No client has an id that is too long for a number.
            Some(text.parse().unwrap_or(i64::MAX))
        }
        Some(_) => return Err(Response::bad_request("clientid", "is invalid")),
    };
    if query.get("dest_url") == Some("") {
        return Err(Response::bad_request("dest_url", "can't be blank"));
    }
    if multi_login && create_in.is_some() {
        return Err(Response::bad_request("multi_login", "can't be used together with clientid"));
    }

    let accounts = state
        .users_like(email)
        .filter(|(user, _)| user.email == email || (multi_login && leads_to(&user.email, email)));
    let open: Vec<bool> = accounts.map(|(_, client)| client.allows_login_links()).collect();
    if open.is_empty() {
        let client_id = create_in
            .ok_or_else(|| Response::field_error(StatusCode::NOT_FOUND, "email", "does not exist"))?;
        create_user(state, email, client_id)?;
    } else if !open.contains(&true) {
        return Err(provider_refusal());
    }

    let token = new_token(state);
    let link = format!("{}/ss/auth/rlogin/{}:{token}", state.base_url, utf8_percent_encode(email, ENCODED));
    let now = state.now();
    // A long run creates many tokens, so the expired ones are removed from time to time.
    if state.tokens.len() % 4_096 == 4_095 {
        state.tokens.retain(|_, token| token.expires_at >= now);
    }
    let login = LoginToken {
        email: email.to_owned(),
        expires_at: now.saturating_add(VALID_FOR),
        dest_url: query.get("dest_url").map(str::to_owned),
    };
    state.tokens.insert(token, login);
    Ok(Response::json(StatusCode::OK, &json!({ "login_url": link })))
}

fn provider_refusal() -> Response {
    Response::field_error(
        StatusCode::UNPROCESSABLE_ENTITY,
        "provisioning_provider",
        "must be \"reseller\" for the user's company",
    )
}

/// Adds an unknown address as a normal user of the company that the request names.
fn create_user(state: &mut State, email: &str, client_id: i64) -> Result<(), Response> {
    let client = state
        .client(client_id)
        .ok_or_else(|| Response::field_error(StatusCode::NOT_FOUND, "clientid", "does not exist"))?;
    if !client.allows_login_links() {
        return Err(provider_refusal());
    }
    if !is_email_address(email) {
        return Err(Response::bad_request("email", "has invalid format"));
    }
    let created_at = state.now();
    state.users.add(User { email: email.to_owned(), client_id, role: Role::User, created_at });
    Ok(())
}

/// Creates a token of 64 hexadecimal digits, like those in the API document.
fn new_token(state: &mut State) -> String {
    format!("{:032X}{:032X}", state.random.u128(..), state.random.u128(..))
}

/// `GET /ss/auth/rlogin/{email}:{token}`: the target of a login link, so that a test can follow it.
/// Not an endpoint of the API. The response says who is logged in, or that the link is not valid.
pub(crate) fn log_in(state: &State, address: &str) -> Response {
    let page = |status, text: &str| Response::new(status, "text/plain; charset=utf-8", text.to_owned());
    let login = address.rsplit_once(':').and_then(|(email, token)| {
        state.tokens.get(token).filter(|login| login.email == email && state.now() < login.expires_at)
    });
    let Some(login) = login else {
        return page(StatusCode::FORBIDDEN, "This login link is not valid.\n");
    };
    let text = format!("Logged in as {}\n", login.email);
    match &login.dest_url {
        Some(target) => {
            let target = HeaderValue::from_str(target).unwrap_or(HeaderValue::from_static(DASHBOARD));
            page(StatusCode::FOUND, &text).with_header(header::LOCATION, target)
        }
        None => page(StatusCode::OK, &text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{demo_state, expect, send};
    use jiff::SignedDuration;

    fn company(state: &mut State, sname: &str, provider: &str) -> i64 {
        let body = json!({ "sname": sname, "settings": { "provisioning_provider": provider } });
        expect(state, "POST", "/ss/rsapi/clients", Some(body), 201)["id"].as_i64().unwrap()
    }

    fn person(state: &mut State, client_id: i64, email: &str) {
        state.users.add(User { email: email.into(), client_id, role: Role::User, created_at: 0 });
    }

    fn link(state: &mut State, target: &str) -> String {
        let response = expect(state, "POST", target, None, 200);
        response["login_url"].as_str().unwrap().strip_prefix("http://sandbox.test").unwrap().to_owned()
    }

    #[test]
    fn a_link_works_for_two_minutes() {
        let mut state = demo_state(0);
        let id = company(&mut state, "acmecompany", "reseller");
        person(&mut state, id, "joi@crankwheel.com");
        let path = link(&mut state, "/ss/rsapi/grant_token/joi@crankwheel.com");
        let token = path.strip_prefix("/ss/auth/rlogin/joi@crankwheel.com:").unwrap();
        assert!(token.len() == 64 && token.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase()));
        assert_eq!(send(&mut state, "GET", &path, None).status.as_u16(), 200);
        state.clock.advance(SignedDuration::from_secs(119));
        assert_eq!(send(&mut state, "GET", &path, None).status.as_u16(), 200);
        state.clock.advance(SignedDuration::from_secs(1));
        assert_eq!(send(&mut state, "GET", &path, None).status.as_u16(), 403);
        let path = link(&mut state, "/ss/rsapi/grant_token/joi%40crankwheel.com?dest_url=%2Fss%2Faccount");
        let response = send(&mut state, "GET", &path, None);
        assert_eq!(response.status.as_u16(), 302);
        assert!(
            response.headers.iter().any(|(name, value)| *name == header::LOCATION && value == "/ss/account")
        );
    }

    #[test]
    fn an_unknown_address_needs_a_company() {
        let mut state = demo_state(0);
        let id = company(&mut state, "acmecompany", "reseller");
        let closed = company(&mut state, "closedcompany", "default");
        expect(&mut state, "POST", "/ss/rsapi/grant_token/new@acme.is", None, 404);
        // The name that CrankWheel's guide writes is not the one that the API document gives.
        expect(&mut state, "POST", &format!("/ss/rsapi/grant_token/new@acme.is?client_id={id}"), None, 404);
        expect(&mut state, "POST", "/ss/rsapi/grant_token/new@acme.is?clientid=1", None, 404);
        expect(
            &mut state,
            "POST",
            &format!("/ss/rsapi/grant_token/new@acme.is?clientid={closed}"),
            None,
            422,
        );
        expect(&mut state, "POST", &format!("/ss/rsapi/grant_token/nobody?clientid={id}"), None, 400);
        expect(
            &mut state,
            "POST",
            &format!("/ss/rsapi/grant_token/n@a.is?clientid={id}&multi_login=true"),
            None,
            400,
        );
        for bad in ["clientid=x", "clientid=", "clientid=0", "dest_url=", "multi_login="] {
            expect(&mut state, "POST", &format!("/ss/rsapi/grant_token/n@a.is?{bad}"), None, 400);
        }
        let endless = "/ss/rsapi/grant_token/n@a.is?clientid=99999999999999999999";
        expect(&mut state, "POST", endless, None, 404);
        expect(&mut state, "POST", "/ss/rsapi/grant_token/n@a.is?multi_login=maybe", None, 400);
        assert!(state.users.all().is_empty());
        link(&mut state, &format!("/ss/rsapi/grant_token/new@acme.is?clientid={id}&multi_login=false"));
        link(&mut state, "/ss/rsapi/grant_token/new@acme.is");
        assert_eq!(state.users.all().len(), 1);
        person(&mut state, closed, "old@closed.is");
        expect(&mut state, "POST", "/ss/rsapi/grant_token/old@closed.is", None, 422);
    }

    #[test]
    fn prefixed_accounts_are_found() {
        let mut state = demo_state(0);
        let uno = company(&mut state, "ssounos", "reseller");
        let duo = company(&mut state, "ssoduos", "reseller");
        person(&mut state, duo, "joi@crankwheel.com");
        person(&mut state, uno, &format!("{uno}-cw-joi@crankwheel.com"));
        person(&mut state, duo, "notjoi@crankwheel.com");
        let path = "/ss/rsapi/grant_token/joi@crankwheel.com/list_clients";
        let options = expect(&mut state, "GET", path, None, 200);
        let first = format!(
            r#"{{"sname":"ssounos","role":"user","lname":null,"email":"{uno}-cw-joi@crankwheel.com","client_id":{uno}}}"#
        );
        let second = format!(
            r#"{{"sname":"ssoduos","role":"user","lname":null,"email":"joi@crankwheel.com","client_id":{duo}}}"#
        );
        let expected = format!("[{first},{second}]");
        assert_eq!(options, serde_json::from_str::<Value>(&expected).unwrap());
        assert_eq!(send(&mut state, "GET", path, None).body, expected);
        let none = expect(&mut state, "GET", "/ss/rsapi/grant_token/x@y.is/list_clients", None, 200);
        assert_eq!(none, json!([]));
        expect(&mut state, "GET", "/ss/rsapi/grant_token/nobody/list_clients", None, 400);
        expect(&mut state, "DELETE", &format!("/ss/rsapi/clients/{duo}"), None, 204);
        expect(&mut state, "POST", "/ss/rsapi/grant_token/joi@crankwheel.com", None, 404);
        link(&mut state, "/ss/rsapi/grant_token/joi@crankwheel.com?multi_login=true");
    }
}
