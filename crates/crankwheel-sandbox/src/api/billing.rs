//! The bills: which plan was in force for how long, per client and over all clients.
//!
//! The arithmetic is the document's examples': lengths in whole seconds, fractions dropped in each sub-period
//! and in the whole; `pro_rata` is one length divided by the other; `units` are sums of seconds divided once,
//! so that no rounding adds up.

use std::collections::BTreeMap;

use http::StatusCode;
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::query::{Period, PeriodRule, Query};
use crate::response::Answer;
use crate::state::{Client, NO_PLAN, PlanChange, World};
use crate::time::{self, SECOND};

const NO_PLAN_NAME: &str = "Unset or custom plan";

/// A share of the period: seconds of seconds. Written as a decimal, and as an integer when it is whole.
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
        // Both are far below 2^53, where every whole number has an exact float.
        #[allow(clippy::cast_precision_loss)]
        serializer.serialize_f64(self.seconds as f64 / self.of as f64)
    }
}

/// A sub-period with one plan, fields in the API's order.
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
pub(crate) fn client(world: &World, id: i64, query: &Query) -> Result<Answer, Answer> {
    let now = world.now();
    let client = world.client_ever(id).filter(|client| client.created_at <= now);
    let client = client.ok_or_else(|| Answer::detail(StatusCode::NOT_FOUND))?;
    let period = query.period(("start", "end"), PeriodRule::Required, now);
    let gone = client.deleted_at.is_some_and(|deleted| {
        deleted <= now && period.as_ref().map_or(true, |period| deleted <= period.from.at)
    });
    if gone {
        return Err(Answer::detail(StatusCode::NOT_FOUND));
    }
    let period = period?.not_empty("end")?;
    Ok(Answer::json(StatusCode::OK, &bill(client, &period, now, SetBy::Shown)))
}

/// `GET /reseller/billing`
pub(crate) fn overview(world: &World, query: &Query) -> Result<Answer, Answer> {
    let now = world.now();
    let period = query.period(("start", "end"), PeriodRule::Optional, now)?.not_empty("end")?;
    // The newest company first. A deleted one stays on the bills of the periods in which it lived.
    let per_company: Vec<Bill<'_>> = world
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
    Ok(Answer::json(StatusCode::OK, &overview))
}

/// Whether a bill says who set a plan. The document's overview example has null where its client example has
/// the address, for the very same change.
#[derive(Clone, Copy, PartialEq, Eq)]
enum SetBy {
    Shown,
    Null,
}

fn add_units<'a>(units: &mut UnitsByPlan<'a>, plan: &'a str, human_name: &'a str, seconds: i64, of: i64) {
    let entry = units.entry(plan).or_insert(PlanUnits { units: Share { seconds: 0, of }, human_name });
    entry.units.seconds += seconds;
}

/// Cuts the period at the changes of plan.
fn bill<'a>(client: &'a Client, period: &'a Period, now: i64, set_by: SetBy) -> Bill<'a> {
    let (start, end) = (period.from.at, period.to.at);
    let of = period.seconds();
    let mut periods = Vec::new();
    let mut plans_pro_rata = UnitsByPlan::new();
    let cuts = cuts(client, start, end, now);
    for (place, cut) in cuts.iter().enumerate() {
        let next = cuts.get(place + 1);
        let until = next.map_or(end, |next| next.from);
        if until == cut.from {
            // Replaced in the same instant.
            continue;
        }
        let seconds = (until - cut.from) / SECOND;
        let at_start = cut.from == start;
        let effective_from = if at_start { period.from.text.clone() } else { time::naive(cut.from) };
        let (api_name, human_name) =
            cut.plan.map_or((NO_PLAN, NO_PLAN_NAME), |plan| (plan.plan.as_str(), plan.human_name.as_str()));
        add_units(&mut plans_pro_rata, api_name, human_name, seconds, of);
        periods.push(SubPeriod {
            set_by: match cut.plan {
                None => Some("nobody"),
                Some(plan) => (set_by == SetBy::Shown).then_some(plan.set_by.as_str()),
            },
            set_at: cut.plan.map_or_else(|| effective_from.clone(), |plan| time::naive(plan.at)),
            pro_rata: Share { seconds, of },
            human_name,
            effective_to: next.map_or_else(|| period.to.text.clone(), |next| time::naive(next.from)),
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

/// From here on this plan (or none) was in force.
struct Cut<'a> {
    from: i64,
    plan: Option<&'a PlanChange>,
}

/// The plan at the period's start and the changes within the period that the clock has passed. A company that
/// did not live for all of the period counts as one without a plan for the rest, so that each company is one
/// unit.
fn cuts(client: &Client, start: i64, end: i64, now: i64) -> Vec<Cut<'_>> {
    let mut cuts = vec![Cut { from: start, plan: client.plan_at(start.min(now)) }];
    let changes = client.plan_changes.iter();
    cuts.extend(
        changes
            .filter(|change| change.at > start && change.at < end && change.at <= now)
            .map(|change| Cut { from: change.at, plan: Some(change) }),
    );
    if let Some(deleted) =
        client.deleted_at.filter(|deleted| *deleted > start && *deleted < end && *deleted <= now)
    {
        cuts.retain(|cut| cut.from <= deleted);
        cuts.push(Cut { from: deleted, plan: None });
    }
    cuts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{at, expect, send, world};
    use serde_json::json;

    /// Two companies and the plan change of the document's billing examples.
    fn example() -> World {
        let mut world = world(0);
        world.clock.set(at("2019-01-10T00:00:00Z"));
        world.key_owner = "exampleadmin@example.com".into();
        for (sname, lname) in [("companyone", "Company One"), ("companytwo", "Company Two")] {
            let body = json!({ "sname": sname, "lname": lname });
            expect(&mut world, "POST", "/ss/rsapi/clients", Some(body), 201);
        }
        world.clients[0].id = 27084;
        world.clients[1].id = 28619;
        world.clock.set(at("2019-02-28T10:09:30.701107Z"));
        expect(&mut world, "POST", "/ss/rsapi/clients/27084/plan/plan_2", None, 204);
        world.clock.set(at("2019-03-03T15:54:34Z"));
        world
    }

    #[test]
    fn the_documents_client_bill_byte_for_byte() {
        let target = "/ss/rsapi/clients/27084/billing?start=2019-02-01T00:00:00Z&end=2019-02-28T23:59:59Z";
        let answer = send(&mut example(), "GET", target, None);
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
        assert_eq!(String::from_utf8_lossy(&answer.body), expected);
    }

    #[test]
    fn the_documents_overview() {
        let target =
            "/ss/rsapi/reseller/billing?start=2019-02-01T00:00:00.0Z&end=2019-02-28T23:59:59.999999Z";
        let answer = send(&mut example(), "GET", target, None);
        // Length of the document's example without white space.
        assert_eq!(answer.body.len(), 1_645, "{}", String::from_utf8_lossy(&answer.body));
        let overview: Value = serde_json::from_slice(&answer.body).unwrap();
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
    fn each_company_is_one_unit_however_short_its_life() {
        let mut world = example();
        world.clock.set(at("2019-02-10T12:00:00Z"));
        let body = Some(json!({ "sname": "shortlived" }));
        let id = expect(&mut world, "POST", "/ss/rsapi/clients", body, 201)["id"].clone();
        expect(&mut world, "POST", &format!("/ss/rsapi/clients/{id}/plan/plan_1"), None, 204);
        world.clock.set(at("2019-02-20T12:00:00Z"));
        expect(&mut world, "DELETE", &format!("/ss/rsapi/clients/{id}"), None, 204);
        world.clock.set(at("2019-03-03T15:54:34Z"));
        let february = "start=2019-02-01T00:00:00Z&end=2019-02-28T23:59:59.999999Z";
        let overview =
            expect(&mut world, "GET", &format!("/ss/rsapi/reseller/billing?{february}"), None, 200);
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
        expect(&mut world, "GET", &format!("{own}?{february}"), None, 200);
        expect(
            &mut world,
            "GET",
            &format!("{own}?start=2019-02-21T00:00:00Z&end=2019-02-28T00:00:00Z"),
            None,
            404,
        );
    }

    #[test]
    fn changes_in_one_instant_leave_the_last_one() {
        let mut world = example();
        for plan in ["plan_1", "plan_3"] {
            expect(&mut world, "POST", &format!("/ss/rsapi/clients/28619/plan/{plan}"), None, 204);
        }
        world.clock.set(at("2019-04-01T00:00:00Z"));
        let target = "/ss/rsapi/clients/28619/billing?start=2019-03-01T00:00:00Z&end=2019-03-31T23:59:59Z";
        let bill = expect(&mut world, "GET", target, None, 200);
        assert_eq!(bill["periods"].as_array().unwrap().len(), 2);
        assert_eq!(bill["periods"][1]["api_name"], "plan_3");
        let after = "/ss/rsapi/clients/28619/billing?start=2019-03-10T00:00:00Z&end=2019-03-11T00:00:00Z";
        let bill = expect(&mut world, "GET", after, None, 200);
        assert_eq!(bill["periods"][0]["set_at"], "2019-03-03T15:54:34.000000");
        assert_eq!(bill["periods"][0]["effective_from"], "2019-03-10T00:00:00Z");
        assert_eq!(bill["periods"][0]["pro_rata"], json!(1));
    }

    #[test]
    fn a_bill_needs_a_period() {
        let mut world = example();
        for query in [
            "",
            "start=2019-02-01T00:00:00Z",
            "end=2019-02-01T00:00:00Z",
            "start=2019-02-01T00:00:00Z&end=2019-02-01T00:00:00.5Z",
            "start=2019-02-02T00:00:00Z&end=2019-02-01T00:00:00Z",
            "start=x&end=y",
        ] {
            expect(&mut world, "GET", &format!("/ss/rsapi/clients/27084/billing?{query}"), None, 400);
        }
        let overview = expect(&mut world, "GET", "/ss/rsapi/reseller/billing", None, 200);
        assert_eq!(overview["starting"], "2019-02-03T15:54:34.000000Z");
        expect(
            &mut world,
            "GET",
            "/ss/rsapi/clients/1/billing?start=2019-02-01T00:00:00Z&end=2019-02-02T00:00:00Z",
            None,
            404,
        );
    }
}
