//! Billing: the bill of one client, and of all clients.

use jiff::Timestamp;

use super::arguments::{ClientRef, PeriodArgument};
use super::clients::CLIENTS;
use super::read::one;
use super::resources::{Clients, Reseller};
use crate::call::Call;
use crate::error::Error;
use crate::model::{BillingOverview, ClientBilling};
use crate::transport::Request;

impl Clients {
    /// Returns the plans that a client had in a period (`GET /ss/rsapi/clients/{id}/billing`).
    ///
    /// The period is required: the API has no default for this operation. The units of each plan
    /// are those of the whole period (the API document, Get Client Billing Details).
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/doctest.rs"));
    /// # #[tokio::main] async fn main() -> Result<(), crankwheel::Error> {
    /// # let (cw, _sandbox) = sandbox();
    /// let client = cw.clients().list().await?.get(0).unwrap();
    /// let bill = cw.clients().billing(&client, "2019-02").await?;
    /// for period in &bill.periods {
    ///     println!("{:?}: {} s", period.api_name, period.effective_seconds);
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if `client` or `period` is invalid or
    /// the period is missing, [`NotFound`](crate::ErrorKind::NotFound) if the reseller has no such
    /// client.
    pub fn billing(
        &self,
        client: impl Into<ClientRef>,
        period: impl Into<PeriodArgument>,
    ) -> Call<ClientBilling> {
        Call::single(
            &self.shared,
            client_billing(&client.into(), period.into(), self.shared.config.now()),
            one,
        )
    }
}

impl Reseller {
    /// Returns the bill of all clients (`GET /ss/rsapi/reseller/billing`), by default for the last
    /// 28 days.
    ///
    /// For a whole month, `total_pro_rata` contains the units to be paid for each plan (the API
    /// document, Get Billing Overview). The default timeout of this call is 15 minutes.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/doctest.rs"));
    /// # #[tokio::main] async fn main() -> Result<(), crankwheel::Error> {
    /// # let (cw, _sandbox) = sandbox();
    /// let bill = cw.reseller().billing("2019-02").await?;
    /// for (plan, total) in bill.total_pro_rata.iter() {
    ///     println!("{plan}: {:.3} units", total.units);
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if the period is invalid.
    pub fn billing(&self, period: impl Into<PeriodArgument>) -> Call<BillingOverview> {
        Call::single(&self.shared, overview(period.into(), self.shared.config.now()), one)
    }
}

fn client_billing(client: &ClientRef, period: PeriodArgument, now: Timestamp) -> Result<Request, Error> {
    let path = format!("{CLIENTS}/{}/billing", client.id()?);
    let (start, end) = period.query(now)?.ok_or_else(|| {
        Error::invalid("period", "required; the API has no default period for the billing of a client")
    })?;
    Ok(Request::read(path, "/ss/rsapi/clients/{id}/billing").query("start", start).query("end", end))
}

fn overview(period: PeriodArgument, now: Timestamp) -> Result<Request, Error> {
    const BILLING: &str = "/ss/rsapi/reseller/billing";
    let mut request = Request::read(BILLING.to_owned(), BILLING);
    request.large = true;
    if let Some((start, end)) = period.query(now)? {
        request = request.query("start", start).query("end", end);
    }
    Ok(request)
}
