//! Client companies: list, create, show, update, delete; find, and get or create.

use futures_util::FutureExt;
use serde_json::Value;

use super::arguments::ClientRef;
use super::fields::ClientFields;
use super::read::{many, nothing, one};
use super::resources::Clients;
use crate::call::{Call, Context, RawResponse};
use crate::error::Error;
use crate::model::{Client, List};
use crate::spelling::operation;
use crate::transport::{Request, Response, Safety};

pub(super) const CLIENTS: &str = "/ss/rsapi/clients";

impl Clients {
    /// All clients of the reseller (`GET /ss/rsapi/clients`).
    pub fn list(&self) -> Call<List<Client>> {
        Call::single(&self.shared, Ok(list_request()), many)
    }

    /// One client (`GET /ss/rsapi/clients/{id}`).
    ///
    /// ```no_run
    /// # async fn example(cw: crankwheel::CrankWheel) -> Result<(), crankwheel::Error> {
    /// let client = cw.clients().get(27084).await?;
    /// println!("{:?} {:?}", client.lname, client.settings.audit_log);
    /// # Ok(())
    /// # }
    /// ```
    pub fn get(&self, client: impl Into<ClientRef>) -> Call<Client> {
        let request = client.into().id().map(get_request);
        Call::single(&self.shared, request, one)
    }

    /// Creates a client (`POST /ss/rsapi/clients`) and gives it back with its id.
    ///
    /// Field rules (7 to 32 lower-case letters and digits in `sname`, and so on) are checked before sending.
    ///
    /// ```no_run
    /// # use crankwheel::ClientFields;
    /// # async fn example(cw: crankwheel::CrankWheel) -> Result<(), crankwheel::Error> {
    /// let acme = cw.clients().create(ClientFields::new().sname("acmecorp").lname("Acme")).await?;
    /// println!("{}", acme.id);
    /// # Ok(())
    /// # }
    /// ```
    pub fn create(&self, fields: ClientFields) -> Call<Client> {
        Call::single(&self.shared, create_request(fields), one)
    }

    /// Changes a client (`PATCH /ss/rsapi/clients/{id}`): what is not set stays, what is null becomes null.
    ///
    /// Settings need the settings' own id. It is taken from the client if that was passed as a [`Client`], else
    /// looked up by one more request.
    pub fn update(&self, client: impl Into<ClientRef>, fields: ClientFields) -> Call<()> {
        let client = client.into();
        let prepared = client.id().and_then(|id| Ok((id, fields.for_update(client.known())?)));
        let (id, mut body, lookup) = match prepared {
            Ok((id, (body, lookup))) => (id, body, lookup),
            Err(error) => return Call::single(&self.shared, Err(error), nothing),
        };
        if !lookup {
            return Call::single(&self.shared, Ok(update_request(id, &body)), nothing);
        }
        let unfilled = body.clone();
        set_settings_id(&mut body, &format!("<settings.id of client {id}>"));
        Call::steps(&self.shared, Ok(update_request(id, &body)), move |context, _| {
            async move {
                let mut body = unfilled;
                // Nothing is written before the look-up has succeeded.
                let unwritten = |error: Error| error.maybe(Some(false));
                let shown = read_client(&context, get_request(id)).await.map_err(unwritten)?;
                let client = shown.value.map_err(unwritten)?;
                if client.settings.id.is_empty() {
                    return Err(no_settings_id(id));
                }
                set_settings_id(&mut body, &client.settings.id);
                let request = update_request(id, &body);
                let response = context.send(&request).await?;
                Ok(context.read(&request, response, nothing))
            }
            .boxed()
        })
    }

    /// Deletes a client (`DELETE /ss/rsapi/clients/{id}`).
    pub fn delete(&self, client: impl Into<ClientRef>) -> Call<()> {
        let request = client.into().id().map(|id| {
            let check = "list the clients to see whether it was deleted";
            Request::write("DELETE", format!("{CLIENTS}/{id}"), "/ss/rsapi/clients/{id}", check)
        });
        Call::single(&self.shared, request, nothing)
    }

    /// The client with this `sname`, if the reseller has one. Reads the whole list.
    pub fn find(&self, sname: &str) -> Call<Option<Client>> {
        let sname = sname.to_owned();
        self.list().map(move |clients| clients.iter().find(|client| *client.sname == *sname))
    }

    /// The client with the `sname` of these fields: created, or the one that exists, and which of the two.
    ///
    /// An existing one is given back as it is, never changed. Because the name is unique, a creation whose outcome
    /// is unknown is tried again; the client then counts as existing.
    pub fn get_or_create(&self, fields: ClientFields) -> Call<(Client, bool)> {
        let mut request = create_request(fields);
        if let Ok(request) = &mut request {
            request.safety = Safety::Repeatable;
        }
        Call::steps(&self.shared, request, move |context, request| {
            async move {
                let error = match context.send(&request).await {
                    Ok(response) => return Ok(created(&context, &request, response)),
                    Err(error) => error,
                };
                let Some(existing) = error.existing_id() else { return Err(error) };
                let created_perhaps = error.maybe_applied();
                let told = |error: Error| error.maybe(created_perhaps);
                let shown = read_client(&context, get_request(existing)).await.map_err(told)?;
                let value = shown.value.map(|client| (client, false)).map_err(told);
                Ok(RawResponse { response: shown.response, value })
            }
            .boxed()
        })
    }
}

fn created(context: &Context, request: &Request, response: Response) -> RawResponse<(Client, bool)> {
    context.read(request, response, |request, response| Ok((one::<Client>(request, response)?, true)))
}

async fn read_client(context: &Context, request: Request) -> Result<RawResponse<Client>, Error> {
    let response = context.send(&request).await?;
    Ok(context.read(&request, response, one::<Client>))
}

fn list_request() -> Request {
    Request::read(CLIENTS.to_owned(), CLIENTS)
}

fn get_request(id: i64) -> Request {
    Request::read(format!("{CLIENTS}/{id}"), "/ss/rsapi/clients/{id}")
}

fn create_request(fields: ClientFields) -> Result<Request, Error> {
    let (find, get_or_create) = (operation("clients.find"), operation("clients.get_or_create"));
    let check = format!("it may exist now: look for its `sname` with `{find}`, or use `{get_or_create}`");
    let mut request = Request::write("POST", CLIENTS.to_owned(), CLIENTS, check).json(&fields.for_create()?);
    request.needs_body = true;
    Ok(request)
}

fn update_request(id: i64, body: &Value) -> Request {
    let check = "get the client to see whether it was changed; sending the same update again is harmless";
    Request::write("PATCH", format!("{CLIENTS}/{id}"), "/ss/rsapi/clients/{id}", check).json(body)
}

fn set_settings_id(body: &mut Value, id: &str) {
    if let Some(Value::Object(settings)) = body.get_mut("settings") {
        settings.insert("id".to_owned(), id.into());
    }
}

fn no_settings_id(id: i64) -> Error {
    let problem = format!("cannot be updated, because the settings of client {id} have no id");
    Error::invalid("settings", problem).maybe(Some(false))
}
