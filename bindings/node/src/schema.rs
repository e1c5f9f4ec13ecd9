//! The core's table of models, for tests of the package.

use crankwheel::model::Field;
use crankwheel::{
    BillingOverview, BillingPeriod, Client, ClientBilling, ClientUsage, LoginOption, Model, Plan,
    PlanProRata, Settings, name,
};
use napi_derive::napi;

/// One model and its fields.
#[napi(object, object_from_js = false)]
pub struct ModelSchema {
    pub name: String,
    pub fields: Vec<FieldSchema>,
}

/// One field of a model.
#[napi(object, object_from_js = false)]
pub struct FieldSchema {
    /// The name of the property.
    pub name: String,
    /// The name in the raw JSON.
    pub json_name: String,
    /// JSON type or format; a class name for nested models.
    pub kind: String,
    pub nullable: bool,
}

/// Returns all models.
#[napi]
pub fn schema() -> Vec<ModelSchema> {
    vec![
        of::<Client>(),
        of::<Settings>(),
        of::<Plan>(),
        of::<ClientUsage>(),
        of::<ClientBilling>(),
        of::<BillingPeriod>(),
        of::<PlanProRata>(),
        of::<BillingOverview>(),
        of::<LoginOption>(),
    ]
}

/// Returns the version of the SDK.
#[napi]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}

fn of<M: Model>() -> ModelSchema {
    ModelSchema { name: M::NAME.to_owned(), fields: M::FIELDS.iter().map(field).collect() }
}

fn field(field: &Field) -> FieldSchema {
    FieldSchema {
        name: name(field.name).into_owned(),
        json_name: field.name.to_owned(),
        kind: field.kind.to_owned(),
        nullable: field.nullable,
    }
}
