//! Client companies: list, get, create, update, delete, find, and get or create.

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
    /// Returns all clients of the reseller (`GET /ss/rsapi/clients`).
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/doctest.rs"));
    /// # #[tokio::main] async fn main() -> Result<(), crankwheel::Error> {
    /// # let (cw, _sandbox) = sandbox();
    /// for client in cw.clients().list().await?.iter() {
    ///     println!("{} {}", client.id, client.sname);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn list(&self) -> Call<List<Client>> {
        Call::single(&self.shared, Ok(list_request()), many)
    }

    /// Returns one client (`GET /ss/rsapi/clients/{id}`).
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/doctest.rs"));
    /// # #[tokio::main] async fn main() -> Result<(), crankwheel::Error> {
    /// # let (cw, _sandbox) = sandbox();
    /// # let id = cw.clients().list().await?.get(0).unwrap().id;
    /// let client = cw.clients().get(id).await?;
    /// println!("{:?} {:?}", client.lname, client.settings.audit_log);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if `client` is not a client argument,
    /// [`NotFound`](crate::ErrorKind::NotFound) if the reseller has no such client.
    pub fn get(&self, client: impl Into<ClientRef>) -> Call<Client> {
        let request = client.into().id().map(get_request);
        Call::single(&self.shared, request, one)
    }

    /// Creates a client (`POST /ss/rsapi/clients`) and returns it with its id.
    ///
    /// `sname` is required. The rules for fields, such as 7 to 32 lower-case letters and digits in
    /// `sname`, are checked before the request is sent (the API document, Create Client).
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/doctest.rs"));
    /// # #[tokio::main] async fn main() -> Result<(), crankwheel::Error> {
    /// # let (cw, _sandbox) = sandbox();
    /// use crankwheel::ClientFields;
    ///
    /// let acme = cw.clients().create(ClientFields::new().sname("acmecorp").lname("Acme")).await?;
    /// println!("{}", acme.id);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if a field breaks a rule,
    /// [`Conflict`](crate::ErrorKind::Conflict) if the `sname` is taken; see
    /// [`Error::existing_id`](crate::Error::existing_id).
    pub fn create(&self, fields: ClientFields) -> Call<Client> {
        Call::single(&self.shared, create_request(fields), one)
    }

    /// Updates a client (`PATCH /ss/rsapi/clients/{id}`). Fields that are not set keep their
    /// values.
    ///
    /// An update of settings must contain the id of the settings. The SDK takes it from `client` if
    /// that is a [`Client`]; otherwise it sends one additional request.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/doctest.rs"));
    /// # #[tokio::main] async fn main() -> Result<(), crankwheel::Error> {
    /// # let (cw, _sandbox) = sandbox();
    /// use crankwheel::{ClientFields, SettingsFields};
    ///
    /// let client = cw.clients().list().await?.get(0).unwrap();
    /// let settings = SettingsFields::new().audit_log(true);
    /// cw.clients().update(&client, ClientFields::new().null("smsname").settings(settings)).await?;
    /// let updated = cw.clients().get(&client).await?;
    /// assert_eq!((updated.smsname, updated.settings.audit_log), (None, Some(true)));
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if a field breaks a rule or no field is
    /// set, [`NotFound`](crate::ErrorKind::NotFound) if the reseller has no such client,
    /// [`Conflict`](crate::ErrorKind::Conflict) if a new `sname` is taken.
    pub fn update(&self, client: impl Into<ClientRef>, fields: ClientFields) -> Call<()> {
        let client = client.into();
        let prepared = client.id().and_then(|id| Ok((id, fields.for_update(id, client.client())?)));
        let (id, mut body, lookup) = match prepared {
            Ok((id, (body, lookup))) => (id, body, lookup),
            Err(error) => return Call::single(&self.shared, Err(error), nothing),
        };
        if !lookup {
            return Call::single(&self.shared, Ok(update_request(id, &body)), nothing);
        }
        let without_id = body.clone();
        set_settings_id(&mut body, &format!("<settings.id of client {id}>"));
        Call::steps(&self.shared, Ok(update_request(id, &body)), move |context, _| {
            async move {
                let mut body = without_id;
                // Nothing is written before the additional request has succeeded.
                let not_applied = |error: Error| error.with_maybe_applied(Some(false));
                let shown = read_client(&context, get_request(id)).await.map_err(not_applied)?;
                let client = shown.value.map_err(not_applied)?;
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
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/doctest.rs"));
    /// # #[tokio::main] async fn main() -> Result<(), crankwheel::Error> {
    /// # let (cw, _sandbox) = sandbox();
    /// use crankwheel::ErrorKind;
    ///
    /// let client = cw.clients().list().await?.get(0).unwrap();
    /// cw.clients().delete(&client).await?;
    /// let error = cw.clients().get(&client).await.unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::NotFound);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound) if the reseller has no such client.
    pub fn delete(&self, client: impl Into<ClientRef>) -> Call<()> {
        let request = client.into().id().map(|id| {
            let check = "list the clients to see whether it was deleted";
            Request::write("DELETE", format!("{CLIENTS}/{id}"), "/ss/rsapi/clients/{id}", check)
        });
        Call::single(&self.shared, request, nothing)
    }

    /// Returns the client with this `sname`, or `None` if the reseller has no such client.
    ///
    /// The API cannot search, so this requests the whole list of clients.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/doctest.rs"));
    /// # #[tokio::main] async fn main() -> Result<(), crankwheel::Error> {
    /// # let (cw, _sandbox) = sandbox();
    /// # let sname = cw.clients().list().await?.get(0).unwrap().sname;
    /// let found = cw.clients().find(&sname).await?;
    /// assert_eq!(found.unwrap().sname, sname);
    /// assert!(cw.clients().find("no such name").await?.is_none());
    /// # Ok(()) }
    /// ```
    pub fn find(&self, sname: &str) -> Call<Option<Client>> {
        let sname = sname.to_owned();
        self.list().map(move |clients| clients.iter().find(|client| *client.sname == *sname))
    }

    /// Creates a client unless the reseller has one with this `sname`. Returns the client, and true
    /// if it was created.
    ///
    /// An existing client is returned unchanged. Names are unique, so a creation is retried even if
    /// it is unknown whether it was applied. If it was, the client counts as existing.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/doctest.rs"));
    /// # #[tokio::main] async fn main() -> Result<(), crankwheel::Error> {
    /// # let (cw, _sandbox) = sandbox();
    /// use crankwheel::ClientFields;
    ///
    /// let fields = ClientFields::new().sname("acmecorp").lname("Acme");
    /// let (acme, created) = cw.clients().get_or_create(fields.clone()).await?;
    /// assert!(created);
    /// let (same, created) = cw.clients().get_or_create(fields).await?;
    /// assert_eq!((same.id, created), (acme.id, false));
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if a field breaks a rule,
    /// [`Conflict`](crate::ErrorKind::Conflict) if the `sname` belongs to another reseller's
    /// client.
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
                let maybe_created = error.maybe_applied();
                let with_state = |error: Error| error.with_maybe_applied(maybe_created);
                let shown = read_client(&context, get_request(existing)).await.map_err(with_state)?;
                let value = shown.value.map(|client| (client, false)).map_err(with_state);
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
    Error::invalid("settings", problem).with_maybe_applied(Some(false))
}
