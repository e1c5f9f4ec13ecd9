//! Single sign-on: login links, the accounts that they can lead to, and where they lead.

use http::{HeaderValue, StatusCode, header};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde::Serialize;
use serde_json::{Value, json};

use super::query::Query;
use crate::response::Answer;
use crate::state::{LoginToken, Role, User, World, leads_to, looks_like_email};
use crate::time::SECOND;

/// A link works for this long.
const VALID_FOR: i64 = 120 * SECOND;
/// What may not stand as it is in a path segment of a link.
const IN_LINK: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'%').add(b'/').add(b'<').add(b'>').add(b'?');
/// Where a login ends unless the link says otherwise.
const DASHBOARD: &str = "/ss";

/// One account that an address can be logged in to, fields in the API's order.
#[derive(Serialize)]
struct LoginOption<'a> {
    sname: &'a Value,
    role: Role,
    lname: &'a Value,
    email: &'a str,
    client_id: i64,
}

/// `GET /grant_token/{email}/list_clients`
pub(crate) fn login_options(world: &World, email: &str) -> Result<Answer, Answer> {
    if !looks_like_email(email) {
        return Err(Answer::bad_request("email", "has invalid format"));
    }
    let mut options: Vec<LoginOption<'_>> = world
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
    Ok(Answer::json(StatusCode::OK, &options))
}

/// `POST /grant_token/{email}`
pub(crate) fn grant_token(world: &mut World, email: &str, query: &Query) -> Result<Answer, Answer> {
    let multi_login = match query.get("multi_login") {
        None | Some("false") => false,
        Some("true") => true,
        Some(_) => return Err(Answer::bad_request("multi_login", "is invalid")),
    };
    let create_in = match query.get("clientid") {
        None => None,
        Some(text) if text.bytes().all(|byte| byte.is_ascii_digit()) && text.contains(|c| c != '0') => {
            // What is too long for a number is nobody's id all the same.
            Some(text.parse().unwrap_or(i64::MAX))
        }
        Some(_) => return Err(Answer::bad_request("clientid", "is invalid")),
    };
    if query.get("dest_url") == Some("") {
        return Err(Answer::bad_request("dest_url", "can't be blank"));
    }
    if multi_login && create_in.is_some() {
        return Err(Answer::bad_request("multi_login", "can't be used together with clientid"));
    }

    let accounts = world
        .users_like(email)
        .filter(|(user, _)| user.email == email || (multi_login && leads_to(&user.email, email)));
    let open: Vec<bool> = accounts.map(|(_, client)| client.allows_login_links()).collect();
    if open.is_empty() {
        let client_id =
            create_in.ok_or_else(|| Answer::refused(StatusCode::NOT_FOUND, "email", "does not exist"))?;
        create_user(world, email, client_id)?;
    } else if !open.contains(&true) {
        return Err(provider_refusal());
    }

    let token = new_token(world);
    let link = format!("{}/ss/auth/rlogin/{}:{token}", world.base_url, utf8_percent_encode(email, IN_LINK));
    let now = world.now();
    // Those that ran out are of no more use, and a long run makes many: look through them now and then.
    if world.tokens.len() % 4_096 == 4_095 {
        world.tokens.retain(|_, token| token.expires_at >= now);
    }
    let known = LoginToken {
        email: email.to_owned(),
        expires_at: now.saturating_add(VALID_FOR),
        dest_url: query.get("dest_url").map(str::to_owned),
    };
    world.tokens.insert(token, known);
    Ok(Answer::json(StatusCode::OK, &json!({ "login_url": link })))
}

fn provider_refusal() -> Answer {
    Answer::refused(
        StatusCode::UNPROCESSABLE_ENTITY,
        "provisioning_provider",
        "must be \"reseller\" for the user's company",
    )
}

/// An unknown address becomes a normal user of the company that the request names.
fn create_user(world: &mut World, email: &str, client_id: i64) -> Result<(), Answer> {
    let client = world
        .client(client_id)
        .ok_or_else(|| Answer::refused(StatusCode::NOT_FOUND, "clientid", "does not exist"))?;
    if !client.allows_login_links() {
        return Err(provider_refusal());
    }
    if !looks_like_email(email) {
        return Err(Answer::bad_request("email", "has invalid format"));
    }
    let created_at = world.now();
    world.users.add(User { email: email.to_owned(), client_id, role: Role::User, created_at });
    Ok(())
}

/// 64 hexadecimal digits, as in the document.
fn new_token(world: &mut World) -> String {
    format!("{:032X}{:032X}", world.random.u128(..), world.random.u128(..))
}

/// `GET /ss/auth/rlogin/{email}:{token}`: where a login link leads. Not an endpoint of the API; here so that
/// a link can be followed. It says who is logged in, or that the link has run out.
pub(crate) fn log_in(world: &World, address: &str) -> Answer {
    let known = address.rsplit_once(':').and_then(|(email, token)| {
        world.tokens.get(token).filter(|known| known.email == email && world.now() < known.expires_at)
    });
    let Some(known) = known else {
        return Answer::new(
            StatusCode::FORBIDDEN,
            "text/plain; charset=utf-8",
            "This login link is not valid.\n",
        );
    };
    let text = format!("Logged in as {}\n", known.email);
    match known.dest_url.as_deref().map(HeaderValue::from_str) {
        Some(Ok(place)) => {
            Answer::new(StatusCode::FOUND, "text/plain; charset=utf-8", text).with(header::LOCATION, place)
        }
        Some(Err(_)) => Answer::new(StatusCode::FOUND, "text/plain; charset=utf-8", text)
            .with(header::LOCATION, HeaderValue::from_static(DASHBOARD)),
        None => Answer::new(StatusCode::OK, "text/plain; charset=utf-8", text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{expect, send, world};
    use jiff::SignedDuration;

    fn company(world: &mut World, sname: &str, provider: &str) -> i64 {
        let body = json!({ "sname": sname, "settings": { "provisioning_provider": provider } });
        expect(world, "POST", "/ss/rsapi/clients", Some(body), 201)["id"].as_i64().unwrap()
    }

    fn person(world: &mut World, client_id: i64, email: &str) {
        world.users.add(User { email: email.into(), client_id, role: Role::User, created_at: 0 });
    }

    fn link(world: &mut World, target: &str) -> String {
        let answer = expect(world, "POST", target, None, 200);
        answer["login_url"].as_str().unwrap().strip_prefix("http://sandbox.test").unwrap().to_owned()
    }

    #[test]
    fn a_link_works_for_two_minutes() {
        let mut world = world(0);
        let id = company(&mut world, "acmecompany", "reseller");
        person(&mut world, id, "joi@crankwheel.com");
        let path = link(&mut world, "/ss/rsapi/grant_token/joi@crankwheel.com");
        let token = path.strip_prefix("/ss/auth/rlogin/joi@crankwheel.com:").unwrap();
        assert!(token.len() == 64 && token.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase()));
        assert_eq!(send(&mut world, "GET", &path, None).status.as_u16(), 200);
        world.clock.advance(SignedDuration::from_secs(119));
        assert_eq!(send(&mut world, "GET", &path, None).status.as_u16(), 200);
        world.clock.advance(SignedDuration::from_secs(1));
        assert_eq!(send(&mut world, "GET", &path, None).status.as_u16(), 403);
        let path = link(&mut world, "/ss/rsapi/grant_token/joi%40crankwheel.com?dest_url=%2Fss%2Faccount");
        let answer = send(&mut world, "GET", &path, None);
        assert_eq!(answer.status.as_u16(), 302);
        assert!(
            answer.headers.iter().any(|(name, value)| *name == header::LOCATION && value == "/ss/account")
        );
    }

    #[test]
    fn an_unknown_address_needs_a_company() {
        let mut world = world(0);
        let id = company(&mut world, "acmecompany", "reseller");
        let closed = company(&mut world, "closedcompany", "default");
        expect(&mut world, "POST", "/ss/rsapi/grant_token/new@acme.is", None, 404);
        // The name that CrankWheel's guide writes is not the one that the API document gives.
        expect(&mut world, "POST", &format!("/ss/rsapi/grant_token/new@acme.is?client_id={id}"), None, 404);
        expect(&mut world, "POST", "/ss/rsapi/grant_token/new@acme.is?clientid=1", None, 404);
        expect(
            &mut world,
            "POST",
            &format!("/ss/rsapi/grant_token/new@acme.is?clientid={closed}"),
            None,
            422,
        );
        expect(&mut world, "POST", &format!("/ss/rsapi/grant_token/nobody?clientid={id}"), None, 400);
        expect(
            &mut world,
            "POST",
            &format!("/ss/rsapi/grant_token/n@a.is?clientid={id}&multi_login=true"),
            None,
            400,
        );
        for bad in ["clientid=x", "clientid=", "clientid=0", "dest_url=", "multi_login="] {
            expect(&mut world, "POST", &format!("/ss/rsapi/grant_token/n@a.is?{bad}"), None, 400);
        }
        let endless = "/ss/rsapi/grant_token/n@a.is?clientid=99999999999999999999";
        expect(&mut world, "POST", endless, None, 404);
        expect(&mut world, "POST", "/ss/rsapi/grant_token/n@a.is?multi_login=maybe", None, 400);
        assert!(world.users.all().is_empty());
        link(&mut world, &format!("/ss/rsapi/grant_token/new@acme.is?clientid={id}&multi_login=false"));
        link(&mut world, "/ss/rsapi/grant_token/new@acme.is");
        assert_eq!(world.users.all().len(), 1);
        person(&mut world, closed, "old@closed.is");
        expect(&mut world, "POST", "/ss/rsapi/grant_token/old@closed.is", None, 422);
    }

    #[test]
    fn prefixed_accounts_are_found() {
        let mut world = world(0);
        let uno = company(&mut world, "ssounos", "reseller");
        let duo = company(&mut world, "ssoduos", "reseller");
        person(&mut world, duo, "joi@crankwheel.com");
        person(&mut world, uno, &format!("{uno}-cw-joi@crankwheel.com"));
        person(&mut world, duo, "notjoi@crankwheel.com");
        let path = "/ss/rsapi/grant_token/joi@crankwheel.com/list_clients";
        let options = expect(&mut world, "GET", path, None, 200);
        let first = format!(
            r#"{{"sname":"ssounos","role":"user","lname":null,"email":"{uno}-cw-joi@crankwheel.com","client_id":{uno}}}"#
        );
        let second = format!(
            r#"{{"sname":"ssoduos","role":"user","lname":null,"email":"joi@crankwheel.com","client_id":{duo}}}"#
        );
        let expected = format!("[{first},{second}]");
        assert_eq!(options, serde_json::from_str::<Value>(&expected).unwrap());
        assert_eq!(send(&mut world, "GET", path, None).body, expected);
        let none = expect(&mut world, "GET", "/ss/rsapi/grant_token/x@y.is/list_clients", None, 200);
        assert_eq!(none, json!([]));
        expect(&mut world, "GET", "/ss/rsapi/grant_token/nobody/list_clients", None, 400);
        expect(&mut world, "DELETE", &format!("/ss/rsapi/clients/{duo}"), None, 204);
        expect(&mut world, "POST", "/ss/rsapi/grant_token/joi@crankwheel.com", None, 404);
        link(&mut world, "/ss/rsapi/grant_token/joi@crankwheel.com?multi_login=true");
    }
}
