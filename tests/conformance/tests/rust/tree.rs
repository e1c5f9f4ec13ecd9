//! The typed attributes of a result as a tree that the table's attribute paths can walk.

use std::collections::BTreeMap;

use crankwheel::model::{Field, FieldValue, Visit};
use crankwheel::{List, Model, PlanMap, Session, UsageHistory, UserStats};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::returned::Returned;

/// A typed value. Maps are entered by `["key"]`, objects by `.name`.
#[derive(Debug, Clone, PartialEq)]
pub enum Tree {
    Json(Value),
    Time(Timestamp),
    List(Vec<Tree>),
    Map(BTreeMap<String, Tree>),
    Object(BTreeMap<String, Tree>),
}

impl Tree {
    /// Reads the attributes of a result.
    pub fn of(returned: &Returned) -> Self {
        match returned {
            Returned::Nothing | Returned::Found(None) => Self::Json(Value::Null),
            Returned::Client(client) | Returned::Found(Some(client)) => model(client),
            Returned::Created((client, created)) => {
                object([("client", model(client)), ("created", Self::Json(json!(created)))])
            }
            Returned::Clients(list) => rows(list),
            Returned::Plans(list) => rows(list),
            Returned::LoginOptions(list) => rows(list),
            Returned::Usage(usage) => model(usage),
            Returned::Billing(billing) => model(billing),
            Returned::Overview(overview) => model(overview),
            Returned::History(history) => usage_history(history),
            Returned::Link(link) => object([
                ("url", text(Some(link.url()))),
                ("dashboard_only", text(Some(&link.dashboard_only()))),
                ("popup_only", text(Some(&link.popup_only()))),
            ]),
        }
    }

    /// Returns the value at an attribute path of the table; the error names the missing attribute.
    pub fn at(&self, path: &str) -> Result<Self, String> {
        let mut here = self.clone();
        let mut rest = path;
        while !rest.is_empty() {
            let (next, remaining) =
                here.step(rest).ok_or_else(|| format!("no attribute {rest} of {path}"))?;
            (here, rest) = (next, remaining);
        }
        Ok(here)
    }

    fn step<'p>(&self, path: &'p str) -> Option<(Self, &'p str)> {
        if let Some(quoted) = path.strip_prefix("[\"") {
            let (key, rest) = quoted.split_once("\"]")?;
            let Self::Map(entries) = self else { return None };
            return Some((entries.get(key)?.clone(), rest));
        }
        if let Some(number) = path.strip_prefix('[') {
            let (index, rest) = number.split_once(']')?;
            let Self::List(items) = self else { return None };
            return Some((items.get(index.parse::<usize>().ok()?)?.clone(), rest));
        }
        let path = path.strip_prefix('.').unwrap_or(path);
        let end = path.find(['.', '[']).unwrap_or(path.len());
        let (name, rest) = path.split_at(end);
        let next = match (name, self) {
            ("$length", Self::List(items)) => Self::Json(json!(items.len())),
            ("$length", Self::Map(entries)) => Self::Json(json!(entries.len())),
            (_, Self::Object(members)) => members.get(name)?.clone(),
            _ => return None,
        };
        Some((next, rest))
    }
}

fn object<const N: usize>(members: [(&str, Tree); N]) -> Tree {
    Tree::Object(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

fn text(value: Option<&str>) -> Tree {
    Tree::Json(json!(value))
}

fn number(value: Option<i64>) -> Tree {
    Tree::Json(json!(value))
}

fn time(value: Option<Timestamp>) -> Tree {
    value.map_or(Tree::Json(Value::Null), Tree::Time)
}

fn rows<M: Model>(list: &List<M>) -> Tree {
    Tree::List(list.iter().map(|row| model(&row)).collect())
}

fn plans(map: &PlanMap) -> Tree {
    Tree::Map(map.iter().map(|(name, plan)| (name.to_owned(), model(plan))).collect())
}

fn model<M: Model>(it: &M) -> Tree {
    let mut attributes = Attributes(BTreeMap::new());
    it.visit(&mut attributes);
    Tree::Object(attributes.0)
}

/// Reads a model's fields from the core's table of fields, so that none can be forgotten here.
struct Attributes(BTreeMap<String, Tree>);

impl Visit for Attributes {
    fn field(&mut self, field: &'static Field, value: FieldValue<'_>) {
        let tree = match value {
            FieldValue::Absent | FieldValue::Null | FieldValue::WrongType => Tree::Json(Value::Null),
            FieldValue::Bool(flag) => Tree::Json(json!(flag)),
            FieldValue::Int(int) => Tree::Json(json!(int)),
            FieldValue::Float(float) => Tree::Json(json!(float)),
            FieldValue::Text(it) => text(Some(it)),
            FieldValue::Time(moment) => Tree::Time(moment),
            FieldValue::Settings(settings) => model(settings),
            FieldValue::Plans(map) => plans(map),
            FieldValue::Periods(periods) => Tree::List(periods.iter().map(model).collect()),
            FieldValue::Companies(companies) => rows(companies),
        };
        self.0.insert(field.name.to_owned(), tree);
    }
}

fn usage_history(history: &UsageHistory) -> Tree {
    let stats = history.stats();
    object([
        (
            "stats",
            object([
                ("total_sec", number(stats.total_sec)),
                ("total_count", number(stats.total_count)),
                ("user_stats", Tree::List(stats.user_stats.iter().map(user_stats).collect())),
            ]),
        ),
        ("sessions", Tree::List(history.sessions().iter().map(|row| session(&row)).collect())),
    ])
}

fn user_stats(row: &UserStats) -> Tree {
    object([
        ("email", text(Some(&row.email))),
        ("sname", text(row.sname.as_deref())),
        ("lname", text(row.lname.as_deref())),
        ("total_sec", number(Some(row.total_sec))),
        ("total_count", number(Some(row.total_count))),
    ])
}

fn session(row: &Session<'_>) -> Tree {
    object([
        ("email", text(row.email)),
        ("sname", text(row.sname)),
        ("lname", text(row.lname)),
        ("start_date", time(row.start_date)),
        ("end_date", time(row.end_date)),
        ("duration", number(row.duration)),
        ("max_viewer_count", number(row.max_viewer_count)),
    ])
}
