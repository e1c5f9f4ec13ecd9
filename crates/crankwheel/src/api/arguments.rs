//! The arguments that operations take: a client, a plan, a period.

use jiff::Timestamp;

use crate::error::Error;
use crate::model::{Client, Plan};
use crate::period::Period;
use crate::spelling::{brief, name, string};

/// A client argument: a client's id, the digits of an id, or a [`Client`].
///
/// Operations take `impl Into<ClientRef>`, so callers rarely name this type. An argument that is
/// not a client is reported when the call is awaited.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/doctest.rs"));
/// # #[tokio::main] async fn main() -> Result<(), crankwheel::Error> {
/// # let (cw, _sandbox) = sandbox();
/// let client = cw.clients().list().await?.get(0).unwrap();
/// cw.clients().get(client.id).await?;
/// cw.clients().get(client.id.to_string().as_str()).await?;
/// cw.clients().get(&client).await?;
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct ClientRef(Form);

#[derive(Clone, Debug)]
enum Form {
    Id(i64),
    Text(String),
    Client(Box<Client>),
}

impl ClientRef {
    /// Returns the client's id.
    pub(crate) fn id(&self) -> Result<i64, Error> {
        self.id_of("client")
    }

    /// Returns the client's id; `argument` names the argument in the error.
    pub(crate) fn id_of(&self, argument: &str) -> Result<i64, Error> {
        let id = match &self.0 {
            Form::Id(id) => Some(*id),
            Form::Client(client) => Some(client.id),
            Form::Text(text) if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) => {
                text.parse().ok()
            }
            Form::Text(_) => None,
        };
        id.filter(|id| *id > 0).ok_or_else(|| {
            Self::refuse(
                argument,
                &match &self.0 {
                    Form::Id(id) => id.to_string(),
                    // A longer string is not a mistyped id. It could be a key.
                    Form::Text(text) if text.len() <= 12 => string(text),
                    Form::Text(text) => format!("a string of {} characters", text.chars().count()),
                    Form::Client(client) => client.id.to_string(),
                },
            )
        })
    }

    /// Returns the error for an argument that is not a client.
    #[doc(hidden)]
    pub fn refuse(argument: &str, got: &str) -> Error {
        let forms = "the id of a client (a positive integer), its digits as a string, or a `Client`";
        Error::invalid(&name(argument), format!("must be {forms}, got {}", brief(got)))
    }

    /// Returns the client, if the argument was one.
    pub(crate) fn client(&self) -> Option<&Client> {
        match &self.0 {
            Form::Client(client) => Some(client),
            _ => None,
        }
    }
}

impl From<i64> for ClientRef {
    fn from(id: i64) -> Self {
        ClientRef(Form::Id(id))
    }
}

impl From<&str> for ClientRef {
    fn from(digits: &str) -> Self {
        ClientRef(Form::Text(digits.to_owned()))
    }
}

impl From<&Client> for ClientRef {
    fn from(client: &Client) -> Self {
        ClientRef(Form::Client(Box::new(client.clone())))
    }
}

/// A plan argument: a plan's API name, or a [`Plan`].
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/doctest.rs"));
/// # #[tokio::main] async fn main() -> Result<(), crankwheel::Error> {
/// # let (cw, _sandbox) = sandbox();
/// let client = cw.clients().list().await?.get(0).unwrap();
/// cw.clients().set_plan(&client, "plan_2").await?;
/// let plan = cw.reseller().plans().await?.get(0).unwrap();
/// cw.clients().set_plan(&client, &plan).await?;
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct PlanRef(pub(super) String);

impl From<&str> for PlanRef {
    fn from(api_name: &str) -> Self {
        PlanRef(api_name.to_owned())
    }
}

impl From<&Plan> for PlanRef {
    fn from(plan: &Plan) -> Self {
        PlanRef(plan.api_name.to_string())
    }
}

/// A period argument: a [`Period`], a string that [`Period::parse`] reads, or `()` for the API's
/// default, which is the last 28 days.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/doctest.rs"));
/// # #[tokio::main] async fn main() -> Result<(), crankwheel::Error> {
/// # let (cw, _sandbox) = sandbox();
/// use crankwheel::Period;
///
/// cw.reseller().billing("2019-02").await?;
/// cw.reseller().billing(Period::last_days(7)?).await?;
/// cw.reseller().billing(()).await?;
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct PeriodArgument(Option<Result<Period, Error>>);

impl PeriodArgument {
    /// Returns start and end as query values, or `None` for the default. `now` is the time of the
    /// client's clock.
    pub(super) fn query(self, now: Timestamp) -> Result<Option<(String, String)>, Error> {
        let period = self.0.transpose()?;
        Ok(period.map(|period| period.query(now)))
    }
}

impl From<Period> for PeriodArgument {
    fn from(period: Period) -> Self {
        PeriodArgument(Some(Ok(period)))
    }
}

impl From<&Period> for PeriodArgument {
    fn from(period: &Period) -> Self {
        period.clone().into()
    }
}

impl From<&str> for PeriodArgument {
    fn from(text: &str) -> Self {
        PeriodArgument(Some(Period::parse(text)))
    }
}

impl From<()> for PeriodArgument {
    fn from((): ()) -> Self {
        PeriodArgument(None)
    }
}

impl From<Option<Period>> for PeriodArgument {
    fn from(period: Option<Period>) -> Self {
        PeriodArgument(period.map(Ok))
    }
}
