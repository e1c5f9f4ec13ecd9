//! A full year: 50 clients are created, change plans and are deleted; the bills of each month add
//! up.

// Tests may panic; clippy exempts only the functions marked as tests, not the ones that they share.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod common;

use std::collections::BTreeMap;

use common::Connection;
use crankwheel_sandbox::{Sandbox, SandboxOptions};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

const CLIENTS: &str = "/ss/rsapi/clients";

fn month(year: i16, month: i8) -> (Timestamp, String) {
    let first = jiff::civil::date(year, month, 1);
    let last = first.last_of_month();
    let start = format!("{first}T00:00:00Z").parse().unwrap();
    (start, format!("start={first}T00:00:00Z&end={last}T23:59:59.999999Z"))
}

/// Returns the seconds by plan, and the number of sub-periods.
fn seconds(bill: &Value) -> (BTreeMap<String, i64>, i64) {
    let mut by_plan = BTreeMap::new();
    let periods = bill["periods"].as_array().unwrap();
    for period in periods {
        let plan = period["api_name"].as_str().unwrap().to_owned();
        *by_plan.entry(plan).or_default() += period["effective_seconds"].as_i64().unwrap();
    }
    (by_plan, i64::try_from(periods.len()).unwrap())
}

fn units(map: &Value) -> BTreeMap<String, f64> {
    map.as_object()
        .unwrap()
        .iter()
        .map(|(plan, entry)| (plan.clone(), entry["units"].as_f64().unwrap()))
        .collect()
}

#[test]
fn the_bills_of_every_month_add_up() {
    let mut random = fastrand::Rng::with_seed(11);
    let sandbox =
        Sandbox::start(SandboxOptions { now: Some(month(2019, 1).0), ..SandboxOptions::default() }).unwrap();
    let mut connection = Connection::open(&sandbox);
    let mut send = |method: &str, target: &str, body: Option<Value>, status: u16| -> Value {
        let response = connection.send(sandbox.api_key(), method, target, body.as_ref());
        assert_eq!(response.status, status, "{method} {target}");
        if response.body.is_empty() { Value::Null } else { response.json() }
    };
    let mut existing: Vec<i64> = Vec::new();
    let mut created = 0;
    for number in 1..=12 {
        let (start, period) = month(2019, number);
        sandbox.set_now(start);
        let mut in_the_month = existing.len();
        // Five new clients in each of the first ten months; plan changes and deletions at random
        // instants.
        for step in 0..24 {
            sandbox.advance(SignedDuration::from_micros(random.i64(1..26 * 3_600 * 1_000_000)));
            if step % 5 == 0 && created < 50 {
                let body =
                    json!({ "sname": format!("company{created:03}"), "lname": format!("Company {created}") });
                existing.push(send("POST", CLIENTS, Some(body), 201)["id"].as_i64().unwrap());
                in_the_month += 1;
                created += 1;
            }
            let client = existing[random.usize(..existing.len())];
            send("POST", &format!("{CLIENTS}/{client}/plan/plan_{}", random.u8(1..=3)), None, 204);
            if step == 20 && number % 3 == 0 {
                let gone = existing.swap_remove(random.usize(..existing.len()));
                send("DELETE", &format!("{CLIENTS}/{gone}"), None, 204);
            }
        }

        let next = if number == 12 { month(2020, 1) } else { month(2019, number + 1) }.0;
        sandbox.set_now(next);
        let overview = send("GET", &format!("/ss/rsapi/reseller/billing?{period}"), None, 200);
        let companies = overview["per_company"].as_array().unwrap();
        assert_eq!(companies.len(), in_the_month, "month {number}");
        let mut summed: BTreeMap<String, f64> = BTreeMap::new();
        let (mut missing, mut boundaries) = (0, 0);
        for company in companies {
            let id = &company["company_id"];
            let detail = send("GET", &format!("{CLIENTS}/{id}/billing?{period}"), None, 200);
            assert_eq!(company["plans_pro_rata"], detail["plans_pro_rata"]);
            assert_eq!(seconds(company), seconds(&detail));
            for (plan, share) in units(&detail["plans_pro_rata"]) {
                *summed.entry(plan).or_default() += share;
            }
            let (by_plan, parts) = seconds(&detail);
            let lost = detail["total_period_seconds"].as_i64().unwrap() - by_plan.values().sum::<i64>();
            assert!((0..parts).contains(&lost), "{lost} of {parts} parts");
            missing += lost;
            boundaries += parts - 1;
        }
        let total = units(&overview["total_pro_rata"]);
        assert_eq!(total.keys().collect::<Vec<_>>(), summed.keys().collect::<Vec<_>>());
        for (plan, share) in &total {
            assert!((share - summed[plan]).abs() < 1e-9, "{plan}");
        }
        let period_seconds = companies[0]["total_period_seconds"].as_f64().unwrap();
        let short = f64::from(u32::try_from(companies.len()).unwrap()) - total.values().sum::<f64>();
        assert!(missing <= boundaries);
        assert!(
            (short * period_seconds - f64::from(i32::try_from(missing).unwrap())).abs() < 1e-3,
            "{short}"
        );
    }
    assert_eq!(created, 50);
    assert_eq!(send("GET", CLIENTS, None, 200).as_array().unwrap().len(), 46);
}
