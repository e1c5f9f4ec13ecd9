//! Names in messages, as a binding for another language has them: this whole process speaks Node.
#![allow(clippy::unwrap_used, clippy::panic)]

use crankwheel::{ClientFields, CrankWheel, Error, GrantToken, Language, Options, set_language};
use serde_json::{Value, json};

const KEY: &str = "a-key-for-tests";

fn client() -> CrankWheel {
    set_language(Language::Node);
    CrankWheel::with(KEY, Options::new().base_url("http://127.0.0.1:1").max_retries(0)).unwrap()
}

fn create(fields: Value) -> Error {
    let Value::Object(fields) = fields else { panic!("not an object: {fields}") };
    // The client comes first: it says the language.
    let cw = client();
    let fields = ClientFields::from_map(fields).unwrap();
    cw.clients().create(fields).dry_run().unwrap_err()
}

#[test]
fn names_are_those_of_the_language_in_messages_and_in_errors() {
    let error =
        create(json!({"sname": "acmecorp", "currentPlan": "plan_1", "settings": {"audit_log": "yes"}}));
    assert_eq!(
        error.message(),
        "currentPlan: read-only; set the plan with `clients.setPlan`; \
         settings.auditLog: must be a boolean or null, got \"yes\""
    );
    let fields: Vec<&str> = error.errors().iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(fields, ["currentPlan", "settings.auditLog"]);

    let both = GrantToken::new().multi_login(true).create_in(5);
    let error = client().sso().grant_token("a@b.example", both).dry_run().unwrap_err();
    assert_eq!(error.message(), "multiLogin: must not be combined with `createIn`");

    let url = Options::new().base_url("http://api.example");
    let error = client().with_options(url).unwrap_err();
    assert!(error.message().starts_with("baseUrl: ") && error.message().contains("`allowInsecureHttp`"));
}

#[test]
fn fields_are_known_by_both_names() {
    let fields = json!({"sname": "acmecorp", "postSessionUrl": "a", "settings": {"auditLog": true}, "extra": {"newField": 1}});
    client();
    let fields = ClientFields::from_map(fields.as_object().unwrap().clone()).unwrap();
    let body = client().clients().create(fields).dry_run().unwrap().body.unwrap();
    assert_eq!(
        serde_json::from_str::<Value>(&body).unwrap(),
        json!({"sname": "acmecorp", "post_session_url": "a", "settings": {"audit_log": true}, "newField": 1})
    );
}

#[test]
fn what_the_caller_wrote_is_never_spelled() {
    let error = create(json!({
        "sname": "audit_log current_plan", "my_own_field": 1, "myField": 2, "settings": {"sms_template": "api_key"},
    }));
    let message = error.message();
    for shown in
        ["got \"audit_log current_plan\"", "my_own_field: unknown", "myField: unknown", "got \"api_key\""]
    {
        assert!(message.contains(shown), "{shown} is not in: {message}");
    }
    assert!(error.errors().iter().any(|(field, _)| field == "my_own_field"), "{error:?}");
}

#[test]
fn secrets_are_hidden_and_names_stay() {
    let error = create(json!({"sname": KEY, "settings": {"provisioning_provider": KEY}}));
    assert_eq!(
        error.message(),
        "sname: must be 7 to 32 lower-case letters and digits, got \"***\"; settings.provisioningProvider: must be one \
         of default, reseller, got \"***\"; pass a newer value in `extra`"
    );
    assert!(!format!("{:?}", error.errors()).contains(KEY));
}

#[tokio::test]
async fn explanations_of_an_unknown_outcome() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || while listener.accept().is_ok() {});
    let cw = client().with_options(Options::new().base_url(url)).unwrap();
    let plan = cw.clients().set_plan(5, "plan_1").await.unwrap_err();
    assert_eq!(plan.maybe_applied(), Some(true), "{plan}");
    assert!(plan.message().contains("compare `currentPlan`"), "{plan}");
    let created = cw.clients().create(ClientFields::new().sname("acmecorp")).await.unwrap_err();
    assert!(created.message().contains("`clients.find`, or use `clients.getOrCreate`"), "{created}");
}
