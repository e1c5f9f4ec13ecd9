//! Client SDK for the CrankWheel reseller API.
//!
//! Partners of CrankWheel manage their client companies with the reseller API: clients, plans,
//! usage, billing and single sign-on. Start with [`CrankWheel`].
//!
//! ```
//! use crankwheel::{ClientFields, CrankWheel, GrantToken, SettingsFields};
//!
//! # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/doctest.rs"));
//! # #[tokio::main] async fn main() -> Result<(), crankwheel::Error> {
//! let cw = CrankWheel::new("my-reseller-key")?; // or CrankWheel::from_env()
//! # let (cw, _sandbox) = sandbox();
//!
//! let settings = SettingsFields::new().provisioning_provider("reseller");
//! let fields = ClientFields::new().sname("acmecorp").lname("Acme").settings(settings);
//! let (acme, _created) = cw.clients().get_or_create(fields).await?;
//! cw.clients().set_plan(&acme, "plan_1").await?;
//!
//! let options = GrantToken::new().create_in(&acme);
//! let link = cw.sso().grant_token("agent@acme.example", options).await?;
//! // Redirect the user to link.url() within two minutes.
//!
//! for (plan, total) in cw.reseller().billing("2019-02").await?.total_pro_rata.iter() {
//!     println!("{plan}: {:.3} units", total.units);
//! }
//! # Ok(()) }
//! ```
//!
//! The crate runs on tokio. Every call has a timeout. Reads are retried after transient failures,
//! writes only if they were certainly not applied (see [`Options::retry_writes`]). Errors, logs and
//! debug output contain no API key and no login token.

#![forbid(unsafe_code)]

mod api;
mod call;
mod client;
mod config;
mod diagnose;
mod error;
#[doc(hidden)]
pub mod fuzzing;
mod json;
pub mod model;
mod period;
mod secret;
mod spelling;
pub mod table;
mod time;
mod transport;
mod warnings;

pub use api::{
    ClientFields, ClientRef, Clients, GrantToken, Impersonation, PeriodArgument, PlanRef, Reseller,
    SettingsFields, Sso,
};
pub use call::{Call, DryRun, RawBody, RawResponse};
#[doc(hidden)]
pub use call::{InFlight, body_json};
pub use client::CrankWheel;
pub use config::{API_KEY_VARIABLE, BASE_URL_VARIABLE, DEFAULT_BASE_URL, Options};
pub use diagnose::Diagnosis;
pub use error::{Error, ErrorKind, FieldErrors};
pub use model::{
    BillingOverview, BillingPeriod, Client, ClientBilling, ClientUsage, List, LoginLink, LoginOption, Model,
    Plan, PlanMap, PlanProRata, Settings,
};
pub use period::{Period, PeriodBound};
pub use secret::Secret;
#[doc(hidden)]
pub use spelling::{Language, brief, name, set_language};
pub use table::{MeetingCount, Session, Sessions, UsageHistory, UsageStats, UserStats};
pub use time::parse_timestamp;
#[doc(hidden)]
pub use transport::code_description;
pub use transport::{
    Attribute, KeyFunction, LOG_VARIABLE, Progress, RequestEvent, RequestPhase, ShownHeaders,
};
#[doc(hidden)]
pub use transport::{KeyFunctionError, KeyFuture};
#[doc(hidden)]
pub use warnings::{Found, Warnings, collect_warnings};

/// Compiles and runs the examples of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
