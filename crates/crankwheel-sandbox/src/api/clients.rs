//! Clients: list, create, show, update, delete.

use std::collections::BTreeMap;

use http::StatusCode;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value, json};

use crate::response::Response;
use crate::state::{
    CLIENT_FIELDS, Client, FieldErrors, NO_PLAN, NO_PLAN_SESSIONS, SETTINGS_FIELDS, State, Values,
    check_client, check_settings, filter_regex, read_fields,
};

/// Short names of companies outside the reseller's account, so that tests can try this error, too.
const TAKEN_ELSEWHERE: [&str; 2] = ["crankwheel", "takenelsewhere"];

/// The form of a client, which differs slightly between responses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// In the list, which has `content_filter_*`.
    List,
    /// In the response to show and update, which have `black_list_*`.
    Single,
    /// In the response to create, which has `black_list_*` as well and no session limit yet.
    Created,
}

/// A client in a response.
struct ClientView<'a> {
    client: &'a Client,
    now: i64,
    form: Form,
}

impl Serialize for ClientView<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        let plan = self.client.plan_at(self.now);
        for field in CLIENT_FIELDS {
            let value = match field.name {
                "settings" => {
                    map.serialize_entry("settings", &SettingsView { client: self.client, form: self.form })?;
                    continue;
                }
                "current_plan" => json!(plan.map_or(NO_PLAN, |change| change.plan.as_str())),
                "session_limit" => match plan {
                    Some(change) => json!(change.session_limit),
                    None if self.form == Form::Created => Value::Null,
                    None => json!(NO_PLAN_SESSIONS),
                },
                "license_count" => json!(plan.map(|change| change.license_count)),
                "id" => json!(self.client.id),
                "demo_id" => json!(self.client.demo_id),
                _ => field.value(&self.client.fields),
            };
            map.serialize_entry(field.name, &value)?;
        }
        map.end()
    }
}

struct SettingsView<'a> {
    client: &'a Client,
    form: Form,
}

impl Serialize for SettingsView<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(SETTINGS_FIELDS.len()))?;
        for field in SETTINGS_FIELDS {
            let name = match (self.form, field.name) {
                (Form::Single | Form::Created, "content_filter_regex") => "black_list_regex",
                (Form::Single | Form::Created, "content_filter_pattern") => "black_list_pattern",
                (_, name) => name,
            };
            if field.name == "id" {
                map.serialize_entry(name, &self.client.settings_id)?;
            } else {
                map.serialize_entry(name, &field.value(&self.client.settings))?;
            }
        }
        map.end()
    }
}

fn not_found() -> Response {
    Response::detail(StatusCode::NOT_FOUND)
}

/// `GET /clients`: the newest first.
pub(crate) fn list(state: &State) -> Response {
    let now = state.now();
    let clients: Vec<ClientView<'_>> = state
        .clients
        .iter()
        .rev()
        .filter(|client| client.exists_at(now))
        .map(|client| ClientView { client, now, form: Form::List })
        .collect();
    Response::json(StatusCode::OK, &clients)
}

/// `GET /clients/{id}`
pub(crate) fn show(state: &State, id: i64) -> Result<Response, Response> {
    let client = state.client(id).ok_or_else(not_found)?;
    Ok(Response::json(StatusCode::OK, &ClientView { client, now: state.now(), form: Form::Single }))
}

/// `POST /clients`
pub(crate) fn create(state: &mut State, body: &Map<String, Value>) -> Result<Response, Response> {
    let mut errors = FieldErrors::default();
    let fields = read_fields(CLIENT_FIELDS, body, "", &mut errors);
    let sent = read_settings(body, &mut errors);
    check_client(&fields, &mut errors);
    check_settings(&sent, &sent, &mut errors);
    if !body.contains_key("sname") {
        errors.add("sname", "can't be blank");
    }
    refuse(errors)?;
    check_name_is_free(state, &fields, None)?;

    let mut settings = sent;
    derive_filter(&mut settings);
    let now = state.now();
    let client = Client {
        id: state.next_client_id(),
        created_at: now,
        deleted_at: None,
        fields,
        settings,
        settings_id: state.new_uuid(),
        demo_id: None,
        plan_changes: Vec::new(),
    };
    let response =
        Response::json(StatusCode::CREATED, &ClientView { client: &client, now, form: Form::Created });
    state.add_client(client);
    Ok(response)
}

/// `PATCH /clients/{id}`: missing fields keep their values.
pub(crate) fn update(state: &mut State, id: i64, body: &Map<String, Value>) -> Result<Response, Response> {
    let client = state.client(id).ok_or_else(not_found)?;
    let mut errors = FieldErrors::default();
    let sent = read_fields(CLIENT_FIELDS, body, "", &mut errors);
    let mut fields = client.fields.clone();
    fields.extend(sent.clone());
    check_client(&fields, &mut errors);

    let mut settings = client.settings.clone();
    if let Some(part) = body.get("settings") {
        match part.get("id") {
            None | Some(Value::Null) if part.is_object() => errors.add("settings.id", "can't be blank"),
            Some(Value::String(settings_id)) if *settings_id == client.settings_id => {}
            None => {}
            Some(_) => errors.add("settings.id", "does not match"),
        }
        let mut body = body.clone();
        if let Some(part) = body.get_mut("settings").and_then(Value::as_object_mut) {
            part.remove("id");
        }
        let sent = read_settings(&body, &mut errors);
        settings.extend(sent.clone());
        check_settings(&sent, &settings, &mut errors);
        derive_filter(&mut settings);
    }
    refuse(errors)?;
    check_name_is_free(state, &sent, Some(id))?;

    let now = state.now();
    if let Some(sname) = sent.get("sname").and_then(Value::as_str) {
        state.index_name(sname.to_owned(), id);
    }
    let client = state.client_mut(id).ok_or_else(not_found)?;
    client.fields = fields;
    client.settings = settings;
    Ok(Response::json(StatusCode::NO_CONTENT, &ClientView { client, now, form: Form::Single }))
}

/// `DELETE /clients/{id}`
pub(crate) fn delete(state: &mut State, id: i64) -> Result<Response, Response> {
    let now = state.now();
    let client = state.client_mut(id).ok_or_else(not_found)?;
    client.deleted_at = Some(now);
    Ok(Response::json(StatusCode::NO_CONTENT, &"Deleted successfully"))
}

/// Reads the settings in a body. The filter's pattern is accepted under both of its names.
fn read_settings(body: &Map<String, Value>, errors: &mut FieldErrors) -> Values {
    let settings = match body.get("settings") {
        None => return Values::new(),
        Some(Value::Object(settings)) => settings,
        Some(_) => {
            errors.add("settings", "is invalid");
            return Values::new();
        }
    };
    let mut renamed = settings.clone();
    for (older, newer) in
        [("black_list_pattern", "content_filter_pattern"), ("black_list_regex", "content_filter_regex")]
    {
        if let Some(value) = renamed.remove(older) {
            renamed.entry(newer).or_insert(value);
        }
    }
    read_fields(SETTINGS_FIELDS, &renamed, "settings.", errors)
}

/// Updates the filter's regular expression from its pattern.
fn derive_filter(settings: &mut Values) {
    let pattern = settings.get("content_filter_pattern").and_then(Value::as_str).unwrap_or_default();
    let regex = filter_regex(pattern).unwrap_or_default();
    settings.insert("content_filter_regex", Value::String(regex));
}

fn refuse(errors: FieldErrors) -> Result<(), Response> {
    if errors.is_empty() {
        return Ok(());
    }
    Err(Response::json(StatusCode::BAD_REQUEST, &BTreeMap::from([("errors", errors.messages)])))
}

/// Checks that no other company has the short name. The service checks this rule after all others.
fn check_name_is_free(state: &State, fields: &Values, own: Option<i64>) -> Result<(), Response> {
    let Some(sname) = fields.get("sname").and_then(Value::as_str) else { return Ok(()) };
    let errors = json!({ "sname": ["has already been taken"] });
    if TAKEN_ELSEWHERE.contains(&sname) {
        return Err(Response::json(StatusCode::CONFLICT, &json!({ "errors": errors })));
    }
    let now = state.now();
    let taken = state.clients_named(sname).find(|client| {
        // A client of the clock's future has its name already, since the clock may have been set
        // back.
        let gone = client.deleted_at.is_some_and(|deleted| deleted <= now);
        !gone && Some(client.id) != own && client.string("sname") == sname
    });
    match taken {
        Some(client) => {
            Err(Response::json(StatusCode::CONFLICT, &json!({ "id": client.id, "errors": errors })))
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::{CLIENT_FIELDS, SETTINGS_FIELDS};
    use crate::testing::{demo_state, expect};

    const CLIENTS: &str = "/ss/rsapi/clients";

    fn created(state: &mut State, body: Value) -> (i64, String, Value) {
        let client = expect(state, "POST", CLIENTS, Some(body), 201);
        let settings_id = client["settings"]["id"].as_str().unwrap().to_owned();
        (client["id"].as_i64().unwrap(), settings_id, client)
    }

    /// The API document's example of a created client, with the strings of this test.
    #[test]
    fn a_created_client_is_serialized_like_the_documents_example() {
        let mut state = demo_state(0);
        let response = crate::testing::send(
            &mut state,
            "POST",
            CLIENTS,
            Some(json!({
                "sname": "shortname78", "lname": "Long Name for Company",
                "settings": {
                    "provisioning_provider": "reseller", "provisioning_url": "https://longname.com/login",
                    "provisioning_displayname": "Long Name Sales Console",
                },
            })),
        );
        let settings_id = state.clients[0].settings_id.clone();
        let expected = concat!(
            r#"{"current_plan":"unset_or_custom","sname":"shortname78","smsname":null,"settings":{"window":true,"#,
            r#""tab":true,"stay_in_lobby":false,"sms_template":"","screen":true,"#,
            r#""provisioning_url":"https://longname.com/login","provisioning_provider":"reseller","#,
            r#""provisioning_displayname":"Long Name Sales Console","phone_conf_provider":"","#,
            r#""phone_conf_manual":false,"phone_conf_main_number":"","phone_conf_extra_numbers":"","#,
            r#""lobby_url":"","id":"SETTINGS","enable_remote_control":false,"email_invite_subject":"","#,
            r#""email_invite_body":"","dod_field_order_template":"","black_list_regex":"","#,
            r#""black_list_pattern":"","auto_accept_in_lobby":false,"audit_log":false,"#,
            r#""allow_edit_picture":true,"allow_edit_name":true,"allow_edit_headline":true,"#,
            r#""allow_changing_lobby_settings":true},"session_limit":null,"remove_cw_branding":false,"#,
            r#""post_session_url":null,"logo":null,"lname":"Long Name for Company","license_count":null,"#,
            r#""integrations_enabled":false,"id":27001,"host":"meeting.is","hl":"en","#,
            r#""hard_limit_starts":null,"geo":"eu1","first_exceeded_soft_limit":null,"demo_id":null,"#,
            r#""api_access_enabled":true}"#
        );
        let body = without_newer_fields(&response.body, expected);
        assert_eq!(body, expected.replace("SETTINGS", &settings_id));
        // The length of the API document's example, whose host and id are as long as these.
        assert_eq!(body.len(), 1_100);
    }

    /// A response without the fields that are newer than the document's example.
    fn without_newer_fields(body: &[u8], example: &str) -> String {
        let mut body = String::from_utf8_lossy(body).into_owned();
        for field in CLIENT_FIELDS.iter().chain(SETTINGS_FIELDS) {
            let member = format!("\"{}\":", field.name);
            if !example.contains(&member)
                && let Some(start) = body.find(&member)
                && let Some(length) = body[start..].find(',')
            {
                body.replace_range(start..=start + length, "");
            }
        }
        body
    }

    #[test]
    fn the_life_of_a_client() {
        let mut state = demo_state(0);
        let (id, settings_id, _) = created(&mut state, json!({ "sname": "acmecompany", "smsname": "Acme" }));
        let one = format!("{CLIENTS}/{id}");
        let shown = expect(&mut state, "GET", &one, None, 200);
        assert_eq!(shown["session_limit"], 25);
        assert_eq!(shown["settings"]["black_list_pattern"], "");
        let update = json!({
            "smsname": null, "geo": "us1", "something_new": 1,
            "settings": { "id": settings_id, "audit_log": true, "content_filter_pattern": "https://*.acme.is/*" },
        });
        let updated = expect(&mut state, "PATCH", &one, Some(update), 204);
        assert_eq!(updated["smsname"], Value::Null);
        assert_eq!(updated["geo"], "us1");
        assert_eq!(updated["sname"], "acmecompany");
        assert_eq!(updated["settings"]["audit_log"], true);
        let listed = expect(&mut state, "GET", CLIENTS, None, 200);
        assert_eq!(listed[0]["settings"]["content_filter_pattern"], "https://*.acme.is/*");
        assert_eq!(listed[0]["settings"]["content_filter_regex"], r"^https://.*\.acme\.is/.*$");
        assert!(listed[0]["settings"].get("black_list_pattern").is_none());
        assert_eq!(expect(&mut state, "DELETE", &one, None, 204), "Deleted successfully");
        for method in ["GET", "PATCH", "DELETE"] {
            let body = (method == "PATCH").then(|| json!({}));
            expect(&mut state, method, &one, body, 404);
        }
        assert_eq!(expect(&mut state, "GET", CLIENTS, None, 200), json!([]));
        created(&mut state, json!({ "sname": "acmecompany" }));
    }

    #[test]
    fn names_are_taken_once() {
        let mut state = demo_state(0);
        let (id, ..) = created(&mut state, json!({ "sname": "acmecompany" }));
        let again = expect(&mut state, "POST", CLIENTS, Some(json!({ "sname": "acmecompany" })), 409);
        assert_eq!(again, json!({ "id": id, "errors": { "sname": ["has already been taken"] } }));
        let elsewhere = expect(&mut state, "POST", CLIENTS, Some(json!({ "sname": "takenelsewhere" })), 409);
        assert_eq!(elsewhere, json!({ "errors": { "sname": ["has already been taken"] } }));
        let both = json!({ "sname": "acmecompany", "geo": "mars" });
        expect(&mut state, "POST", CLIENTS, Some(both), 400);
        let (other, ..) = created(&mut state, json!({ "sname": "othercompany" }));
        let path = format!("{CLIENTS}/{other}");
        let renamed = expect(&mut state, "PATCH", &path, Some(json!({ "sname": "acmecompany" })), 409);
        assert_eq!(renamed["id"], id);
        expect(&mut state, "PATCH", &path, Some(json!({ "sname": "othercompany" })), 204);
    }

    #[test]
    fn refusals_name_the_field() {
        let mut state = demo_state(0);
        let (id, settings_id, _) = created(&mut state, json!({ "sname": "acmecompany" }));
        let long = expect(&mut state, "POST", CLIENTS, Some(json!({ "sname": "x".repeat(33) })), 400);
        assert_eq!(long, json!({ "errors": { "sname": ["should be at most 32 character(s)"] } }));
        let one = format!("{CLIENTS}/{id}");
        let cases = [
            ("POST", CLIENTS, json!({}), "sname"),
            ("POST", CLIENTS, json!({ "sname": "acmetwo", "settings": { "id": "x" } }), "settings.id"),
            ("POST", CLIENTS, json!({ "sname": "acmetwo", "settings": null }), "settings"),
            ("PATCH", &one, json!({ "settings": { "audit_log": true } }), "settings.id"),
            ("PATCH", &one, json!({ "settings": { "id": "wrong" } }), "settings.id"),
            ("PATCH", &one, json!({ "settings": [] }), "settings"),
            ("PATCH", &one, json!({ "session_limit": 5 }), "session_limit"),
            (
                "PATCH",
                &one,
                json!({ "settings": { "id": settings_id, "sms_template": "x" } }),
                "settings.sms_template",
            ),
            (
                "PATCH",
                &one,
                json!({ "settings": { "id": settings_id, "black_list_regex": "x" } }),
                "settings.content_filter_regex",
            ),
            (
                "PATCH",
                &one,
                json!({ "first_exceeded_soft_limit": "2019-03-03 15:08:10.0Z" }),
                "hard_limit_starts",
            ),
        ];
        for (method, path, body, field) in cases {
            let response = expect(&mut state, method, path, Some(body.clone()), 400);
            let fields: Vec<&String> = response["errors"].as_object().unwrap().keys().collect();
            assert_eq!(fields, [field], "{body}");
        }
        assert_eq!(state.clients.len(), 1);
    }
}
