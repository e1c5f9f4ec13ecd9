//! Logs a user in: creates a login link and the redirect that sends the user's browser there.
//!
//! `CRANKWHEEL_API_KEY=… cargo run -p crankwheel --example sso_redirect agent@acme.example`

use crankwheel::{ClientFields, CrankWheel, GrantToken, LoginLink, SettingsFields};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let email = std::env::args().nth(1).unwrap_or_else(|| "agent@acme.example".to_owned());
    let cw = CrankWheel::from_env()?;

    // Single sign-on requires this setting of the client.
    let settings = SettingsFields::new().provisioning_provider("reseller");
    let fields = ClientFields::new().sname("acmecorp").lname("Acme Corporation").settings(settings);
    let (client, _created) = cw.clients().get_or_create(fields).await?;

    // A user that does not exist is created in the client.
    let link = cw.sso().grant_token(&email, GrantToken::new().create_in(&client)).await?;
    println!("{email}: {link}");

    let response = redirect(&link)?;
    println!("HTTP {}", response.status());

    for account in cw.sso().login_options(&email).await?.iter() {
        println!("account {} at {}", account.email, account.sname.unwrap_or_default());
    }
    Ok(())
}

/// Returns the response of your server. The link is a credential for two minutes, so no cache may
/// keep it.
fn redirect(link: &LoginLink) -> Result<http::Response<()>, http::Error> {
    http::Response::builder()
        .status(http::StatusCode::FOUND)
        .header(http::header::LOCATION, link.dashboard_only())
        .header(http::header::CACHE_CONTROL, "no-store")
        .body(())
}
