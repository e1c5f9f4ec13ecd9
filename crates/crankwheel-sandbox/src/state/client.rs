//! One client company and its history.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::fields::{CLIENT_FIELDS, Field, SETTINGS_FIELDS, Values};
use super::plan::PlanChange;
use crate::time;

/// One client company.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "SavedClient")]
pub(crate) struct Client {
    pub(crate) id: i64,
    #[serde(with = "time::rfc3339")]
    pub(crate) created_at: i64,
    #[serde(with = "time::optional_rfc3339")]
    pub(crate) deleted_at: Option<i64>,
    /// The fields of `CLIENT_FIELDS` that are stored as they are.
    pub(crate) fields: Values,
    /// The fields of `SETTINGS_FIELDS` that are stored as they are.
    pub(crate) settings: Values,
    pub(crate) settings_id: String,
    pub(crate) demo_id: Option<String>,
    /// By time, ascending.
    pub(crate) plan_changes: Vec<PlanChange>,
}

impl Client {
    /// Returns a stored field; null if it was never set.
    pub(crate) fn value(&self, field: &str) -> &Value {
        self.fields.get(field).unwrap_or(&Value::Null)
    }

    /// Returns a stored field that is a string.
    pub(crate) fn string(&self, field: &str) -> &str {
        self.value(field).as_str().unwrap_or_default()
    }

    pub(crate) fn exists_at(&self, at: i64) -> bool {
        self.created_at <= at && self.deleted_at.is_none_or(|deleted| at < deleted)
    }

    /// Returns the plan change that is in force at this time.
    pub(crate) fn plan_at(&self, at: i64) -> Option<&PlanChange> {
        let passed = self.plan_changes.partition_point(|change| change.at <= at);
        self.plan_changes.get(passed.checked_sub(1)?)
    }

    /// Inserts a change in the order of time; after an older one at the same instant.
    pub(crate) fn change_plan(&mut self, change: PlanChange) {
        let index = self.plan_changes.partition_point(|earlier| earlier.at <= change.at);
        self.plan_changes.insert(index, change);
    }

    pub(crate) fn allows_login_links(&self) -> bool {
        self.settings.get("provisioning_provider").and_then(Value::as_str) == Some("reseller")
    }
}

/// A client in a snapshot, before its fields are checked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedClient {
    id: i64,
    #[serde(with = "time::rfc3339")]
    created_at: i64,
    #[serde(with = "time::optional_rfc3339")]
    deleted_at: Option<i64>,
    fields: BTreeMap<String, Value>,
    settings: BTreeMap<String, Value>,
    settings_id: String,
    demo_id: Option<String>,
    plan_changes: Vec<PlanChange>,
}

impl TryFrom<SavedClient> for Client {
    type Error = String;

    fn try_from(saved: SavedClient) -> Result<Self, String> {
        let fields = known_values(CLIENT_FIELDS, saved.fields)?;
        if !fields.get("sname").is_some_and(Value::is_string) {
            return Err(format!("client {} has no sname", saved.id));
        }
        let mut plan_changes = saved.plan_changes;
        plan_changes.sort_by_key(|change| change.at);
        Ok(Self {
            id: saved.id,
            created_at: saved.created_at,
            deleted_at: saved.deleted_at,
            fields,
            settings: known_values(SETTINGS_FIELDS, saved.settings)?,
            settings_id: saved.settings_id,
            demo_id: saved.demo_id,
            plan_changes,
        })
    }
}

/// Checks that the table has each of these fields, and with this type.
fn known_values(table: &'static [Field], saved: BTreeMap<String, Value>) -> Result<Values, String> {
    let mut values = Values::new();
    for (name, value) in saved {
        let Some(field) = table.iter().find(|field| field.name == name) else {
            return Err(format!("unknown field {name:?}"));
        };
        if !field.can_store(&value) {
            return Err(format!("{name}: not a valid value, got {value}"));
        }
        values.insert(field.name, value);
    }
    Ok(values)
}
