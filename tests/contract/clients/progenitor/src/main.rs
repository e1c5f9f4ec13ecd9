//! The scenario of `plain_http.py` with the client that progenitor makes for Rust.

use std::env;
use std::error::Error;

use generated::Client;
use generated::types::{Cluster, CreateClient, ErrorBody, Host, Language, ProvisioningProvider};
use generated::types::{SettingsFields, UpdateClient, UpdateSettings};
use progenitor_client::Error as CallError;
use reqwest::header::{AUTHORIZATION, HeaderMap};
use serde_json::{Map, Value, json};

mod generated {
    #![allow(dead_code, reason = "not everything in it is used here")]
    include!(concat!(env!("OUT_DIR"), "/generated.rs"));
}

fn refusal<T>(result: Result<T, CallError<ErrorBody>>) -> Result<Value, Box<dyn Error>> {
    match result {
        Err(CallError::ErrorResponse(response)) => {
            let status = response.status().as_u16();
            let mut found = serde_json::to_value(response.into_inner())?;
            found["status"] = status.into();
            Ok(found)
        }
        Err(other) => Err(other.into()),
        Ok(_) => Err("the call did not fail".into()),
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut headers = HeaderMap::new();
    headers.insert(AUTHORIZATION, format!("Basic {}", env::var("CRANKWHEEL_API_KEY")?).parse()?);
    let http = reqwest::Client::builder().default_headers(headers).build()?;
    let api = Client::new_with_client(&env::var("CRANKWHEEL_BASE_URL")?, http);
    let (start, end) = ("2019-02-01T00:00:00Z", "2019-02-28T23:59:59.999999Z");
    let mut result = Map::new();
    let mut keep = |name: &str, value: Value| result.insert(name.to_owned(), value);

    let plans = api.reseller_plans().await?.into_inner();
    keep("reseller_plans", json!(plans));
    let listed = api.clients_list().await?.into_inner();
    keep("clients_list", json!(listed));
    let oldest = listed.last().ok_or("no clients")?.id;
    let fresh = CreateClient {
        sname: "generated1".parse()?,
        lname: Some("Generated & Company".to_owned()),
        smsname: Some("Gen1".parse()?),
        host: Some(Host::SynaIs),
        hl: Some(Language::Is),
        geo: Some(Cluster::Us1),
        logo: None,
        post_session_url: None,
        remove_cw_branding: Some(true),
        api_access_enabled: None,
        integrations_enabled: None,
        first_exceeded_soft_limit: Some("2019-03-03 15:08:10.0Z".parse()?),
        hard_limit_starts: Some("2019-03-31 00:00:00.0Z".parse()?),
        settings: Some(SettingsFields {
            provisioning_provider: Some(ProvisioningProvider::Reseller),
            audit_log: Some(true),
            sms_template: Some("Join us: {{link}}".parse()?),
            content_filter_pattern: Some("https://*.example.com/*".parse()?),
            ..SettingsFields::default()
        }),
    };
    let created = api.clients_create(&fresh).await?.into_inner();
    keep("clients_create", json!(created));
    let id = created.id;
    // A struct with a required member has no default, so it is read from the JSON to send.
    let settings = json!({"id": created.settings.id, "enable_remote_control": true});
    let settings: UpdateSettings = serde_json::from_value(settings)?;
    let changes = UpdateClient {
        lname: Some("Renamed".to_owned()),
        settings: Some(settings),
        ..UpdateClient::default()
    };
    api.clients_update(id, &changes).await?;
    keep("clients_get", json!(api.clients_get(id).await?.into_inner()));
    api.clients_set_plan(id, &plans.get(1).ok_or("no second plan")?.api_name.parse()?).await?;
    keep("clients_get_with_plan", json!(api.clients_get(id).await?.into_inner()));
    let email = "anna@generated.example";
    let target = "/ss/account/status".parse()?;
    let link = api.sso_grant_token(&email.parse()?, Some(id), Some(&target), None).await?;
    keep("sso_grant_token", json!(link.into_inner()));
    keep("sso_login_options", json!(api.sso_login_options(&email.parse()?).await?.into_inner()));
    let usage = api.clients_usage(oldest, Some(&end.parse()?), Some(60), Some(&start.parse()?)).await?;
    keep("clients_usage", json!(usage.into_inner()));
    let bill = api.clients_billing(oldest, &end.parse()?, &start.parse()?).await?;
    keep("clients_billing", json!(bill.into_inner()));
    let overview = api.reseller_billing(Some(&end.parse()?), Some(&start.parse()?)).await?;
    keep("reseller_billing", json!(overview.into_inner()));
    let history = api.reseller_usage(Some(&start.parse()?), Some(&end.parse()?)).await?;
    keep("reseller_usage", json!(history.into_inner()));
    let taken = serde_json::from_value(json!({"sname": "generated1"}))?;
    keep("conflict", refusal(api.clients_create(&taken).await)?);
    api.clients_delete(id).await?;
    keep("not_found", refusal(api.clients_get(id).await)?);
    println!("{}", Value::Object(result));
    Ok(())
}
