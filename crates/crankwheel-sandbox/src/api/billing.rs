//! Bills: which plan was in force for how long, for one client and for all clients.
//!
//! The arithmetic is that of the API document's examples. Lengths are whole seconds; fractions are
//! dropped in each sub-period and in the whole period. `pro_rata` is the quotient of the two
//! lengths. `units` are sums of seconds that are divided once, so that rounding errors do not add
//! up.

use std::collections::BTreeMap;

use http::StatusCode;
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::query::{Period, PeriodRule, Query};
use crate::response::Response;
use crate::state::{Client, NO_PLAN, PlanChange, State};
use crate::time::{self, SECOND};

const NO_PLAN_NAME: &str = "Unset or custom plan";

/// A share of the period, in seconds. Serialized as a decimal, or as an integer if it is whole.
#[derive(Clone, Copy, Debug)]
struct Share {
    seconds: i64,
    of: i64,
}

impl Serialize for Share {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.seconds % self.of == 0 {
            return serializer.serialize_i64(self.seconds / self.of);
        }
        // Both are far below 2^53, up to which a float represents every whole number.
        #[allow(clippy::cast_precision_loss)]
        serializer.serialize_f64(self.seconds as f64 / self.of as f64)
    }
}

/// A sub-period with one plan. The fields are in the API's order.
#[derive(Serialize)]
struct SubPeriod<'a> {
    set_by: Option<&'a str>,
    set_at: String,
    pro_rata: Share,
    human_name: &'a str,
    effective_to: String,
    effective_seconds: i64,
    effective_from: String,
    api_name: &'a str,
}

#[derive(Serialize)]
struct PlanUnits<'a> {
    units: Share,
    human_name: &'a str,
}

type UnitsByPlan<'a> = BTreeMap<&'a str, PlanUnits<'a>>;

/// One company's bill.
#[derive(Serialize)]
struct Bill<'a> {
    total_period_seconds: i64,
    starting: &'a str,
    sname: &'a Value,
    plans_pro_rata: UnitsByPlan<'a>,
    periods: Vec<SubPeriod<'a>>,
    lname: &'a Value,
    ending: &'a str,
    company_id: i64,
}

#[derive(Serialize)]
struct Overview<'a> {
    total_pro_rata: UnitsByPlan<'a>,
    starting: &'a str,
    per_company: Vec<Bill<'a>>,
    ending: &'a str,
}

/// `GET /clients/{id}/billing`
pub(crate) fn client(state: &State, id: i64, query: &Query) -> Result<Response, Response> {
    let now = state.now();
    let client = state.client_ever(id).filter(|client| client.created_at <= now);
    let client = client.ok_or_else(|| Response::detail(StatusCode::NOT_FOUND))?;
    let period = query.period(("start", "end"), PeriodRule::Required, now);
    let gone = client.deleted_at.is_some_and(|deleted| {
        deleted <= now && period.as_ref().map_or(true, |period| deleted <= period.from.at)
    });
    if gone {
        return Err(Response::detail(StatusCode::NOT_FOUND));
    }
    let period = period?.not_empty("end")?;
    Ok(Response::json(StatusCode::OK, &bill(client, &period, now, SetBy::Shown)))
}

/// `GET /reseller/billing`
pub(crate) fn overview(state: &State, query: &Query) -> Result<Response, Response> {
    let now = state.now();
    let period = query.period(("start", "end"), PeriodRule::Optional, now)?.not_empty("end")?;
    // The newest company first. A deleted company stays on the bills of the periods in which it
    // existed.
    let per_company: Vec<Bill<'_>> = state
        .clients
        .iter()
        .rev()
        .filter(|client| client.created_at <= now)
        .filter(|client| client.exists_at(now) || client.deleted_at.is_some_and(|at| at > period.from.at))
        .map(|client| bill(client, &period, now, SetBy::Null))
        .collect();
    let of = period.seconds();
    let mut total_pro_rata = UnitsByPlan::new();
    for units in per_company.iter().flat_map(|bill| &bill.plans_pro_rata) {
        add_units(&mut total_pro_rata, units.0, units.1.human_name, units.1.units.seconds, of);
    }
    let overview =
        Overview { total_pro_rata, starting: &period.from.text, per_company, ending: &period.to.text };
    Ok(Response::json(StatusCode::OK, &overview))
}

/// The value of `set_by` of a plan that was set. For the same change, the API document's overview
/// example has null where its client example has the address.
#[derive(Clone, Copy, PartialEq, Eq)]
enum SetBy {
    Shown,
    Null,
}

fn add_units<'a>(units: &mut UnitsByPlan<'a>, plan: &'a str, human_name: &'a str, seconds: i64, of: i64) {
    let entry = units.entry(plan).or_insert(PlanUnits { units: Share { seconds: 0, of }, human_name });
    entry.units.seconds += seconds;
}

/// Divides the period at the plan changes.
fn bill<'a>(client: &'a Client, period: &'a Period, now: i64, set_by: SetBy) -> Bill<'a> {
    let (start, end) = (period.from.at, period.to.at);
    let of = period.seconds();
    let mut periods = Vec::new();
    let mut plans_pro_rata = UnitsByPlan::new();
    let starts = plan_starts(client, start, end, now);
    for (index, current) in starts.iter().enumerate() {
        let next = starts.get(index + 1);
        let until = next.map_or(end, |next| next.from);
        if until == current.from {
            // Replaced at the same instant.
            continue;
        }
        let seconds = (until - current.from) / SECOND;
        let at_start = current.from == start;
        let effective_from =
            if at_start { period.from.text.clone() } else { time::to_plan_time(current.from) };
        let (api_name, human_name) = current
            .plan
            .map_or((NO_PLAN, NO_PLAN_NAME), |plan| (plan.plan.as_str(), plan.human_name.as_str()));
        add_units(&mut plans_pro_rata, api_name, human_name, seconds, of);
        periods.push(SubPeriod {
            set_by: match current.plan {
                None => Some("nobody"),
                Some(plan) => (set_by == SetBy::Shown).then_some(plan.set_by.as_str()),
            },
            set_at: current.plan.map_or_else(|| effective_from.clone(), |plan| time::to_plan_time(plan.at)),
            pro_rata: Share { seconds, of },
            human_name,
            effective_to: next.map_or_else(|| period.to.text.clone(), |next| time::to_plan_time(next.from)),
            effective_seconds: seconds,
            effective_from,
            api_name,
        });
    }
    Bill {
        total_period_seconds: of,
        starting: &period.from.text,
        sname: client.value("sname"),
        plans_pro_rata,
        periods,
        lname: client.value("lname"),
        ending: &period.to.text,
        company_id: client.id,
    }
}

/// The start of a sub-period, and the plan that was in force from then on.
struct PlanStart<'a> {
    from: i64,
    plan: Option<&'a PlanChange>,
}

/// Returns the plan at the period's start, and the changes within the period that the clock has
/// passed. While a company does not exist it counts as one without a plan, so that each company is
/// one unit.
fn plan_starts(client: &Client, start: i64, end: i64, now: i64) -> Vec<PlanStart<'_>> {
    let mut starts = vec![PlanStart { from: start, plan: client.plan_at(start.min(now)) }];
    let changes = client.plan_changes.iter();
    starts.extend(
        changes
            .filter(|change| change.at > start && change.at < end && change.at <= now)
            .map(|change| PlanStart { from: change.at, plan: Some(change) }),
    );
    if let Some(deleted) =
        client.deleted_at.filter(|deleted| *deleted > start && *deleted < end && *deleted <= now)
    {
        starts.retain(|start| start.from <= deleted);
        starts.push(PlanStart { from: deleted, plan: None });
    }
    starts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{at, demo_state, expect, send};
    use serde_json::json;

    /// Two companies and the plan change of the document's billing examples.
    fn example() -> State {
        let mut state = demo_state(0);
        state.clock.set(at("2019-01-10T00:00:00Z"));
        state.key_owner = "exampleadmin@example.com".into();
        for (sname, lname) in [("companyone", "Company One"), ("companytwo", "Company Two")] {
            let body = json!({ "sname": sname, "lname": lname });
            expect(&mut state, "POST", "/ss/rsapi/clients", Some(body), 201);
        }
        state.clients[0].id = 27084;
        state.clients[1].id = 28619;
        state.clock.set(at("2019-02-28T10:09:30.701107Z"));
        expect(&mut state, "POST", "/ss/rsapi/clients/27084/plan/plan_2", None, 204);
        state.clock.set(at("2019-03-03T15:54:34Z"));
        state
    }

    #[test]
    fn the_documents_client_bill_byte_for_byte() {
        let target = "/ss/rsapi/clients/27084/billing?start=2019-02-01T00:00:00Z&end=2019-02-28T23:59:59Z";
        let response = send(&mut example(), "GET", target, None);
        let expected = concat!(
            r#"{"total_period_seconds":2419199,"starting":"2019-02-01T00:00:00Z","sname":"companyone","#,
            r#""plans_pro_rata":{"plan_2":{"units":0.02059690004832178,"human_name":"Example Plan 2"},"#,
            r#""unset_or_custom":{"units":0.979402686591719,"human_name":"Unset or custom plan"}},"periods":[{"#,
            r#""set_by":"nobody","set_at":"2019-02-01T00:00:00Z","pro_rata":0.979402686591719,"#,
            r#""human_name":"Unset or custom plan","effective_to":"2019-02-28T10:09:30.701107","#,
            r#""effective_seconds":2369370,"effective_from":"2019-02-01T00:00:00Z","#,
            r#""api_name":"unset_or_custom"},{"set_by":"exampleadmin@example.com","#,
            r#""set_at":"2019-02-28T10:09:30.701107","pro_rata":0.02059690004832178,"#,
            r#""human_name":"Example Plan 2","effective_to":"2019-02-28T23:59:59Z","#,
            r#""effective_seconds":49828,"effective_from":"2019-02-28T10:09:30.701107","#,
            r#""api_name":"plan_2"}],"lname":"Company One","ending":"2019-02-28T23:59:59Z","company_id":27084}"#
        );
        assert_eq!(String::from_utf8_lossy(&response.body), expected);
    }

    #[test]
    fn the_documents_overview() {
        let target =
            "/ss/rsapi/reseller/billing?start=2019-02-01T00:00:00.0Z&end=2019-02-28T23:59:59.999999Z";
        let response = send(&mut example(), "GET", target, None);
        // Length of the document's example without white space.
        assert_eq!(response.body.len(), 1_645, "{}", String::from_utf8_lossy(&response.body));
        let overview: Value = serde_json::from_slice(&response.body).unwrap();
        assert_eq!(
            overview["total_pro_rata"],
            json!({ "plan_2": { "units": 0.020_597_313_408_281_005, "human_name": "Example Plan 2" },
                    "unset_or_custom": { "units": 1.979_402_686_591_719, "human_name": "Unset or custom plan" } })
        );
        assert_eq!(overview["per_company"][0]["company_id"], 28619);
        assert_eq!(overview["per_company"][0]["periods"][0]["pro_rata"], json!(1));
        assert_eq!(overview["per_company"][1]["periods"][1]["set_by"], Value::Null);
        assert_eq!(overview["per_company"][1]["periods"][1]["effective_seconds"], 49829);
    }

    #[test]
    fn each_company_is_one_unit_however_briefly_it_exists() {
        let mut state = example();
        state.clock.set(at("2019-02-10T12:00:00Z"));
        let body = Some(json!({ "sname": "shortlived" }));
        let id = expect(&mut state, "POST", "/ss/rsapi/clients", body, 201)["id"].clone();
        expect(&mut state, "POST", &format!("/ss/rsapi/clients/{id}/plan/plan_1"), None, 204);
        state.clock.set(at("2019-02-20T12:00:00Z"));
        expect(&mut state, "DELETE", &format!("/ss/rsapi/clients/{id}"), None, 204);
        state.clock.set(at("2019-03-03T15:54:34Z"));
        let february = "start=2019-02-01T00:00:00Z&end=2019-02-28T23:59:59.999999Z";
        let overview =
            expect(&mut state, "GET", &format!("/ss/rsapi/reseller/billing?{february}"), None, 200);
        let bill = &overview["per_company"][0];
        assert_eq!(bill["company_id"], id);
        let names: Vec<&str> = bill["periods"]
            .as_array()
            .unwrap()
            .iter()
            .map(|part| part["api_name"].as_str().unwrap())
            .collect();
        assert_eq!(names, ["unset_or_custom", "plan_1", "unset_or_custom"]);
        assert_eq!(bill["plans_pro_rata"]["plan_1"]["units"], json!(864_000.0 / 2_419_199.0));
        let units: f64 = overview["total_pro_rata"]
            .as_object()
            .unwrap()
            .values()
            .map(|plan| plan["units"].as_f64().unwrap())
            .sum();
        assert!((units - 3.0).abs() < 1e-5, "{units}");
        let own = format!("/ss/rsapi/clients/{id}/billing");
        expect(&mut state, "GET", &format!("{own}?{february}"), None, 200);
        expect(
            &mut state,
            "GET",
            &format!("{own}?start=2019-02-21T00:00:00Z&end=2019-02-28T00:00:00Z"),
            None,
            404,
        );
    }

    #[test]
    fn of_changes_at_one_instant_the_last_counts() {
        let mut state = example();
        for plan in ["plan_1", "plan_3"] {
            expect(&mut state, "POST", &format!("/ss/rsapi/clients/28619/plan/{plan}"), None, 204);
        }
        state.clock.set(at("2019-04-01T00:00:00Z"));
        let target = "/ss/rsapi/clients/28619/billing?start=2019-03-01T00:00:00Z&end=2019-03-31T23:59:59Z";
        let bill = expect(&mut state, "GET", target, None, 200);
        assert_eq!(bill["periods"].as_array().unwrap().len(), 2);
        assert_eq!(bill["periods"][1]["api_name"], "plan_3");
        let after = "/ss/rsapi/clients/28619/billing?start=2019-03-10T00:00:00Z&end=2019-03-11T00:00:00Z";
        let bill = expect(&mut state, "GET", after, None, 200);
        assert_eq!(bill["periods"][0]["set_at"], "2019-03-03T15:54:34.000000");
        assert_eq!(bill["periods"][0]["effective_from"], "2019-03-10T00:00:00Z");
        assert_eq!(bill["periods"][0]["pro_rata"], json!(1));
    }

    #[test]
    fn a_bill_needs_a_period() {
        let mut state = example();
        for query in [
            "",
            "start=2019-02-01T00:00:00Z",
            "end=2019-02-01T00:00:00Z",
            "start=2019-02-01T00:00:00Z&end=2019-02-01T00:00:00.5Z",
            "start=2019-02-02T00:00:00Z&end=2019-02-01T00:00:00Z",
            "start=x&end=y",
        ] {
            expect(&mut state, "GET", &format!("/ss/rsapi/clients/27084/billing?{query}"), None, 400);
        }
        let overview = expect(&mut state, "GET", "/ss/rsapi/reseller/billing", None, 200);
        assert_eq!(overview["starting"], "2019-02-03T15:54:34.000000Z");
        expect(
            &mut state,
            "GET",
            "/ss/rsapi/clients/1/billing?start=2019-02-01T00:00:00Z&end=2019-02-02T00:00:00Z",
            None,
            404,
        );
    }
}
