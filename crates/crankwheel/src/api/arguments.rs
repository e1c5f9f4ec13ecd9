//! The arguments that operations take: a client, a plan, a period.

use jiff::Timestamp;

use crate::error::Error;
use crate::model::{Client, Plan};
use crate::period::Period;
use crate::spelling::string;

/// Names a client: an id, its digits as text, or a [`Client`].
#[derive(Clone, Debug)]
pub struct ClientRef(Named);

#[derive(Clone, Debug)]
enum Named {
    Id(i64),
    Text(String),
    Known(Box<Client>),
}

impl ClientRef {
    /// The id.
    pub(crate) fn id(&self) -> Result<i64, Error> {
        let id = match &self.0 {
            Named::Id(id) => Some(*id),
            Named::Known(client) => Some(client.id),
            Named::Text(text) if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) => {
                text.parse().ok()
            }
            Named::Text(_) => None,
        };
        id.filter(|id| *id > 0).ok_or_else(|| {
            Self::refuse(&match &self.0 {
                Named::Id(id) => id.to_string(),
                // A longer one is not a mistyped id, but perhaps a key.
                Named::Text(text) if text.len() <= 12 => string(text),
                Named::Text(text) => format!("a string of {} characters", text.chars().count()),
                Named::Known(client) => client.id.to_string(),
            })
        })
    }

    /// The error of an argument that does not name a client.
    #[doc(hidden)]
    pub fn refuse(got: &str) -> Error {
        let forms = "the id of a client (a positive integer), its digits as a string, or a `Client`";
        Error::invalid("client", format!("must be {forms}, got {got}"))
    }

    pub(crate) fn known(&self) -> Option<&Client> {
        match &self.0 {
            Named::Known(client) => Some(client),
            _ => None,
        }
    }
}

impl From<i64> for ClientRef {
    fn from(id: i64) -> Self {
        ClientRef(Named::Id(id))
    }
}

impl From<&str> for ClientRef {
    fn from(digits: &str) -> Self {
        ClientRef(Named::Text(digits.to_owned()))
    }
}

impl From<&Client> for ClientRef {
    fn from(client: &Client) -> Self {
        ClientRef(Named::Known(Box::new(client.clone())))
    }
}

/// Names a plan: its API name, or a [`Plan`].
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

/// A period, the text of one, or `()` for the API's default: the last 28 days.
#[derive(Debug)]
pub struct PeriodArgument(Option<Result<Period, Error>>);

impl PeriodArgument {
    /// Start and end as query values, `None` for the default.
    pub(super) fn query(self) -> Result<Option<(String, String)>, Error> {
        let period = self.0.transpose()?;
        Ok(period.map(|period| period.query(Timestamp::now())))
    }
}

impl From<Period> for PeriodArgument {
    fn from(period: Period) -> Self {
        PeriodArgument(Some(Ok(period)))
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
