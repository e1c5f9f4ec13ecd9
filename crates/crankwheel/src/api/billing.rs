//! Billing: one client's plans over a period, and the overview of all.

use super::arguments::{ClientRef, PeriodArgument};
use super::clients::CLIENTS;
use super::read::one;
use super::resources::{Clients, Reseller};
use crate::call::Call;
use crate::error::Error;
use crate::model::{BillingOverview, ClientBilling};
use crate::transport::Request;

impl Clients {
    /// Which plans a client had in a period (`GET /ss/rsapi/clients/{id}/billing`). The API states no default period, so
    /// one must be given.
    pub fn billing(
        &self,
        client: impl Into<ClientRef>,
        period: impl Into<PeriodArgument>,
    ) -> Call<ClientBilling> {
        Call::single(&self.shared, client_billing(&client.into(), period.into()), one)
    }
}

impl Reseller {
    /// The bill of all clients (`GET /ss/rsapi/reseller/billing`), by default of the last 28 days. For a whole month
    /// `total_pro_rata` holds the units owed for each plan.
    pub fn billing(&self, period: impl Into<PeriodArgument>) -> Call<BillingOverview> {
        Call::single(&self.shared, overview(period.into()), one)
    }
}

fn client_billing(client: &ClientRef, period: PeriodArgument) -> Result<Request, Error> {
    let path = format!("{CLIENTS}/{}/billing", client.id()?);
    let (start, end) = period.query()?.ok_or_else(|| {
        Error::invalid("period", "required; the API has no default period for the billing of a client")
    })?;
    Ok(Request::read(path, "/ss/rsapi/clients/{id}/billing").query("start", start).query("end", end))
}

fn overview(period: PeriodArgument) -> Result<Request, Error> {
    const BILLING: &str = "/ss/rsapi/reseller/billing";
    let mut request = Request::read(BILLING.to_owned(), BILLING);
    request.large = true;
    if let Some((start, end)) = period.query()? {
        request = request.query("start", start).query("end", end);
    }
    Ok(request)
}
