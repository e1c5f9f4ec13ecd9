//! Lists the reseller's plans, and sets the plan of a client.

use http::StatusCode;

use crate::response::Response;
use crate::state::State;

/// `GET /reseller/plans`
pub(crate) fn list(state: &State) -> Response {
    Response::json(StatusCode::OK, &state.plans)
}

/// `POST /clients/{id}/plan/{plan_api_name}`
pub(crate) fn set(state: &mut State, id: i64, plan: &str, set_by: &str) -> Result<Response, Response> {
    let now = state.now();
    if state.client(id).is_none() {
        return Err(Response::detail(StatusCode::NOT_FOUND));
    }
    let change = state
        .plans
        .iter()
        .find(|known| known.api_name == plan)
        .map(|known| known.change(now, set_by))
        .ok_or_else(|| Response::field_error(StatusCode::NOT_FOUND, "plan_api_name", "does not exist"))?;
    let client = state.client_mut(id).ok_or_else(|| Response::detail(StatusCode::NOT_FOUND))?;
    client.change_plan(change);
    Ok(Response::json(StatusCode::NO_CONTENT, &"Success"))
}

#[cfg(test)]
mod tests {
    use crate::state::UNLIMITED;
    use crate::testing::{demo_state, expect};
    use serde_json::{Value, json};

    #[test]
    fn plans_set_the_limits() {
        let mut state = demo_state(0);
        let plans = expect(&mut state, "GET", "/ss/rsapi/reseller/plans", None, 200);
        assert_eq!(plans[1]["human_name"], "Example Plan 2");
        assert_eq!(plans[2]["session_limit"], UNLIMITED);
        let body = Some(json!({ "sname": "acmecompany" }));
        let id = expect(&mut state, "POST", "/ss/rsapi/clients", body, 201)["id"].clone();
        let path = format!("/ss/rsapi/clients/{id}");
        let set = expect(&mut state, "POST", &format!("{path}/plan/plan_2"), None, 204);
        assert_eq!(set, "Success");
        let client = expect(&mut state, "GET", &path, None, 200);
        assert_eq!(
            (&client["current_plan"], &client["session_limit"], &client["license_count"]),
            (&json!("plan_2"), &json!(200), &json!(200))
        );
        for unknown in ["plan_9", "unset_or_custom", "%2e%2e", "a%2Fb"] {
            expect(&mut state, "POST", &format!("{path}/plan/{unknown}"), None, 404);
        }
        expect(&mut state, "POST", "/ss/rsapi/clients/1/plan/plan_1", None, 404);
    }

    #[test]
    fn before_a_change_the_older_plan_is_in_force() {
        let mut state = demo_state(0);
        let body = Some(json!({ "sname": "acmecompany" }));
        let id = expect(&mut state, "POST", "/ss/rsapi/clients", body, 201)["id"].clone();
        let path = format!("/ss/rsapi/clients/{id}");
        let mut plans: Vec<Value> = Vec::new();
        for plan in ["plan_1", "plan_3"] {
            state.clock.advance(jiff::SignedDuration::from_hours(24));
            expect(&mut state, "POST", &format!("{path}/plan/{plan}"), None, 204);
        }
        for _ in 0..3 {
            plans.push(expect(&mut state, "GET", &path, None, 200)["current_plan"].clone());
            state.clock.advance(jiff::SignedDuration::from_hours(-24));
        }
        assert_eq!(plans, ["plan_3", "plan_1", "unset_or_custom"]);
        expect(&mut state, "GET", &path, None, 404);
    }
}
