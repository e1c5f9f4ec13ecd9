//! Units by plan: a map whose keys are whatever plan names the reseller has.

use std::collections::HashMap;

use bytes::Bytes;
use serde_json::value::RawValue;

use super::kind::{DecodeError, Path};
use super::{Model, PlanProRata};
use crate::json::scan;

/// Units by the plan's API name, in the order they came.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PlanMap(Vec<(Box<str>, PlanProRata)>);

impl PlanMap {
    pub(crate) fn decode(raw: &RawValue, body: &Bytes, at: &Path<'_>) -> Result<Self, DecodeError> {
        let members = scan::members(raw, at)?;
        let mut plans: Vec<(Box<str>, PlanProRata)> = Vec::with_capacity(members.len());
        // A name that comes twice keeps its place and gets the last value.
        let mut places: HashMap<&str, usize> = HashMap::with_capacity(members.len());
        for (name, value) in &members {
            let plan = PlanProRata::decode(value, body, &Path::Key(at, name))?;
            match places.get(&**name).and_then(|place| plans.get_mut(*place)) {
                Some(known) => known.1 = plan,
                None => {
                    places.insert(&**name, plans.len());
                    plans.push((name.as_ref().into(), plan));
                }
            }
        }
        Ok(PlanMap(plans))
    }

    /// The units of one plan.
    pub fn get(&self, api_name: &str) -> Option<&PlanProRata> {
        self.iter().find(|(name, _)| *name == api_name).map(|(_, plan)| plan)
    }

    /// All plans with their units.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &PlanProRata)> {
        self.0.iter().map(|(name, plan)| (&**name, plan))
    }

    /// How many plans there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no plan.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
