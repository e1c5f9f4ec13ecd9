//! Single sign-on: login links, and the accounts of an e-mail address.

use super::arguments::ClientRef;
use super::read::many;
use super::resources::Sso;
use crate::call::Call;
use crate::error::Error;
use crate::model::{List, LoginLink, LoginOption};
use crate::spelling::name;
use crate::transport::{MAX_URL_PART, Request, Safety, encode_segment_named, too_long};

/// The options of [`Sso::grant_token`].
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/doctest.rs"));
/// # #[tokio::main] async fn main() -> Result<(), crankwheel::Error> {
/// # let (cw, _sandbox) = sandbox();
/// use crankwheel::GrantToken;
///
/// # let acme = cw.clients().create(crankwheel::ClientFields::new().sname("acmecorp")
/// #     .settings(crankwheel::SettingsFields::new().provisioning_provider("reseller"))).await?;
/// let options = GrantToken::new().create_in(&acme).dest_url("/ss/dashboard");
/// let link = cw.sso().grant_token("agent@acme.example", options).await?;
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct GrantToken {
    create_in: Option<ClientRef>,
    dest_url: Option<String>,
    multi_login: bool,
}

impl GrantToken {
    /// Creates the default options, which log in an existing user.
    ///
    /// ```
    /// let options = crankwheel::GrantToken::new();
    /// ```
    pub fn new() -> Self {
        Self::default()
    }

    /// Creates a normal user in this client if the address is unknown (`clientid` in the request).
    /// It cannot be combined with `multi_login`.
    ///
    /// ```
    /// let options = crankwheel::GrantToken::new().create_in(27084);
    /// ```
    pub fn create_in(mut self, client: impl Into<ClientRef>) -> Self {
        self.create_in = Some(client.into());
        self
    }

    /// Sets the page that the user is sent to: a path on CrankWheel's servers, or a URL.
    ///
    /// ```
    /// let options = crankwheel::GrantToken::new().dest_url("/ss/dashboard");
    /// ```
    pub fn dest_url(mut self, url: impl Into<String>) -> Self {
        self.dest_url = Some(url.into());
        self
    }

    /// Lets the user choose among all accounts of the address, including those whose address has a
    /// prefix that ends in `-cw-`. The default is false.
    ///
    /// ```
    /// let options = crankwheel::GrantToken::new().multi_login(true);
    /// ```
    pub fn multi_login(mut self, multi_login: bool) -> Self {
        self.multi_login = multi_login;
        self
    }
}

impl Sso {
    /// Creates a link that logs a user in (`POST /ss/rsapi/grant_token/{email}`). The link is valid
    /// for two minutes.
    ///
    /// The user's company must have `settings.provisioning_provider` set to `reseller` (the API
    /// document, Grant Token).
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/doctest.rs"));
    /// # #[tokio::main] async fn main() -> Result<(), crankwheel::Error> {
    /// # let (cw, _sandbox) = sandbox();
    /// use crankwheel::GrantToken;
    ///
    /// # let acme = cw.clients().create(crankwheel::ClientFields::new().sname("acmecorp")
    /// #     .settings(crankwheel::SettingsFields::new().provisioning_provider("reseller"))).await?;
    /// let options = GrantToken::new().create_in(&acme);
    /// let link = cw.sso().grant_token("agent@acme.example", options).await?;
    /// println!("{link}"); // The token is masked; link.url() returns it.
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if an argument is invalid,
    /// [`NotFound`](crate::ErrorKind::NotFound) if there is no such user.
    pub fn grant_token(&self, email: &str, options: GrantToken) -> Call<LoginLink> {
        Call::single(&self.shared, grant_request(email, options), |_, response| {
            LoginLink::decode(&response.body, response.sent_at)
        })
    }

    /// Returns the accounts that an e-mail address can log in as
    /// (`GET /ss/rsapi/grant_token/{email}/list_clients`). The list is empty if there are none.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/doctest.rs"));
    /// # #[tokio::main] async fn main() -> Result<(), crankwheel::Error> {
    /// # let (cw, _sandbox) = sandbox();
    /// for account in cw.sso().login_options("agent@acme.example").await?.iter() {
    ///     println!("{} at {:?}", account.email, account.lname);
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if `email` is empty or has control
    /// characters.
    pub fn login_options(&self, email: &str) -> Call<List<LoginOption>> {
        let request = encode_segment_named("email", email).map(|email| {
            let path = format!("/ss/rsapi/grant_token/{email}/list_clients");
            Request::read(path, "/ss/rsapi/grant_token/{email}/list_clients")
        });
        Call::single(&self.shared, request, many)
    }
}

fn grant_request(email: &str, options: GrantToken) -> Result<Request, Error> {
    let email = encode_segment_named("email", email)?;
    let create_in = name("create_in");
    let check =
        format!("a link may exist now, and a user if `{create_in}` was set; asking again is harmless");
    let mut request = Request::write(
        "POST",
        format!("/ss/rsapi/grant_token/{email}"),
        "/ss/rsapi/grant_token/{email}",
        check,
    );
    request.safety = Safety::IssuesCredential;
    request.needs_body = true;
    request.secret_response = true;
    if options.multi_login && options.create_in.is_some() {
        return Err(Error::invalid(&name("multi_login"), format!("must not be combined with `{create_in}`")));
    }
    if options.multi_login {
        request = request.query("multi_login", "true");
    }
    if let Some(url) = options.dest_url {
        if url.len() > MAX_URL_PART {
            return Err(too_long(&name("dest_url"), url.len(), MAX_URL_PART));
        }
        request = request.query("dest_url", url);
    }
    if let Some(client) = options.create_in {
        request = request.query("clientid", client.id_of("create_in")?.to_string());
    }
    Ok(request)
}
