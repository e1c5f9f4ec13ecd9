//! Usage: the number of meetings of one client, and the sessions of all clients.

use jiff::Timestamp;

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
    /// Returns the number of meetings of a client (`GET /ss/rsapi/clients/{id}/usage`): screen
    /// shares that had a viewer, and Instant Demos requests that led to a phone call.
    ///
    /// The default period is the last 28 days. Screen shares shorter than `min_seconds` are not
    /// counted; `None` is the API's default of 40 seconds (the API document, Get Client Usage).
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/doctest.rs"));
    /// # #[tokio::main] async fn main() -> Result<(), crankwheel::Error> {
    /// # let (cw, _sandbox) = sandbox();
    /// let client = cw.clients().list().await?.get(0).unwrap();
    /// let usage = cw.clients().usage(&client, (), Some(60)).await?;
    /// println!("{} meetings of a minute or more", usage.num_sessions);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if an argument is invalid,
    /// [`NotFound`](crate::ErrorKind::NotFound) if the reseller has no such client.
    pub fn usage(
        &self,
        client: impl Into<ClientRef>,
        period: impl Into<PeriodArgument>,
        min_seconds: Option<i64>,
    ) -> Call<ClientUsage> {
        Call::single(
            &self.shared,
            client_usage(&client.into(), period.into(), min_seconds, self.shared.config.now()),
            one,
        )
    }
}

impl Reseller {
    /// Returns every session of every client (`GET /ss/rsapi/clients_usage`), by default for the
    /// last 28 days.
    ///
    /// The response is read into columns while it arrives: a session takes 44 bytes, and sessions
    /// share their strings. The default timeout of this call is 15 minutes.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/doctest.rs"));
    /// # #[tokio::main] async fn main() -> Result<(), crankwheel::Error> {
    /// # let (cw, _sandbox) = sandbox();
    /// let history = cw.reseller().usage(()).await?;
    /// println!("{} sessions, {:?} s", history.sessions().len(), history.stats().total_sec);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if the period is invalid.
    pub fn usage(&self, period: impl Into<PeriodArgument>) -> Call<UsageHistory> {
        Call::streaming::<HistoryReader>(&self.shared, history(period.into(), self.shared.config.now()))
    }
}

fn client_usage(
    client: &ClientRef,
    period: PeriodArgument,
    min_seconds: Option<i64>,
    now: Timestamp,
) -> Result<Request, Error> {
    let path = format!("{CLIENTS}/{}/usage", client.id()?);
    let mut request = Request::read(path, "/ss/rsapi/clients/{id}/usage");
    if let Some((start, end)) = period.query(now)? {
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

fn history(period: PeriodArgument, now: Timestamp) -> Result<Request, Error> {
    const USAGE: &str = "/ss/rsapi/clients_usage";
    let mut request = Request::read(USAGE.to_owned(), USAGE);
    request.large = true;
    if let Some((start, end)) = period.query(now)? {
        request = request.query("from", start).query("to", end);
    }
    Ok(request)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn negative_min_seconds_are_refused() {
        let error = client_usage(&5.into(), ().into(), Some(-1), Timestamp::UNIX_EPOCH).unwrap_err();
        assert_eq!(error.message(), "min_seconds: must not be negative, got -1");
        assert!(client_usage(&5.into(), ().into(), Some(0), Timestamp::UNIX_EPOCH).is_ok());
    }
}
