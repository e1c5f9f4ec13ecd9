//! Client SDK for the CrankWheel reseller API.
//!
//! Partners of CrankWheel manage their client companies through the reseller API: clients, plans, usage, billing
//! and single sign-on. Start with [`CrankWheel`].
//!
//! ```no_run
//! use crankwheel::{ClientFields, CrankWheel, GrantToken};
//!
//! # async fn example() -> Result<(), crankwheel::Error> {
//! let cw = CrankWheel::from_env()?; // CRANKWHEEL_API_KEY
//! let (acme, _created) = cw.clients().get_or_create(ClientFields::new().sname("acmecorp").lname("Acme")).await?;
//! cw.clients().set_plan(&acme, "plan_1").await?;
//! for (plan, units) in cw.reseller().billing("2019-02").await?.total_pro_rata.iter() {
//!     println!("{plan}: {:.3} units", units.units);
//! }
//! let link = cw.sso().grant_token("agent@acme.example", GrantToken::new()).await?;
//! // Redirect the user to link.url() within two minutes.
//! # Ok(())
//! # }
//! ```
//!
//! It runs on tokio. Every call has a deadline; reads are sent again after passing failures, writes only when they were
//! certainly not carried out (see [`Options::retry_writes`]). No key or login token appears in errors, logs or debug output.

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
#[doc(hidden)]
pub use call::body_json;
pub use call::{Call, DryRun, RawBody, RawResponse};
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
pub use spelling::{Language, name, set_language};
pub use table::{Session, Sessions, UsageHistory, UsageStats, UserStats};
pub use time::parse_timestamp;
pub use transport::{Attribute, KeyFunction, LOG_VARIABLE, RequestEvent, RequestPhase, ShownHeaders};
pub use warnings::take_warnings;

/// The README's example compiles.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
