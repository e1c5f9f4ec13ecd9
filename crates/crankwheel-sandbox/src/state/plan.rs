//! The plans of the reseller, and the changes of plan in a client's history.

use serde::{Deserialize, Serialize};

use crate::time;

/// Plan API name of a client without a plan of the reseller's.
pub(crate) const NO_PLAN: &str = "unset_or_custom";
/// Sessions a month of a client without a plan, as the API document's examples show.
pub(crate) const NO_PLAN_SESSIONS: u64 = 25;
/// The number that stands for "unlimited".
pub(crate) const UNLIMITED: u64 = 99_999_999;

/// A plan that the reseller may sell, fields in the order of the API's answer.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Plan {
    pub(crate) session_limit: u64,
    pub(crate) license_count: u64,
    pub(crate) human_name: String,
    pub(crate) api_name: String,
}

impl Plan {
    /// The document's two examples and one without limits.
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

    /// What goes into a client's history. The plan's name and limits of that day stay in it.
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

/// One change of plan.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlanChange {
    #[serde(with = "time::as_text")]
    pub(crate) at: i64,
    pub(crate) plan: String,
    pub(crate) human_name: String,
    pub(crate) session_limit: u64,
    pub(crate) license_count: u64,
    pub(crate) set_by: String,
}
