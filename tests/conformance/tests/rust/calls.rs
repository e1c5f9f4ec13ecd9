//! Making the table's calls: its arguments as Rust values, its operations as methods.

use crankwheel::{
    BillingOverview, Client, ClientBilling, ClientFields, ClientRef, ClientUsage, CrankWheel, Error,
    GrantToken, List, LoginLink, LoginOption, Period, PeriodArgument, PeriodBound, Plan, PlanRef,
    UsageHistory,
};
use crankwheel_conformance::table::Step;
use jiff::Timestamp;
use serde_json::{Map, Value};

/// What a step gave.
#[derive(Debug)]
pub enum Answer {
    Nothing,
    Client(Client),
    Found(Option<Client>),
    Created(Client, bool),
    Clients(List<Client>),
    Plans(List<Plan>),
    LoginOptions(List<LoginOption>),
    Usage(ClientUsage),
    Billing(ClientBilling),
    Overview(BillingOverview),
    History(UsageHistory),
    Link(LoginLink),
}

/// Calls the step's operation; an error while making its arguments is the outcome as well.
pub async fn call(cw: &CrankWheel, step: &Step, earlier: &[Answer]) -> Result<Answer, Error> {
    let arg = |index: usize| step.args.get(index).unwrap_or(&Value::Null);
    let client = || client_ref(arg(0), earlier);
    let text = |index: usize| arg(index).as_str().unwrap();
    let fields = || ClientFields::from_map(plain(&step.kwargs));
    Ok(match step.operation.as_str() {
        "clients.list" => Answer::Clients(cw.clients().list().await?),
        "clients.create" => Answer::Client(cw.clients().create(fields()?).await?),
        "clients.get" => Answer::Client(cw.clients().get(client()).await?),
        "clients.update" => {
            cw.clients().update(client(), fields()?).await?;
            Answer::Nothing
        }
        "clients.delete" => {
            cw.clients().delete(client()).await?;
            Answer::Nothing
        }
        "clients.set_plan" => {
            cw.clients().set_plan(client(), plan_ref(arg(1), earlier)).await?;
            Answer::Nothing
        }
        "clients.usage" => {
            let min_seconds = step.kwargs.get("min_seconds").and_then(Value::as_i64);
            Answer::Usage(cw.clients().usage(client(), period(arg(1))?, min_seconds).await?)
        }
        "clients.billing" => Answer::Billing(cw.clients().billing(client(), period(arg(1))?).await?),
        "clients.find" => Answer::Found(cw.clients().find(text(0)).await?),
        "clients.get_or_create" => {
            let (client, created) = cw.clients().get_or_create(fields()?).await?;
            Answer::Created(client, created)
        }
        "sso.grant_token" => {
            Answer::Link(cw.sso().grant_token(text(0), grant_options(&step.kwargs, earlier)).await?)
        }
        "sso.login_options" => Answer::LoginOptions(cw.sso().login_options(text(0)).await?),
        "reseller.billing" => Answer::Overview(cw.reseller().billing(period(arg(0))?).await?),
        "reseller.usage" => Answer::History(cw.reseller().usage(period(arg(0))?).await?),
        "reseller.plans" => Answer::Plans(cw.reseller().plans().await?),
        other => panic!("the Rust surface has no {other}"),
    })
}

/// The answer that `{"$result": n, "path": "[i]"}` names, with its index.
fn earlier_answer<'a>(value: &Value, earlier: &'a [Answer]) -> Option<(&'a Answer, Option<usize>)> {
    let step = value.get("$result")?.as_u64().unwrap();
    let index =
        value.get("path").map(|path| path.as_str().unwrap().trim_matches(['[', ']']).parse().unwrap());
    Some((&earlier[usize::try_from(step).unwrap()], index))
}

fn client_ref(value: &Value, earlier: &[Answer]) -> ClientRef {
    match (value, earlier_answer(value, earlier)) {
        (_, Some((Answer::Client(client) | Answer::Found(Some(client)), None))) => client.into(),
        (_, Some((Answer::Clients(clients), Some(index)))) => (&clients.get(index).unwrap()).into(),
        (Value::String(text), None) => text.as_str().into(),
        (Value::Number(number), None) if number.is_i64() => number.as_i64().unwrap().into(),
        // The types rule these out in Rust; as text they must be refused all the same.
        (Value::Number(_) | Value::Bool(_), None) => value.to_string().as_str().into(),
        other => panic!("no client: {other:?}"),
    }
}

fn plan_ref(value: &Value, earlier: &[Answer]) -> PlanRef {
    match (value, earlier_answer(value, earlier)) {
        (_, Some((Answer::Plans(plans), Some(index)))) => (&plans.get(index).unwrap()).into(),
        (Value::String(name), None) => name.as_str().into(),
        other => panic!("no plan: {other:?}"),
    }
}

fn grant_options(kwargs: &Map<String, Value>, earlier: &[Answer]) -> GrantToken {
    let mut options = GrantToken::new();
    for (name, value) in kwargs {
        options = match name.as_str() {
            "create_in" => options.create_in(client_ref(value, earlier)),
            "dest_url" => options.dest_url(value.as_str().unwrap()),
            "multi_login" => options.multi_login(value.as_bool().unwrap()),
            other => panic!("no option {other}"),
        };
    }
    options
}

fn period(value: &Value) -> Result<PeriodArgument, Error> {
    if let Some(ends) = value.get("$period") {
        return Ok(Period::new(bound(&ends["start"])?, bound(&ends["end"])?)?.into());
    }
    if let Some(month) = value.get("$month") {
        return Ok(Period::month(month.as_str().unwrap())?.into());
    }
    Ok(match value {
        Value::Null => ().into(),
        Value::String(text) => text.as_str().into(),
        other => panic!("no period: {other}"),
    })
}

fn bound(value: &Value) -> Result<PeriodBound, Error> {
    if let Some(moment) = value.get("$datetime") {
        return Ok(moment.as_str().unwrap().parse::<Timestamp>().unwrap().into());
    }
    if let Some(day) = value.get("$date") {
        return Ok(day.as_str().unwrap().parse::<jiff::civil::Date>().unwrap().into());
    }
    PeriodBound::parse(value.as_str().unwrap())
}

/// Fields by wire name with moments as the texts that Rust callers write.
fn plain(fields: &Map<String, Value>) -> Map<String, Value> {
    let plain_value = |value: &Value| value.get("$datetime").unwrap_or(value).clone();
    fields.iter().map(|(name, value)| (name.clone(), plain_value(value))).collect()
}
