//! Usage: one client's count of meetings, and the history of all sessions.

use super::arguments::{ClientRef, PeriodArgument};
use super::clients::CLIENTS;
use super::read::one;
use super::resources::{Clients, Reseller};
use crate::call::Call;
use crate::error::Error;
use crate::model::ClientUsage;
use crate::spelling::name;
use crate::table::{HistoryReader, UsageHistory};
use crate::transport::Request;

impl Clients {
    /// How many meetings a client had (`GET /ss/rsapi/clients/{id}/usage`).
    ///
    /// By default those of the last 28 days that lasted at least 40 seconds (`min_seconds`).
    pub fn usage(
        &self,
        client: impl Into<ClientRef>,
        period: impl Into<PeriodArgument>,
        min_seconds: Option<i64>,
    ) -> Call<ClientUsage> {
        Call::single(&self.shared, client_usage(&client.into(), period.into(), min_seconds), one)
    }
}

impl Reseller {
    /// Every screen share of every client (`GET /ss/rsapi/clients_usage`), by default of the last 28 days.
    ///
    /// ```no_run
    /// # async fn example(cw: crankwheel::CrankWheel) -> Result<(), crankwheel::Error> {
    /// let history = cw.reseller().usage("2020-05").await?;
    /// println!("{} sessions, {:?} s", history.sessions().len(), history.stats().total_sec);
    /// # Ok(())
    /// # }
    /// ```
    pub fn usage(&self, period: impl Into<PeriodArgument>) -> Call<UsageHistory> {
        Call::streaming::<HistoryReader>(&self.shared, history(period.into()))
    }
}

fn client_usage(
    client: &ClientRef,
    period: PeriodArgument,
    min_seconds: Option<i64>,
) -> Result<Request, Error> {
    let path = format!("{CLIENTS}/{}/usage", client.id()?);
    let mut request = Request::read(path, "/ss/rsapi/clients/{id}/usage");
    if let Some((start, end)) = period.query()? {
        request = request.query("start", start).query("end", end);
    }
    match min_seconds {
        Some(seconds) if seconds < 0 => {
            Err(Error::invalid(&name("min_seconds"), format!("must not be negative, got {seconds}")))
        }
        Some(seconds) => Ok(request.query("min_seconds", seconds.to_string())),
        None => Ok(request),
    }
}

fn history(period: PeriodArgument) -> Result<Request, Error> {
    const USAGE: &str = "/ss/rsapi/clients_usage";
    let mut request = Request::read(USAGE.to_owned(), USAGE);
    request.large = true;
    if let Some((start, end)) = period.query()? {
        request = request.query("from", start).query("to", end);
    }
    Ok(request)
}
