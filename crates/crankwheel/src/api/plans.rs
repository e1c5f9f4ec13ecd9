//! Plans: which there are, and setting one.

use super::arguments::{ClientRef, PlanRef};
use super::clients::CLIENTS;
use super::read::{many, nothing};
use super::resources::{Clients, Reseller};
use crate::call::Call;
use crate::error::Error;
use crate::model::{List, Plan};
use crate::spelling::name;
use crate::transport::{Request, encode_segment_named};

impl Reseller {
    /// The plans that the reseller may set (`GET /ss/rsapi/reseller/plans`).
    pub fn plans(&self) -> Call<List<Plan>> {
        const PLANS: &str = "/ss/rsapi/reseller/plans";
        Call::single(&self.shared, Ok(Request::read(PLANS.to_owned(), PLANS)), many)
    }
}

impl Clients {
    /// Sets a client's plan (`POST /ss/rsapi/clients/{id}/plan/{plan_api_name}`), and with it the session limit and
    /// the license count.
    pub fn set_plan(&self, client: impl Into<ClientRef>, plan: impl Into<PlanRef>) -> Call<()> {
        Call::single(&self.shared, request(&client.into(), &plan.into()), nothing)
    }
}

fn request(client: &ClientRef, plan: &PlanRef) -> Result<Request, Error> {
    let path = format!("{CLIENTS}/{}/plan/{}", client.id()?, encode_segment_named("plan", &plan.0)?);
    let current = name("current_plan");
    let check = format!("get the client and compare `{current}`; setting the same plan again is harmless");
    Ok(Request::write("POST", path, "/ss/rsapi/clients/{id}/plan/{plan_api_name}", check))
}
