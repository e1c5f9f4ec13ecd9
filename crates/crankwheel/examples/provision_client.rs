//! Provisions a client company: creates it unless it exists, changes its settings and sets its
//! plan.
//!
//! `CRANKWHEEL_API_KEY=… cargo run -p crankwheel --example provision_client acmecorp "Acme
//! Corporation"`

use crankwheel::{ClientFields, CrankWheel, SettingsFields};

#[tokio::main]
async fn main() -> Result<(), crankwheel::Error> {
    let mut arguments = std::env::args().skip(1);
    let sname = arguments.next().unwrap_or_else(|| "acmecorp".to_owned());
    let lname = arguments.next().unwrap_or_else(|| "Acme Corporation".to_owned());
    let cw = CrankWheel::from_env()?;

    // Safe to run twice: an existing client is returned unchanged.
    let fields = ClientFields::new().sname(&sname).lname(&lname);
    let (client, created) = cw.clients().get_or_create(fields).await?;
    println!("{} client {} ({})", if created { "created" } else { "found" }, client.id, client.sname);

    // Fields that are not set keep their values.
    let settings = SettingsFields::new().provisioning_provider("reseller").audit_log(true);
    cw.clients().update(&client, ClientFields::new().settings(settings)).await?;
    cw.clients().set_plan(&client, "plan_1").await?;

    let client = cw.clients().get(&client).await?;
    println!("plan: {}", client.current_plan.as_deref().unwrap_or("none"));
    println!("meetings a month: {}", client.session_limit.unwrap_or_default());
    Ok(())
}
