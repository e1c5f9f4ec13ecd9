//! Plans: listing them, and setting the plan of a client.

use super::arguments::{ClientRef, PlanRef};
use super::clients::CLIENTS;
use super::read::{many, nothing};
use super::resources::{Clients, Reseller};
use crate::call::Call;
use crate::error::Error;
use crate::model::{List, Plan};
use crate::spelling::{name, operation};
use crate::transport::{Request, encode_segment_named};

impl Reseller {
    /// Returns the plans that the reseller may set (`GET /ss/rsapi/reseller/plans`).
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/doctest.rs"));
    /// # #[tokio::main] async fn main() -> Result<(), crankwheel::Error> {
    /// # let (cw, _sandbox) = sandbox();
    /// for plan in cw.reseller().plans().await?.iter() {
    ///     println!("{} {:?}", plan.api_name, plan.human_name);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn plans(&self) -> Call<List<Plan>> {
        const PLANS: &str = "/ss/rsapi/reseller/plans";
        Call::single(&self.shared, Ok(Request::read(PLANS.to_owned(), PLANS)), many)
    }
}

impl Clients {
    /// Sets the plan of a client (`POST /ss/rsapi/clients/{id}/plan/{plan_api_name}`). The client's
    /// `session_limit` and `license_count` follow from the plan.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/doctest.rs"));
    /// # #[tokio::main] async fn main() -> Result<(), crankwheel::Error> {
    /// # let (cw, _sandbox) = sandbox();
    /// let client = cw.clients().list().await?.get(0).unwrap();
    /// cw.clients().set_plan(&client, "plan_2").await?;
    /// assert_eq!(cw.clients().get(&client).await?.current_plan.as_deref(), Some("plan_2"));
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if an argument is invalid,
    /// [`NotFound`](crate::ErrorKind::NotFound) if there is no such client or plan.
    pub fn set_plan(&self, client: impl Into<ClientRef>, plan: impl Into<PlanRef>) -> Call<()> {
        Call::single(&self.shared, request(&client.into(), &plan.into()), nothing)
    }
}

fn request(client: &ClientRef, plan: &PlanRef) -> Result<Request, Error> {
    let path = format!("{CLIENTS}/{}/plan/{}", client.id()?, encode_segment_named("plan", &plan.0)?);
    let current = name("current_plan");
    let check = format!("get the client and compare `{current}`; setting the same plan again is harmless");
    let mut request = Request::write("POST", path, "/ss/rsapi/clients/{id}/plan/{plan_api_name}", check);
    let plans = operation("reseller.plans");
    request.not_found =
        format!("check the client's id and the plan: `{plans}()` returns the plans that you can set");
    Ok(request)
}
