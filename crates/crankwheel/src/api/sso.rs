//! Single sign-on: login links, and the accounts that an e-mail address can log in as.

use super::arguments::ClientRef;
use super::read::many;
use super::resources::Sso;
use crate::call::Call;
use crate::error::Error;
use crate::model::{List, LoginLink, LoginOption};
use crate::spelling::name;
use crate::transport::{Request, Safety, encode_segment_named};

/// What [`Sso::grant_token`] can be told beside the e-mail address.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct GrantToken {
    create_in: Option<ClientRef>,
    dest_url: Option<String>,
    multi_login: bool,
}

impl GrantToken {
    /// Nothing special: log in an existing user.
    pub fn new() -> Self {
        Self::default()
    }

    /// Create an unknown address as a normal user of this client (`clientid` on the wire). Not with `multi_login`.
    pub fn create_in(mut self, client: impl Into<ClientRef>) -> Self {
        self.create_in = Some(client.into());
        self
    }

    /// Where the user ends up: a path on CrankWheel's servers, or a whole URL.
    pub fn dest_url(mut self, url: impl Into<String>) -> Self {
        self.dest_url = Some(url.into());
        self
    }

    /// Look up all accounts of this address, also those with a `…-cw-` prefix, and let the user choose.
    pub fn multi_login(mut self, multi_login: bool) -> Self {
        self.multi_login = multi_login;
        self
    }
}

impl Sso {
    /// Makes a link that logs a user in (`POST /ss/rsapi/grant_token/{email}`), valid for two minutes.
    ///
    /// The user's company must have `settings.provisioning_provider` set to `reseller`.
    ///
    /// ```no_run
    /// # use crankwheel::GrantToken;
    /// # async fn example(cw: crankwheel::CrankWheel) -> Result<(), crankwheel::Error> {
    /// let link = cw.sso().grant_token("agent@acme.example", GrantToken::new()).await?;
    /// println!("{link}"); // hides the token; link.url() gives it
    /// # Ok(())
    /// # }
    /// ```
    pub fn grant_token(&self, email: &str, options: GrantToken) -> Call<LoginLink> {
        Call::single(&self.shared, grant_request(email, options), |_, response| {
            LoginLink::decode(&response.body, response.asked_at)
        })
    }

    /// The accounts that this address can log in as (`GET /ss/rsapi/grant_token/{email}/list_clients`); an empty list if there
    /// are none.
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
        request = request.query("dest_url", url);
    }
    if let Some(client) = options.create_in {
        request = request.query("clientid", client.id()?.to_string());
    }
    Ok(request)
}
