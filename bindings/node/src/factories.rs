//! Models and lists from raw JSON, for the tests of users.

use std::cell::RefCell;

use crankwheel::model::{Field, FieldValue, Visit};
use crankwheel::table::ToArrow;
use crankwheel::{
    BillingOverview, BillingPeriod, Client, ClientBilling, ClientUsage, Error, List, LoginOption, Model,
    Plan, PlanProRata, Settings, UsageHistory, collect_warnings, name,
};
use napi::Either;
use napi_derive::napi;

use crate::error::ErrorData;
use crate::history::NativeHistory;
use crate::list::{NativeList, NativeOverview};
use crate::models::with_model;

/// Checks the raw JSON of a model, and returns it.
#[napi]
pub fn model_from_json(kind: String, json: String) -> Either<String, ErrorData> {
    either(|| with_model!(kind.as_str(), read(&json)).map(|()| json))
}

/// Returns a list of models.
#[napi]
pub fn list_from_json(kind: String, json: String) -> Either<NativeList, ErrorData> {
    either(|| match kind.as_str() {
        "ClientList" => read_list::<Client>(&json),
        "PlanList" => read_list::<Plan>(&json),
        "LoginOptionList" => read_list::<LoginOption>(&json),
        "ClientBillingList" => read_list::<ClientBilling>(&json),
        other => Err(Error::configuration(format!("{other}: not a list of models"))),
    })
}

/// Returns a billing overview.
#[napi]
pub fn overview_from_json(json: String) -> Either<NativeOverview, ErrorData> {
    either(|| {
        let overview = BillingOverview::from_json(&json)?;
        check(&overview)?;
        Ok(NativeOverview::new(overview))
    })
}

/// Returns a usage history.
#[napi]
pub fn history_from_json(json: String) -> Either<NativeHistory, ErrorData> {
    either(|| UsageHistory::from_json(&json).map(NativeHistory::new))
}

thread_local! {
    /// The warnings about the object that was created last, until TypeScript takes them.
    static WARNINGS: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Takes the warnings about the object that was created last.
#[napi]
pub fn take_warnings() -> Vec<String> {
    WARNINGS.take()
}

/// Creates an object. Only the warnings about one that is not refused are reported.
fn either<T>(create: impl FnOnce() -> Result<T, Error>) -> Either<T, ErrorData> {
    let (result, found) = collect_warnings(create);
    match result {
        Ok(value) => {
            WARNINGS.set(found.report());
            Either::A(value)
        }
        Err(error) => Either::B(error.into()),
    }
}

/// Reads a model. A value of a wrong type is refused, unlike in a response.
fn read<M: Model>(json: &str) -> Result<(), Error> {
    check(&M::from_json(json)?)
}

fn read_list<M: Model>(json: &str) -> Result<NativeList, Error>
where
    List<M>: ToArrow,
{
    let list = List::<M>::from_json(json)?;
    for index in 0..list.len() {
        list.get(index).as_ref().map_or(Ok(()), check)?;
    }
    Ok(NativeList::new(list))
}

fn check<M: Model>(model: &M) -> Result<(), Error> {
    let mut wrong = Wrong(None);
    model.visit(&mut wrong);
    match wrong.0 {
        None => Ok(()),
        Some((field, problem)) => Err(Error::invalid(&name(&field), problem)),
    }
}

/// The first field with a value that is not valid, as a path, and what is wrong with it.
struct Wrong(Option<(String, String)>);

impl Wrong {
    fn part<M: Model>(&mut self, field: &Field, model: &M) {
        if self.0.is_none() {
            model.visit(self);
            if let Some((path, _)) = &mut self.0 {
                path.insert_str(0, &format!("{}.", field.name));
            }
        }
    }
}

impl Visit for Wrong {
    fn field(&mut self, field: &'static Field, value: FieldValue<'_>) {
        match value {
            _ if self.0.is_some() => {}
            FieldValue::WrongType => {
                let problem = format!("must be of the type {} that the API documents", field.kind);
                self.0 = Some((field.name.to_owned(), problem));
            }
            FieldValue::Settings(it) => self.part(field, it),
            FieldValue::Plans(it) => it.iter().for_each(|(_, plan)| self.part(field, plan)),
            FieldValue::Periods(it) => it.iter().for_each(|period| self.part(field, period)),
            FieldValue::Companies(it) => {
                for index in 0..it.len() {
                    it.get(index).iter().for_each(|company| self.part(field, company));
                }
            }
            _ => {}
        }
    }
}
