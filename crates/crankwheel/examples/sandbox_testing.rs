//! Tests code against the sandbox, the reseller API in memory: its clock can be moved, and it can
//! fail on purpose.
//!
//! `cargo run -p crankwheel --example sandbox_testing`

use crankwheel::{ClientFields, CrankWheel, Error, ErrorKind, Options};
use crankwheel_sandbox::{Fault, FaultRule, Sandbox, SandboxOptions};
use jiff::SignedDuration;

/// The code to be tested.
async fn upgrade(cw: &CrankWheel, sname: &str) -> Result<bool, Error> {
    let Some(client) = cw.clients().find(sname).await? else { return Ok(false) };
    cw.clients().set_plan(&client, "plan_2").await?;
    Ok(true)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start(SandboxOptions { clients: 3, days: 90, ..SandboxOptions::default() })?;
    let cw = CrankWheel::with(sandbox.api_key(), Options::new().base_url(sandbox.url()))?;

    // The sandbox has state: a client that is created can be found.
    assert!(!upgrade(&cw, "acmecorp").await?);
    let acme = cw.clients().create(ClientFields::new().sname("acmecorp")).await?;
    assert!(upgrade(&cw, "acmecorp").await?);
    assert_eq!(cw.clients().get(&acme).await?.current_plan.as_deref(), Some("plan_2"));

    // A read is retried if the connection is reset, a write is not: it may have been applied.
    sandbox.fail(FaultRule::new(Fault::ResetAfter).on("GET", "/ss/rsapi/clients").times(1))?;
    assert!(upgrade(&cw, "acmecorp").await?);
    sandbox.fail(FaultRule::new(Fault::ResetAfter).on("POST", "*").times(1))?;
    match upgrade(&cw, "acmecorp").await {
        Err(error) if error.kind() == ErrorKind::Connection => assert_eq!(error.maybe_applied(), Some(true)),
        other => return Err(format!("expected a connection error, got {other:?}").into()),
    }

    // A month later, the new plan is on the bill.
    sandbox.advance(SignedDuration::from_hours(30 * 24));
    let bill = cw.clients().billing(&acme, "2000-01-01/2100-01-01").await?;
    assert_eq!(bill.periods.last().and_then(|period| period.api_name.as_deref()), Some("plan_2"));

    println!("all checks passed, {} requests", sandbox.requests().len());
    Ok(())
}
