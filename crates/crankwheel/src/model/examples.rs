//! The examples in the documentation of the models, whose other documentation comes from the
//! contract.

/// Expands to the example of a model.
macro_rules! example {
    (Client) => {
        example!(
            r#"for client in cw.clients().list().await?.iter() {
    println!("{} {}", client.id, client.sname);
}"#
        )
    };
    (Settings) => {
        example!(
            r#"for client in cw.clients().list().await?.iter() {
    println!("{}: {:?}", client.sname, client.settings.audit_log);
}"#
        )
    };
    (Plan) => {
        example!(
            r#"for plan in cw.reseller().plans().await?.iter() {
    println!("{} {:?}", plan.api_name, plan.human_name);
}"#
        )
    };
    (ClientUsage) => {
        example!(
            r#"let client = cw.clients().list().await?.get(0).unwrap();
let usage = cw.clients().usage(&client, (), None).await?;
println!("{} meetings from {:?} to {:?}", usage.num_sessions, usage.start, usage.end);"#
        )
    };
    (ClientBilling) => {
        example!(
            r#"let client = cw.clients().list().await?.get(0).unwrap();
let bill = cw.clients().billing(&client, "2019-02").await?;
for (plan, total) in bill.plans_pro_rata.iter() {
    println!("{plan}: {:.3} units", total.units);
}"#
        )
    };
    (BillingPeriod) => {
        example!(
            r#"let client = cw.clients().list().await?.get(0).unwrap();
for period in cw.clients().billing(&client, "2019-02").await?.periods {
    println!("{:?} from {:?}", period.api_name, period.effective_from);
}"#
        )
    };
    (PlanProRata) => {
        example!(
            r#"let bill = cw.reseller().billing("2019-02").await?;
let units = bill.total_pro_rata.get("plan_1").map_or(0.0, |plan| plan.units);"#
        )
    };
    (BillingOverview) => {
        example!(
            r#"let bill = cw.reseller().billing("2019-02").await?;
for company in bill.per_company.iter() {
    println!("{:?}: {} plans", company.sname, company.plans_pro_rata.len());
}"#
        )
    };
    (LoginOption) => {
        example!(
            r#"for account in cw.sso().login_options("agent@acme.example").await?.iter() {
    println!("{} at {:?} as {:?}", account.email, account.lname, account.role);
}"#
        )
    };
    ($code:literal) => {
        concat!(
            "\n```\n",
            "# include!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/tests/support/doctest.rs\"));\n",
            "# #[tokio::main] async fn main() -> Result<(), crankwheel::Error> {\n",
            "# let (cw, _sandbox) = sandbox();\n",
            $code,
            "\n# Ok(()) }\n```"
        )
    };
}

pub(super) use example;
