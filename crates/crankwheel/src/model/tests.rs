//! Models are read tolerantly, and return their raw JSON.

use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::*;
use crate::json::testing::any_json;

fn client(json: Json) -> Client {
    Client::from_json(&json.to_string()).unwrap()
}

#[test]
fn everything_but_the_id_may_be_missing_or_null() {
    let bare = client(json!({"id": 7}));
    assert_eq!((bare.id, &*bare.sname, &bare.lname), (7, "", &None));
    assert_eq!(bare.settings.audit_log, None);
    let fields = Client::FIELDS.iter().filter(|field| field.name != "id");
    let nulls: serde_json::Map<_, _> = fields.map(|field| (field.name.to_owned(), Json::Null)).collect();
    let mut nulls = Json::Object(nulls);
    nulls["id"] = "7".into();
    assert_eq!(client(nulls.clone()), bare);
    assert_eq!(client(nulls.clone()).to_json(), nulls);
}

#[test]
fn a_value_of_a_wrong_type_is_none_and_stays_in_the_json() {
    let odd = json!({
        "id": 7, "sname": "137742285", "lname": 5, "remove_cw_branding": "yes", "session_limit": [1], "hard_limit_starts": "soon",
        "brand_new": {"a": 1.0}, "settings": {"id": "s", "audit_log": {"level": 3}, "newer": true}
    });
    let read = client(odd.clone());
    assert_eq!(read.to_json(), odd);
    assert_eq!(&*read.sname, "137742285");
    assert_eq!((read.lname.as_deref(), read.remove_cw_branding, read.session_limit), (None, None, None));
    assert_eq!((read.hard_limit_starts, read.settings.audit_log), (None, None));
    assert_eq!(Json::Object(read.extra()), json!({"brand_new": {"a": 1.0}}));
    assert_eq!(Json::Object(read.settings.extra()), json!({"newer": true}));
    assert_eq!(read.settings.to_json(), odd["settings"]);
    let list = client(json!({"id": 7, "settings": ["new"]}));
    assert_eq!((&*list.settings.id, list.to_json()["settings"].clone()), ("", json!(["new"])));
}

#[test]
fn the_content_filter_is_read_by_both_names() {
    let old =
        client(json!({"id": 1, "settings": {"black_list_pattern": "*://a/*", "black_list_regex": "a"}}));
    let new = client(
        json!({"id": 1, "settings": {"content_filter_pattern": "*://a/*", "content_filter_regex": "a"}}),
    );
    assert_eq!(old, new);
    let both =
        client(json!({"id": 1, "settings": {"black_list_pattern": "old", "content_filter_pattern": "new"}}));
    assert_eq!(both.settings.content_filter_pattern.as_deref(), Some("new"));
    let null =
        client(json!({"id": 1, "settings": {"black_list_pattern": "old", "content_filter_pattern": null}}));
    assert_eq!(null.settings.content_filter_pattern.as_deref(), Some("old"));
}

#[test]
fn a_wrong_billing_number_is_an_error_with_its_place() {
    let wrong = json!({
        "starting": null, "ending": null, "total_pro_rata": {},
        "per_company": [{
            "company_id": "5", "total_period_seconds": 10, "plans_pro_rata": {"any plan": {"units": 1}},
            "periods": [{"effective_seconds": "10", "pro_rata": 1}]
        }]
    });
    let error = BillingOverview::from_json(&wrong.to_string()).unwrap_err();
    assert!(error.message().contains("$.per_company[0].periods[0].effective_seconds"), "{error}");
    let error = ClientBilling::from_json(r#"{"company_id": 5}"#).unwrap_err();
    assert!(error.message().contains("$.total_period_seconds"), "{error}");
}

#[test]
fn empty_fields_are_absent_null_or_of_a_wrong_type() {
    struct EmptyFields(Vec<(&'static str, &'static str)>);
    impl Visit for EmptyFields {
        fn field(&mut self, field: &'static Field, value: FieldValue<'_>) {
            let why = match value {
                FieldValue::Absent => "absent",
                FieldValue::Null => "null",
                FieldValue::WrongType => "wrong type",
                _ => return,
            };
            self.0.push((field.name, why));
        }
    }
    let mut empty = EmptyFields(Vec::new());
    Plan::from_json(r#"{"api_name": "p", "human_name": null, "session_limit": "many"}"#)
        .unwrap()
        .visit(&mut empty);
    assert_eq!(
        empty.0,
        [("human_name", "null"), ("session_limit", "wrong type"), ("license_count", "absent")]
    );
}

#[test]
fn a_value_that_rust_cannot_represent_does_not_affect_others() {
    let text = r#"{"id": 7, "new": [1e999, "\ud800"], "lname": "half \udc00", "old": {"x": 1}}"#;
    let read = Client::from_json(text).unwrap();
    assert_eq!((read.lname.as_deref(), read.json()), (None, text));
    let expected =
        json!({"id": 7, "new": ["1e999", r#""\ud800""#], "lname": r#""half \udc00""#, "old": {"x": 1}});
    assert_eq!(read.to_json(), expected);
}

#[test]
fn a_name_with_half_a_surrogate_pair_does_not_affect_others() {
    let client = r#"{"id": 7, "\ud800": 1, "a \udfff\u00e9": {"\ud800": [2]}, "settings": {"id": "s", "\ud801": true}}"#;
    let read = Client::from_json(client).unwrap();
    assert_eq!((read.id, &*read.settings.id, read.json()), (7, "s", client));
    let extra = json!({r"\ud800": 1, "a \\udfffé": {r"\ud800": [2]}});
    assert_eq!(Json::Object(read.extra()), extra);
    assert_eq!(Json::Object(read.settings.extra()), json!({r"\ud801": true}));
    assert_eq!(read.settings.extra_json().unwrap(), r#"{"\ud801":true}"#);
    assert_eq!(read.extra_json().unwrap(), r#"{"\ud800":1,"a \udfff\u00e9":{"\ud800": [2]}}"#);
    assert_eq!(Client::from_json(read.json()).unwrap(), read);

    let list = format!("[{client}, {{\"id\": 8}}]");
    let clients = List::<Client>::from_json(&list).unwrap();
    assert_eq!((clients.len(), clients.get(0).unwrap()), (2, read));
    let plans = List::<Plan>::from_json(r#"[{"api_name": "half \ud800"}, {"api_name": "b"}]"#).unwrap();
    assert_eq!(&*plans.get(0).unwrap().api_name, r"half \ud800");
    let bill = r#"{"company_id": 5, "total_period_seconds": 1, "periods": [],
        "plans_pro_rata": {"\ud800": {"units": 1}, "\ud801": {"units": 2}}}"#;
    let bill = ClientBilling::from_json(bill).unwrap();
    assert_eq!(bill.plans_pro_rata.get(r"\ud801").unwrap().units, 2.0);
}

#[test]
fn bodies_are_read_as_other_clients_read_them() {
    for (text, id) in [
        ("\u{feff}{\"id\": 7}", 7),
        ("\u{feff} \r\n\t{\"id\": 7}\n", 7),
        (r#"{"id": 6, "id": 7}"#, 7),
        (r#"{"\u0069d": 7}"#, 7),
        (r#"{"id": 7, "x": 1E5, "y": -0, "z": 1e999, "long": 123456789012345678901234567890}"#, 7),
        ("{\"id\": 7, \"x\": \"\u{2028}\u{7f}\"}", 7),
    ] {
        assert_eq!(Client::from_json(text).unwrap().id, id, "{text:?}");
    }
    // `JSON.parse` refuses these, too.
    for wrong in [
        "\u{feff}",
        "\u{feff}\u{feff}{\"id\": 7}",
        " \u{feff}{\"id\": 7}",
        "{\"id\": 7}\u{feff}",
        "{\"id\": 7}\0",
        "{\"id\": 7, \"x\": NaN}",
        "{\"id\": 7, \"x\": -Infinity}",
        "{\"id\": 7, \"x\": 01}",
        "{\"id\": 7, \"x\": +1}",
        "{\"id\": 7, \"x\": .5}",
        "{\"id\": 7,}",
        "{'id': 7}",
        "{\"id\": 7} // comment",
        "{\"id\": 7, \"x\": \"line\nbreak\"}",
        "\u{a0}{\"id\": 7}",
    ] {
        assert!(Client::from_json(wrong).is_err(), "{wrong:?}");
    }
}

#[test]
fn deep_nesting_is_refused() {
    let nested =
        |levels: usize| format!(r#"{{"id": 1, "new": {}{}}}"#, "[".repeat(levels), "]".repeat(levels));
    let deep = Client::from_json(&nested(99)).unwrap();
    assert_eq!(deep.to_json()["id"], 1);
    assert!(Client::from_json(&nested(100)).unwrap_err().message().contains("levels"));
    assert!(Client::from_json(&nested(1_000_000)).is_err());
    assert!(Client::from_json(&format!(r#"{{"id": 1, "new": "\\\"{}"}}"#, "[".repeat(200))).is_ok());
}

#[test]
fn lists_create_rows_lazily() {
    let text = r#" [ {"api_name":"a"} , {"api_name":"b","x":1} ] "#;
    let plans = List::<Plan>::from_json(text).unwrap();
    assert_eq!(plans.len(), 2);
    assert_eq!(&*plans.get(1).unwrap().api_name, "b");
    assert_eq!(plans.row_json(1), Some(r#"{"api_name":"b","x":1}"#));
    assert!(plans.get(2).is_none());
    assert_eq!(plans.to_json(), serde_json::from_str::<Json>(text).unwrap());
    assert!(
        List::<Plan>::from_json(r#"[{"api_name":"a"},{}]"#).unwrap_err().message().contains("$[1].api_name")
    );
    assert!(List::<Plan>::from_json(r#"{"api_name":"a"}"#).is_err());
}

#[test]
fn rows_are_found_by_their_keys() {
    let text = r#"[
        {"id": "7", "sname": "acme", "settings": {"id": "1"}}, {"id": 8, "sname": "137742285", "settings": {"id": "2"}},
        {"id": 9, "sname": "acme", "settings": {"id": "3"}}, {"id": 7, "sname": "caf\u00e9", "settings": {"id": "4"}},
        {"id": 9007199254740993, "sname": "", "settings": {"id": "5"}}]"#;
    let clients = List::<Client>::from_json(text).unwrap();
    let by_id = |id| clients.by_id(id).map(|client| client.settings.id.into_string());
    // Of rows with the same key the first is found.
    assert_eq!([7, 8, 9, 9007199254740993].map(by_id).map(Option::unwrap), ["1", "2", "3", "5"]);
    assert_eq!([0, -7, i64::MIN, i64::MAX].map(by_id), [const { None }; 4]);
    let by_sname = |sname| clients.by_sname(sname).map(|client| client.id);
    assert_eq!(
        ["acme", "137742285", "café", ""].map(by_sname),
        [Some(7), Some(8), Some(7), Some(9007199254740993)]
    );
    assert_eq!(["ACME", "acme ", "8", "null"].map(by_sname), [None; 4]);
    assert_eq!(List::<Client>::default().by_id(7), None);

    let plans =
        List::<Plan>::from_json(r#"[{"api_name": "plan_1"}, {"api_name": "plan_1", "human_name": "x"}]"#);
    assert_eq!(plans.unwrap().by_api_name("plan_1").unwrap().human_name, None);
}

fn any_fields(fields: &'static [Field]) -> impl Strategy<Value = Json> {
    let names: Vec<&str> =
        fields.iter().map(|field| field.name).chain(["unknown", "black_list_regex"]).collect();
    prop::collection::btree_map(prop::sample::select(names), any_json(), 0..12)
        .prop_map(|map| Json::Object(map.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()))
}

proptest! {
    #[test]
    fn any_client_with_an_id_is_read_and_returns_its_json(mut json in any_fields(Client::FIELDS), settings in any_fields(Settings::FIELDS), id in 0..i64::MAX) {
        json["id"] = id.into();
        json["settings"] = settings;
        let read = Client::from_json(&json.to_string()).unwrap();
        prop_assert_eq!(read.id, id);
        prop_assert_eq!(read.to_json(), json);
        prop_assert!(read == Client::from_json(read.json()).unwrap());
    }

    #[test]
    fn reading_any_string_does_not_panic(text in "\\PC{0,64}") {
        let _ = Client::from_json(&text);
        let _ = BillingOverview::from_json(&text);
        let _ = List::<LoginOption>::from_json(&text);
    }

    #[test]
    fn reading_any_json_does_not_panic(json in any_json(), rows in prop::collection::vec(any_json(), 0..4)) {
        let _ = Client::from_json(&json.to_string());
        let wrapped = json!({"per_company": rows, "total_pro_rata": json});
        let _ = BillingOverview::from_json(&wrapped.to_string());
    }
}
