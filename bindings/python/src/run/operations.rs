//! One function for each operation: Python arguments in, a prepared call out. Nothing is sent here.

use crankwheel::{self as core, Call, GrantToken};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::call::PreparedCall;
use super::native_client::NativeClient;
use crate::input::{client, fields, json, period, plan, query};
use crate::output::{Outcome, Output};

fn prepared<T: Send + 'static>(call: Call<T>, output: fn(T) -> Output) -> PreparedCall {
    PreparedCall::new(call.map(output))
}

fn one(client: core::Client) -> Output {
    Output::Client(Box::new(client))
}

fn nothing((): ()) -> Output {
    Output::Nothing
}

#[pyfunction]
fn clients_list(session: &NativeClient) -> PreparedCall {
    prepared(session.0.clients().list(), Output::Clients)
}

#[pyfunction]
fn clients_create(session: &NativeClient, given: &Bound<'_, PyDict>) -> Outcome<PreparedCall> {
    Ok(prepared(session.0.clients().create(fields(given)?), one))
}

#[pyfunction]
fn clients_get(session: &NativeClient, client: &Bound<'_, PyAny>) -> Outcome<PreparedCall> {
    Ok(prepared(session.0.clients().get(self::client(client)?), one))
}

#[pyfunction]
fn clients_update(
    session: &NativeClient,
    client: &Bound<'_, PyAny>,
    given: &Bound<'_, PyDict>,
) -> Outcome<PreparedCall> {
    Ok(prepared(session.0.clients().update(self::client(client)?, fields(given)?), nothing))
}

#[pyfunction]
fn clients_delete(session: &NativeClient, client: &Bound<'_, PyAny>) -> Outcome<PreparedCall> {
    Ok(prepared(session.0.clients().delete(self::client(client)?), nothing))
}

#[pyfunction]
fn clients_set_plan(
    session: &NativeClient,
    client: &Bound<'_, PyAny>,
    plan: &Bound<'_, PyAny>,
) -> Outcome<PreparedCall> {
    let call = session.0.clients().set_plan(self::client(client)?, self::plan(plan)?);
    Ok(prepared(call, nothing))
}

#[pyfunction]
#[pyo3(signature = (session, client, period, min_seconds))]
fn clients_usage(
    session: &NativeClient,
    client: &Bound<'_, PyAny>,
    period: Option<&Bound<'_, PyAny>>,
    min_seconds: Option<i64>,
) -> Outcome<PreparedCall> {
    let call = session.0.clients().usage(self::client(client)?, self::period(period)?, min_seconds);
    Ok(prepared(call, |usage| Output::Usage(Box::new(usage))))
}

#[pyfunction]
#[pyo3(signature = (session, client, period))]
fn clients_billing(
    session: &NativeClient,
    client: &Bound<'_, PyAny>,
    period: Option<&Bound<'_, PyAny>>,
) -> Outcome<PreparedCall> {
    let call = session.0.clients().billing(self::client(client)?, self::period(period)?);
    Ok(prepared(call, |billing| Output::Billing(Box::new(billing))))
}

#[pyfunction]
fn clients_find(session: &NativeClient, sname: &str) -> PreparedCall {
    prepared(session.0.clients().find(sname), |found| Output::Found(found.map(Box::new)))
}

#[pyfunction]
fn clients_get_or_create(session: &NativeClient, given: &Bound<'_, PyDict>) -> Outcome<PreparedCall> {
    let call = session.0.clients().get_or_create(fields(given)?);
    Ok(prepared(call, |(client, created)| Output::Created(Box::new(client), created)))
}

#[pyfunction]
#[pyo3(signature = (session, email, create_in, dest_url, multi_login))]
fn sso_grant_token(
    session: &NativeClient,
    email: &str,
    create_in: Option<&Bound<'_, PyAny>>,
    dest_url: Option<&str>,
    multi_login: bool,
) -> Outcome<PreparedCall> {
    let mut options = GrantToken::new().multi_login(multi_login);
    if let Some(create_in) = create_in {
        options = options.create_in(client(create_in)?);
    }
    if let Some(url) = dest_url {
        options = options.dest_url(url);
    }
    Ok(prepared(session.0.sso().grant_token(email, options), Output::Link))
}

#[pyfunction]
fn sso_login_options(session: &NativeClient, email: &str) -> PreparedCall {
    prepared(session.0.sso().login_options(email), Output::LoginOptions)
}

#[pyfunction]
#[pyo3(signature = (session, period))]
fn reseller_billing(session: &NativeClient, period: Option<&Bound<'_, PyAny>>) -> Outcome<PreparedCall> {
    let call = session.0.reseller().billing(self::period(period)?);
    Ok(prepared(call, |overview| Output::Overview(Box::new(overview))))
}

#[pyfunction]
#[pyo3(signature = (session, period))]
fn reseller_usage(session: &NativeClient, period: Option<&Bound<'_, PyAny>>) -> Outcome<PreparedCall> {
    Ok(prepared(session.0.reseller().usage(self::period(period)?), Output::History))
}

#[pyfunction]
fn reseller_plans(session: &NativeClient) -> PreparedCall {
    prepared(session.0.reseller().plans(), Output::Plans)
}

#[pyfunction]
#[pyo3(signature = (session, method, path, query, json))]
fn raw_request(
    session: &NativeClient,
    method: &str,
    path: &str,
    query: Option<&Bound<'_, PyAny>>,
    json: Option<&Bound<'_, PyAny>>,
) -> Outcome<PreparedCall> {
    let query = self::query(query)?;
    let query: Vec<(&str, &str)> =
        query.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let body = json.map(|value| self::json("json", value)).transpose()?;
    Ok(prepared(session.0.request(method, path, &query, body.as_ref()), Output::Body))
}

/// Adds the functions to the module.
pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(clients_list, module)?)?;
    module.add_function(wrap_pyfunction!(clients_create, module)?)?;
    module.add_function(wrap_pyfunction!(clients_get, module)?)?;
    module.add_function(wrap_pyfunction!(clients_update, module)?)?;
    module.add_function(wrap_pyfunction!(clients_delete, module)?)?;
    module.add_function(wrap_pyfunction!(clients_set_plan, module)?)?;
    module.add_function(wrap_pyfunction!(clients_usage, module)?)?;
    module.add_function(wrap_pyfunction!(clients_billing, module)?)?;
    module.add_function(wrap_pyfunction!(clients_find, module)?)?;
    module.add_function(wrap_pyfunction!(clients_get_or_create, module)?)?;
    module.add_function(wrap_pyfunction!(sso_grant_token, module)?)?;
    module.add_function(wrap_pyfunction!(sso_login_options, module)?)?;
    module.add_function(wrap_pyfunction!(reseller_billing, module)?)?;
    module.add_function(wrap_pyfunction!(reseller_usage, module)?)?;
    module.add_function(wrap_pyfunction!(reseller_plans, module)?)?;
    module.add_function(wrap_pyfunction!(raw_request, module)?)
}
