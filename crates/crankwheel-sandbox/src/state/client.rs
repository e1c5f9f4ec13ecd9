//! One client company and its history.

use serde_json::Value;

use super::fields::Values;
use super::plan::PlanChange;

/// One client company.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    pub(crate) id: i64,
    pub(crate) created_at: i64,
    pub(crate) deleted_at: Option<i64>,
    /// The fields that are stored as they are; see `fields::CLIENT_FIELDS`.
    pub(crate) fields: Values,
    /// The same for the settings.
    pub(crate) settings: Values,
    pub(crate) settings_id: String,
    pub(crate) demo_id: Option<String>,
    /// Ordered by time.
    pub(crate) plan_changes: Vec<PlanChange>,
}

impl Client {
    /// A stored field; null if it was never set.
    pub(crate) fn value(&self, field: &str) -> &Value {
        self.fields.get(field).unwrap_or(&Value::Null)
    }

    /// A stored field that is text.
    pub(crate) fn text(&self, field: &str) -> &str {
        self.value(field).as_str().unwrap_or_default()
    }

    pub(crate) fn exists_at(&self, at: i64) -> bool {
        self.created_at <= at && self.deleted_at.is_none_or(|deleted| at < deleted)
    }

    /// The plan change in force at this time, if a plan was set by then.
    pub(crate) fn plan_at(&self, at: i64) -> Option<&PlanChange> {
        let passed = self.plan_changes.partition_point(|change| change.at <= at);
        self.plan_changes.get(passed.checked_sub(1)?)
    }

    /// Puts a change into its place; one at the same instant as an older change comes after it.
    pub(crate) fn change_plan(&mut self, change: PlanChange) {
        let place = self.plan_changes.partition_point(|earlier| earlier.at <= change.at);
        self.plan_changes.insert(place, change);
    }

    /// Whether people may be logged in to it with links.
    pub(crate) fn allows_login_links(&self) -> bool {
        self.settings.get("provisioning_provider").and_then(Value::as_str) == Some("reseller")
    }
}
