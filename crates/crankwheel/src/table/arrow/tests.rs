//! Tests of the tables.

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int32Type, Int64Type, TimestampMicrosecondType};
use arrow_array::{Array, RecordBatch, StringArray};
use arrow_ipc::reader::StreamReader;
use arrow_schema::DataType;
use proptest::prelude::*;
use serde_json::json;

use super::{ArrowTable, BATCH_ROWS, ToArrow};
use crate::model::{BillingOverview, Client, ClientBilling, List, LoginOption, Model, Plan};
use crate::table::{Session, UsageHistory};

fn columns(table: &ArrowTable) -> Vec<String> {
    let fields = table.schema();
    let null = |nullable| if nullable { "?" } else { "" };
    fields
        .fields()
        .iter()
        .map(|it| format!("{}: {}{}", it.name(), it.data_type(), null(it.is_nullable())))
        .collect()
}

fn history(text: &str) -> UsageHistory {
    UsageHistory::from_json(text).unwrap()
}

#[test]
fn the_schema_of_a_table_without_rows_is_exact() {
    let text = "Dictionary(Int32, Utf8)";
    let time = "Timestamp(µs, \"UTC\")";
    let sessions = [
        format!("email: {text}?"),
        format!("sname: {text}?"),
        format!("lname: {text}?"),
        format!("start_date: {time}?"),
        format!("end_date: {time}?"),
        "duration: Int64?".into(),
        "max_viewer_count: Int64?".into(),
        "client_id: Int64?".into(),
    ];
    let empty = history(r#"{"sessions": []}"#);
    assert_eq!(columns(&empty.to_arrow().unwrap()), sessions);
    assert_eq!(columns(&empty.sessions().to_arrow().unwrap()), sessions);
    let users = [
        format!("email: {text}"),
        format!("sname: {text}?"),
        format!("lname: {text}?"),
        "total_sec: Int64".into(),
        "total_count: Int64".into(),
        "client_id: Int64?".into(),
    ];
    assert_eq!(columns(&empty.stats().to_arrow().unwrap()), users);
    let overview = BillingOverview::from_json(r#"{"per_company": [], "total_pro_rata": {}}"#).unwrap();
    let bills = [
        "company_id: Int64".into(),
        "sname: Utf8?".into(),
        "lname: Utf8?".into(),
        format!("starting: {time}?"),
        format!("ending: {time}?"),
        "total_period_seconds: Int64".into(),
        "api_name: Utf8?".into(),
        "human_name: Utf8?".into(),
        "set_by: Utf8?".into(),
        format!("set_at: {time}?"),
        format!("effective_from: {time}?"),
        format!("effective_to: {time}?"),
        "effective_seconds: Int64".into(),
        "pro_rata: Float64".into(),
    ];
    assert_eq!(columns(&overview.to_arrow().unwrap()), bills);
    let periods = overview.per_company.get(0).map(|bill| bill.periods).unwrap_or_default();
    assert_eq!(columns(&periods.as_slice().to_arrow().unwrap()), bills[6..]);
    let options = List::<LoginOption>::from_json("[]").unwrap().to_arrow().unwrap();
    assert_eq!(
        columns(&options),
        ["email: Utf8", "client_id: Int64", "sname: Utf8?", "lname: Utf8?", "role: Utf8?"]
    );
    assert!(options.batches().is_empty());
}

#[test]
fn a_client_has_its_fields_and_those_of_its_settings_as_columns() {
    let row = json!({"id": 7, "sname": "acmecorp", "remove_cw_branding": true, "session_limit": 9,
        "hard_limit_starts": "2019-03-03 15:08:10.0Z", "new": 1,
        "settings": {"id": "5", "audit_log": false, "black_list_pattern": "*", "newer": null}});
    let clients =
        List::<Client>::from_json(&json!([row, {"id": 8, "sname": "second1"}]).to_string()).unwrap();
    let table = clients.to_arrow().unwrap();
    let names: Vec<String> = columns(&table);
    let fields = Client::FIELDS.iter().filter(|field| field.name != "settings").map(|field| field.name);
    let settings = crate::Settings::FIELDS.iter().map(|field| format!("settings.{}", field.name));
    let expected: Vec<String> =
        fields.map(str::to_owned).chain(settings).chain(["extra".into(), "settings.extra".into()]).collect();
    let found: Vec<String> =
        names.iter().map(|name| name.split(':').next().unwrap_or_default().to_owned()).collect();
    assert_eq!(found, expected);
    let [batch] = table.batches() else { panic!("one batch") };
    let column = |name: &str| batch.column_by_name(name).unwrap();
    assert_eq!(column("id").as_primitive::<Int64Type>().values(), &[7, 8]);
    assert!(column("remove_cw_branding").as_boolean().value(0));
    assert!(!column("settings.audit_log").as_boolean().value(0));
    assert!(column("settings.audit_log").is_null(1));
    assert_eq!(column("settings.content_filter_pattern").as_string::<i32>().value(0), "*");
    assert_eq!(column("settings.id").as_string::<i32>().value(1), "");
    let limit = clients.get(0).unwrap().hard_limit_starts.unwrap().as_microsecond();
    assert_eq!(column("hard_limit_starts").as_primitive::<TimestampMicrosecondType>().value(0), limit);
    assert_eq!(column("extra").as_string::<i32>().value(0), r#"{"new":1}"#);
    assert_eq!(column("settings.extra").as_string::<i32>().value(0), r#"{"newer":null}"#);
    assert_eq!((column("extra").null_count(), column("settings.extra").null_count()), (1, 1));
}

#[test]
fn a_bill_has_a_row_for_each_sub_period() {
    let period =
        |name: &str, pro_rata: i32| json!({"api_name": name, "effective_seconds": 3, "pro_rata": pro_rata});
    let bill = |id: i64, periods: serde_json::Value| {
        json!({"company_id": id, "sname": format!("company{id}"), "total_period_seconds": 9,
            "plans_pro_rata": {}, "periods": periods})
    };
    let companies = json!([
        bill(1, json!([period("a", 1), period("b", 0)])),
        bill(2, json!([])),
        bill(3, json!([period("c", 1)]))
    ]);
    let overview = json!({"per_company": companies, "total_pro_rata": {}});
    let overview = BillingOverview::from_json(&overview.to_string()).unwrap();
    let table = overview.to_arrow().unwrap();
    let [batch] = table.batches() else { panic!("one batch") };
    let column = |name: &str| batch.column_by_name(name).unwrap();
    assert_eq!(column("company_id").as_primitive::<Int64Type>().values(), &[1, 1, 3]);
    // They are written as integers.
    assert_eq!(column("pro_rata").as_primitive::<Float64Type>().values(), &[1.0, 0.0, 1.0]);
    let names: Vec<_> = column("api_name").as_string::<i32>().iter().flatten().collect();
    assert_eq!(names, ["a", "b", "c"]);
    let one: ClientBilling = overview.per_company.get(0).unwrap();
    assert_eq!(one.to_arrow().unwrap().batches()[0], batch.slice(0, 2));
    assert_eq!(overview.per_company.to_arrow().unwrap().batches(), std::slice::from_ref(batch));
}

#[test]
fn a_huge_history_has_several_batches_that_share_its_memory() {
    let rows = 2 * BATCH_ROWS + 5;
    let row = r#"{"email":"a@b.example","duration":3},"#;
    let text = format!("{{\"sessions\":[{}{{}}]}}", row.repeat(rows - 1));
    let history = history(&text);
    let table = history.to_arrow().unwrap();
    let lengths: Vec<_> = table.batches().iter().map(RecordBatch::num_rows).collect();
    assert_eq!(lengths, [BATCH_ROWS, BATCH_ROWS, 5]);
    let addresses = table.batches().iter().map(|batch| {
        batch.column_by_name("duration").unwrap().as_primitive::<Int64Type>().values().as_ptr() as usize
    });
    let start = history.sessions().duration().as_ptr() as usize;
    assert_eq!(addresses.collect::<Vec<_>>(), [0, 1, 2].map(|batch| start + batch * BATCH_ROWS * 8));
    let last = table.batches().last().unwrap();
    assert_eq!(last.column(0).null_count(), 1);
    let memory: usize = table.batches().iter().map(|batch| batch.column(1).null_count()).sum();
    assert_eq!(memory, rows);
    // The history may go first.
    drop(history);
    let emails = last.column(0).as_dictionary::<Int32Type>();
    let emails: Vec<_> = emails.downcast_dict::<StringArray>().unwrap().into_iter().collect();
    assert_eq!((emails[3], emails[4]), (Some("a@b.example"), None));
    let ipc = table.to_ipc().unwrap();
    let read: Vec<_> = StreamReader::try_new(&*ipc, None).unwrap().map(Result::unwrap).collect();
    assert_eq!(read, table.batches());
}

/// The strings, the numbers and the unknown members of a session.
type Row = (Vec<Option<String>>, Vec<Option<i64>>, Option<String>);

/// Returns the sessions of a table as rows.
fn rows(table: &ArrowTable) -> Vec<Row> {
    let mut rows = Vec::new();
    for batch in table.batches() {
        let text = |column: usize, row: usize| {
            let column = batch.column(column).as_dictionary::<Int32Type>();
            let column = column.downcast_dict::<StringArray>().unwrap();
            column.into_iter().nth(row).unwrap().map(str::to_owned)
        };
        let number = |column: usize, row: usize| {
            let column = batch.column(column);
            let values = match column.data_type() {
                DataType::Int64 => column.as_primitive::<Int64Type>().values(),
                _ => column.as_primitive::<TimestampMicrosecondType>().values(),
            };
            column.is_valid(row).then(|| values[row])
        };
        for row in 0..batch.num_rows() {
            let extra = batch.column_by_name("extra").map(|it| it.as_string::<i32>());
            let extra = extra.filter(|it| it.is_valid(row)).map(|it| it.value(row).to_owned());
            let texts = (0..3).map(|column| text(column, row)).collect();
            rows.push((texts, (3..8).map(|column| number(column, row)).collect(), extra));
        }
    }
    rows
}

fn expected(history: &UsageHistory) -> Vec<Row> {
    let row = |(row, session): (usize, Session<'_>)| {
        let micros = |time: Option<jiff::Timestamp>| time.map(|time| time.as_microsecond());
        let texts = [session.email, session.sname, session.lname].map(|text| text.map(str::to_owned));
        let numbers = [
            micros(session.start_date),
            micros(session.end_date),
            session.duration,
            session.max_viewer_count,
            session.client_id,
        ];
        (texts.to_vec(), numbers.to_vec(), history.sessions().extra_json(row))
    };
    history.sessions().iter().enumerate().map(row).collect()
}

fn session() -> impl Strategy<Value = serde_json::Value> {
    let text = prop_oneof![
        Just(json!(null)),
        "[a-c]{0,2}".prop_map(|text| json!(text)),
        "\\PC{0,9}".prop_map(|text| json!(text))
    ];
    let time = prop_oneof![
        Just(json!(null)),
        (-9_999_999_999_i64..9_999_999_999)
            .prop_map(|seconds| { json!(jiff::Timestamp::from_second(seconds).unwrap().to_string()) })
    ];
    let number = prop_oneof![
        Just(json!(null)),
        any::<i64>().prop_filter("the value for null", |it| *it != i64::MIN).prop_map(|it| json!(it))
    ];
    let all = (text.clone(), text, time, number.clone(), number, any::<[bool; 6]>());
    all.prop_map(|(email, sname, start, duration, viewers, present)| {
        let members = [
            ("email", email),
            ("sname", sname),
            ("start_date", start),
            ("duration", duration),
            ("viewer_info", json!({"max_viewer_count": viewers})),
            ("brand_new", json!([1])),
        ];
        let members = members.into_iter().zip(present).filter(|(_, present)| *present);
        members.map(|((name, value), _)| (name.to_owned(), value)).collect::<serde_json::Map<_, _>>().into()
    })
}

proptest! {
    #[test]
    fn the_rows_of_a_table_are_the_sessions(sessions in prop::collection::vec(session(), 0..20)) {
        let history = history(&json!({"sessions": sessions}).to_string());
        let clients = [("a".into(), 1), ("b".into(), i64::MAX)];
        for history in [history.clone(), history.with_client_ids(clients)] {
            let table = history.to_arrow().unwrap();
            prop_assert_eq!(rows(&table), expected(&history));
            prop_assert_eq!(table.schema().fields().len() > 8, (0..sessions.len()).any(|row| history.sessions().extra_json(row).is_some()));
            let ipc = table.to_ipc().unwrap();
            let read: Vec<_> = StreamReader::try_new(&*ipc, None).unwrap().map(Result::unwrap).collect();
            prop_assert_eq!(read, table.batches());
        }
    }
}

#[test]
fn distinct_strings_and_codes_of_any_column_of_strings() {
    let plans = json!([{"api_name": "b", "human_name": null}, {"api_name": "a", "human_name": "x"}, {"api_name": "b"}]);
    let plans = List::<Plan>::from_json(&plans.to_string()).unwrap().to_arrow().unwrap();
    let coded = plans.coded_strings(0);
    assert_eq!(coded.values.iter().flatten().collect::<Vec<_>>(), ["b", "a"]);
    assert_eq!(coded.codes[0].values(), &[0, 1, 0]);
    let coded = plans.coded_strings(1);
    assert_eq!(coded.codes[0].iter().collect::<Vec<_>>(), [None, Some(0), None]);
    let rows = r#"{"email":"c"},{"email":"d"},{"email":null},{"email":"c"}"#;
    let coded = history(&format!("{{\"sessions\":[{rows}]}}")).to_arrow().unwrap().coded_strings(0);
    assert_eq!(coded.values.iter().flatten().collect::<Vec<_>>(), ["c", "d"]);
    assert_eq!(coded.codes[0].iter().collect::<Vec<_>>(), [Some(0), Some(1), None, Some(0)]);
    assert!(plans.coded_strings(9).codes.is_empty());
}

#[test]
fn strings_take_the_place_of_codes() {
    let email =
        |at: usize| json!({"email": format!("user{}@a-long-name.example", at % 3), "sname": "acmecorp"});
    let sessions: Vec<_> = (0..9).map(email).chain([json!({})]).collect();
    let table = history(&json!({"sessions": sessions}).to_string()).to_arrow().unwrap();
    let plain = table.with_string_views().unwrap();
    let names = ["email", "sname", "lname"];
    assert_eq!(columns(&plain)[..3], names.map(|name| format!("{name}: Utf8View?")));
    assert_eq!(columns(&plain)[3..], columns(&table)[3..]);
    let emails = plain.batches()[0].column(0).as_string_view();
    let found: Vec<_> = emails.iter().map(|email| email.map(str::to_owned)).collect();
    let expected = (0..9).map(|at| Some(format!("user{}@a-long-name.example", at % 3))).chain([None]);
    assert_eq!(found, expected.collect::<Vec<_>>());
    // Each string is stored once.
    let bytes: usize = emails.data_buffers().iter().map(|buffer| buffer.len()).sum();
    assert_eq!(bytes, 3 * "user0@a-long-name.example".len());
    let empty = history(r#"{"sessions": []}"#).to_arrow().unwrap();
    assert_eq!(columns(&empty.with_string_views().unwrap()), columns(&plain));
    let plans = List::<Plan>::from_json(r#"[{"api_name": "a"}]"#).unwrap().to_arrow().unwrap();
    assert_eq!(plans.with_string_views().unwrap().batches(), plans.batches());
}
