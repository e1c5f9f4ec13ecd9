//! The reseller's plans, and the plan changes in a client's history.

use serde::{Deserialize, Serialize};

use crate::time;

/// The API name of the plan of a client that has none of the reseller's plans.
pub(crate) const NO_PLAN: &str = "unset_or_custom";
/// The monthly session limit of a client without a plan, as in the API document's examples.
pub(crate) const NO_PLAN_SESSIONS: u64 = 25;
/// The number that means "unlimited".
pub(crate) const UNLIMITED: u64 = 99_999_999;

/// A plan that the reseller can sell, with its fields in the order of the API's response.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Plan {
    pub(crate) session_limit: u64,
    pub(crate) license_count: u64,
    pub(crate) human_name: String,
    pub(crate) api_name: String,
}

impl Plan {
    /// The API document's two examples and one plan without limits.
    pub(crate) fn examples() -> Vec<Self> {
        [
            ("plan_1", "Example Plan 1", 10),
            ("plan_2", "Example Plan 2", 200),
            ("plan_3", "Example Plan 3", UNLIMITED),
        ]
        .into_iter()
        .map(|(api_name, human_name, limit)| Self {
            session_limit: limit,
            license_count: limit,
            human_name: human_name.to_owned(),
            api_name: api_name.to_owned(),
        })
        .collect()
    }

    /// Returns a plan change with the plan's present name and limits, which later edits of the plan
    /// do not alter.
    pub(crate) fn change(&self, at: i64, set_by: &str) -> PlanChange {
        PlanChange {
            at,
            plan: self.api_name.clone(),
            human_name: self.human_name.clone(),
            session_limit: self.session_limit,
            license_count: self.license_count,
            set_by: set_by.to_owned(),
        }
    }
}

/// One change of a client's plan.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlanChange {
    #[serde(with = "time::rfc3339")]
    pub(crate) at: i64,
    pub(crate) plan: String,
    pub(crate) human_name: String,
    pub(crate) session_limit: u64,
    pub(crate) license_count: u64,
    pub(crate) set_by: String,
}
