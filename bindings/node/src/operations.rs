//! One constructor an operation: converts the arguments, nothing else.

use crankwheel::GrantToken;
use napi_derive::napi;

use crate::arguments::{ClientArgument, PeriodInput, client_fields, period};
use crate::call::PreparedCall;
use crate::client::NativeClient;
use crate::list::NativeOverview;
use crate::output::Output;

/// What a login link is asked for with.
#[napi(object, object_to_js = false)]
pub struct GrantOptions {
    pub create_in: Option<ClientArgument>,
    pub dest_url: Option<String>,
    pub multi_login: Option<bool>,
}

/// One query parameter.
#[napi(object, object_to_js = false)]
pub struct QueryPair {
    pub name: String,
    pub value: String,
}

#[napi]
impl NativeClient {
    #[napi]
    pub fn clients_list(&self) -> PreparedCall {
        PreparedCall::new(Ok(self.cw.clients().list()), Output::list)
    }

    #[napi]
    pub fn clients_create(&self, fields: String) -> PreparedCall {
        let call = client_fields(&fields).map(|fields| self.cw.clients().create(fields));
        PreparedCall::new(call, Output::model)
    }

    #[napi]
    pub fn clients_get(&self, client: ClientArgument) -> PreparedCall {
        PreparedCall::new(Ok(self.cw.clients().get(client)), Output::model)
    }

    #[napi]
    pub fn clients_update(&self, client: ClientArgument, fields: String) -> PreparedCall {
        let call = client_fields(&fields).map(|fields| self.cw.clients().update(client, fields));
        PreparedCall::new(call, Output::nothing)
    }

    #[napi]
    pub fn clients_delete(&self, client: ClientArgument) -> PreparedCall {
        PreparedCall::new(Ok(self.cw.clients().delete(client)), Output::nothing)
    }

    #[napi]
    pub fn clients_set_plan(&self, client: ClientArgument, plan: String) -> PreparedCall {
        PreparedCall::new(Ok(self.cw.clients().set_plan(client, plan.as_str())), Output::nothing)
    }

    #[napi]
    pub fn clients_usage(
        &self,
        client: ClientArgument,
        period_input: PeriodInput,
        min_seconds: Option<i64>,
    ) -> PreparedCall {
        let call = period(period_input).map(|period| self.cw.clients().usage(client, period, min_seconds));
        PreparedCall::new(call, Output::model)
    }

    #[napi]
    pub fn clients_billing(&self, client: ClientArgument, period_input: PeriodInput) -> PreparedCall {
        let call = period(period_input).map(|period| self.cw.clients().billing(client, period));
        PreparedCall::new(call, Output::model)
    }

    #[napi]
    pub fn clients_find(&self, sname: String) -> PreparedCall {
        PreparedCall::new(Ok(self.cw.clients().find(&sname)), Output::perhaps)
    }

    #[napi]
    pub fn clients_get_or_create(&self, fields: String) -> PreparedCall {
        let call = client_fields(&fields).map(|fields| self.cw.clients().get_or_create(fields));
        PreparedCall::new(call, Output::created)
    }

    #[napi]
    pub fn sso_grant_token(&self, email: String, options: GrantOptions) -> PreparedCall {
        let mut grant = GrantToken::new().multi_login(options.multi_login == Some(true));
        if let Some(client) = options.create_in {
            grant = grant.create_in(client);
        }
        if let Some(url) = options.dest_url {
            grant = grant.dest_url(url);
        }
        PreparedCall::new(Ok(self.cw.sso().grant_token(&email, grant)), Output::link)
    }

    #[napi]
    pub fn sso_login_options(&self, email: String) -> PreparedCall {
        PreparedCall::new(Ok(self.cw.sso().login_options(&email)), Output::list)
    }

    #[napi]
    pub fn reseller_billing(&self, period_input: PeriodInput) -> PreparedCall {
        let call = period(period_input).map(|period| self.cw.reseller().billing(period));
        PreparedCall::new(call, |overview| Output::Overview(NativeOverview::new(overview)))
    }

    #[napi]
    pub fn reseller_usage(&self, period_input: PeriodInput) -> PreparedCall {
        let call = period(period_input).map(|period| self.cw.reseller().usage(period));
        PreparedCall::new(call, Output::history)
    }

    #[napi]
    pub fn reseller_plans(&self) -> PreparedCall {
        PreparedCall::new(Ok(self.cw.reseller().plans()), Output::list)
    }

    /// Any request; `json` is the body as JSON text. Its value is nothing: the answer itself is asked for.
    #[napi]
    pub fn request(
        &self,
        method: String,
        path: String,
        query: Vec<QueryPair>,
        json: Option<String>,
    ) -> PreparedCall {
        let query: Vec<(&str, &str)> =
            query.iter().map(|pair| (pair.name.as_str(), pair.value.as_str())).collect();
        let body: Result<Option<serde_json::Value>, _> =
            json.map(|text| serde_json::from_str(&text)).transpose();
        let call = body
            .map_err(|_| crankwheel::Error::invalid("json", "must be a value that JSON can hold"))
            .map(|body| self.cw.request(&method, &path, &query, body.as_ref()));
        PreparedCall::new(call, |_| Output::Nothing)
    }
}
