//! The facts of the contract: models and their fields, and the fields that can be written.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use serde::Serialize;
use serde_json::Value;

use super::document::{CONTRACT, Document, Read, Schema, name_at};
use crate::run::Result;

/// The schemas that become classes with one attribute for each property. Others have
/// another form in the SDK: the usage history is columns, a login link hides itself.
const MODELS: [&str; 9] = [
    "Client",
    "Settings",
    "Plan",
    "ClientUsage",
    "ClientBilling",
    "BillingPeriod",
    "PlanProRata",
    "BillingOverview",
    "LoginOption",
];

/// The contract as far as code is generated from it.
#[derive(Debug, Serialize)]
pub struct Contract {
    pub models: Vec<Model>,
    /// The fields of `ClientFields`.
    pub client_fields: Vec<Writable>,
    /// The fields of `SettingsFields`.
    pub settings_fields: Vec<Writable>,
    /// The fields of `Client` that an update accepts and drops.
    pub client_read_only: Vec<Field>,
    /// The fields of `Settings` that an update accepts and drops.
    pub settings_read_only: Vec<Field>,
}

/// A schema that becomes a class.
#[derive(Debug, Serialize)]
pub struct Model {
    pub name: String,
    pub doc: String,
    pub fields: Vec<Field>,
    /// True if responses hold lists of it that are read on demand.
    pub listed: bool,
}

/// A property of a model.
#[derive(Clone, Debug, Serialize)]
pub struct Field {
    pub name: String,
    pub doc: String,
    /// The other name that responses use.
    pub alias: Option<String>,
    pub read_only: bool,
    pub deprecated: bool,
    /// True if the attribute can be empty.
    pub nullable: bool,
    #[serde(flatten)]
    pub types: Types,
}

/// The rule by which the core reads a property, and its type in each language.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Types {
    /// The rule, see `crates/crankwheel/src/model/read_rules.rs`.
    pub kind: &'static str,
    pub rust: String,
    pub python: String,
    pub ts: String,
    /// The function of `npm/src/readers.ts` or `npm/src/model.ts` that reads the value, if it needs one.
    pub reader: Option<&'static str>,
    /// The model of the field's parts, if it has some.
    pub part: Option<&'static str>,
}

/// A field of a body that create and update send.
#[derive(Debug, Serialize)]
pub struct Writable {
    pub name: String,
    pub doc: String,
    pub nullable: bool,
    /// True if a response can hold null there, so that a model that was read can be spread into it.
    pub reads_null: bool,
    pub deprecated: bool,
    /// The only values that are accepted, if there are such.
    pub choices: Vec<String>,
    /// The SDK's type: `string`, `boolean`, `integer` or `date-time`.
    pub kind: String,
    /// The string's format, such as `uri`.
    pub format: String,
    /// The text that a template must contain.
    pub placeholder: Option<String>,
    /// The value of a new client, if it is not the usual one of its type.
    pub initial: Option<Value>,
    pub rust: &'static str,
    pub python: &'static str,
    pub ts: &'static str,
}

impl Contract {
    /// Reads and checks the facts.
    pub fn of(document: &Document) -> Result<Self> {
        Self::checked(document).map_err(|problem| format!("{CONTRACT}: {problem}"))
    }

    fn checked(document: &Document) -> Result<Self> {
        let schemas = &document.components.schemas;
        let mut models = MODELS.iter().map(|name| model(name, schemas)).collect::<Result<Vec<_>>>()?;
        let listed = listed(document, &models)?;
        for model in &mut models {
            model.listed = listed.contains(&model.name);
        }
        let read_only = |name: &str| {
            let fields = models.iter().filter(|model| model.name == name).flat_map(|model| &model.fields);
            fields.filter(|field| field.read_only).cloned().collect::<Vec<_>>()
        };
        let reads_null = |model: &str, field: &str| {
            let fields = models.iter().filter(|it| it.name == model).flat_map(|it| &it.fields);
            fields.into_iter().any(|it| it.name == field && it.nullable)
        };
        let mut client_fields = writable("ClientFields", schemas)?;
        let mut settings_fields = writable("SettingsFields", schemas)?;
        for (model, fields) in [("Client", &mut client_fields), ("Settings", &mut settings_fields)] {
            for field in fields {
                field.reads_null = reads_null(model, &field.name);
            }
        }
        let settings_read_only = read_only("Settings").into_iter().filter(|field| field.name != "id");
        Ok(Contract {
            client_fields,
            settings_fields,
            client_read_only: read_only("Client"),
            settings_read_only: settings_read_only.collect(),
            models,
        })
    }
}

fn schema<'a>(name: &str, schemas: &'a IndexMap<String, Schema>) -> Result<&'a Schema> {
    schemas.get(name).ok_or_else(|| format!("no schema {name}"))
}

fn doc(schema: &Schema, at: &str) -> Result<String> {
    schema.description.clone().ok_or_else(|| format!("{at} has no description"))
}

fn model(name: &str, schemas: &IndexMap<String, Schema>) -> Result<Model> {
    let schema = schema(name, schemas)?;
    let aliases = schema.properties.values().flat_map(|property| &property.aliases).collect::<BTreeSet<_>>();
    let own = schema.properties.iter().filter(|(field, _)| !aliases.contains(field));
    let fields = own.map(|(field, property)| {
        read_field(field, property, schema.required.contains(field))
            .map_err(|problem| format!("{name}.{field}: {problem}"))
    });
    let fields = fields.collect::<Result<_>>()?;
    Ok(Model { name: name.to_owned(), doc: doc(schema, name)?, fields, listed: false })
}

fn read_field(name: &str, property: &Schema, required: bool) -> Result<Field> {
    let types = types(property, property.nullable || !required)?;
    let nullable = types.kind.starts_with("Opt");
    let types = match nullable {
        true => Types {
            rust: format!("Option<{}>", types.rust),
            python: format!("{} | None", types.python),
            ..types
        },
        false => types,
    };
    Ok(Field {
        name: name.to_owned(),
        doc: doc(property, "it")?,
        alias: property.aliases.first().cloned(),
        read_only: property.read_only,
        deprecated: property.deprecated,
        nullable,
        types,
    })
}

fn types(property: &Schema, nullable: bool) -> Result<Types> {
    let found = |kind, rust: &str, python: &str, ts: &str, reader, part| {
        let owned = str::to_owned;
        Ok(Types { kind, rust: owned(rust), python: owned(python), ts: owned(ts), reader, part })
    };
    let read = |kind, rust, python, ts, reader| found(kind, rust, python, ts, Some(reader), None);
    let plain = |kind, rust, python, ts| found(kind, rust, python, ts, None, None);
    let strict = property.read == Some(Read::Strict);
    let parts = property.items.as_deref().or(property.values()).and_then(Schema::referenced);
    match (property.sdk_type(), nullable) {
        ("date-time", true) => read("OptTime", "::jiff::Timestamp", "datetime", "Date", "time"),
        ("string", _) if property.empty.is_some() => {
            read("TextOrEmpty", "Box<str>", "str", "string", "string")
        }
        ("string", false) if strict => plain("Text", "Box<str>", "str", "string"),
        ("string", true) if !strict => read("OptText", "Box<str>", "str", "string", "string"),
        ("boolean", true) if !strict => read("OptBool", "bool", "bool", "boolean", "boolean"),
        ("integer", false) if strict && property.also_accepts.is_some() => {
            read("Id", "i64", "int", "number", "id")
        }
        ("integer", false) if strict => read("Count", "i64", "int", "number", "integer"),
        ("integer", true) if strict => read("OptCount", "i64", "int", "number", "integer"),
        ("integer", true) => read("OptInt", "i64", "int", "number", "integer"),
        ("number", false) if strict => plain("Number", "f64", "float", "number"),
        ("object", false) if parts == Some("PlanProRata") => found(
            "Plans",
            "PlanMap",
            "dict[str, PlanProRata]",
            "Readonly<Record<string, PlanProRata>>",
            Some("map"),
            Some("PlanProRata"),
        ),
        ("array", false) if parts == Some("BillingPeriod") => found(
            "Periods",
            "Vec<BillingPeriod>",
            "BillingPeriodList",
            "readonly BillingPeriod[]",
            Some("list"),
            Some("BillingPeriod"),
        ),
        // The companies stay in the addon until they are accessed: see `npm/src/results.ts`.
        ("array", false) if parts == Some("ClientBilling") => {
            plain("PerCompany", "Companies", "ClientBillingList", "ClientBillingList")
        }
        _ if property.referenced() == Some("Settings") => {
            found("OneSettings", "Settings", "Settings", "Settings", Some("one"), Some("Settings"))
        }
        _ => Err(format!(
            "no kind reads {:?} (nullable: {nullable}, strict: {strict}); add one to \
             crates/crankwheel/src/model/read_rules.rs, and to `types` in crates/xtask/src/generate/contract.rs",
            property.sdk_type()
        )),
    }
}

/// The models that responses hold lists of.
fn listed(document: &Document, models: &[Model]) -> Result<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    for (_, _, operation) in document.operations()? {
        let response = operation.success();
        let items = response.and_then(|it| name_at(it, "/content/application~1json/schema/items/$ref"));
        found.extend(items.map(str::to_owned));
    }
    let fields = models.iter().flat_map(|model| &model.fields);
    found.extend(fields.filter_map(|field| field.types.ts.strip_suffix("List").map(str::to_owned)));
    Ok(found)
}

/// The `{{…}}` that a pattern asks for.
fn placeholder(pattern: &str) -> Option<String> {
    let (_, rest) = pattern.split_once("\\{\\{")?;
    let (name, _) = rest.split_once("\\}\\}")?;
    Some(format!("{{{{{name}}}}}"))
}

fn writable(name: &str, schemas: &IndexMap<String, Schema>) -> Result<Vec<Writable>> {
    let read = |(field, property): (&String, &Schema)| {
        let at = format!("{name}.{field}");
        // A closed set of values is a named schema.
        let named = property.referenced().map(|name| schema(name, schemas)).transpose()?.unwrap_or(property);
        let (rust, python, ts) = match named.sdk_type() {
            "date-time" => ("jiff::Timestamp", "Moment", "Date | string"),
            "string" => ("&str", "str", "string"),
            "boolean" => ("bool", "bool", "boolean"),
            "integer" => ("i64", "int", "number"),
            other => return Err(format!("{at}: nothing writes the type {other:?}")),
        };
        Ok(Writable {
            name: field.clone(),
            doc: doc(property, &at)?,
            nullable: property.nullable,
            reads_null: false,
            deprecated: property.deprecated,
            choices: named.choices.clone(),
            kind: named.sdk_type().to_owned(),
            format: property.format.clone(),
            placeholder: placeholder(&property.pattern),
            initial: property.initial.clone(),
            rust,
            python,
            ts,
        })
    };
    schema(name, schemas)?.properties.iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_placeholder_of_a_template_is_read_off_its_pattern() {
        let pattern = r"^(|[\s\S]*\{\{link\}\}[\s\S]*)$";
        assert_eq!(placeholder(pattern).as_deref(), Some("{{link}}"));
        assert_eq!(placeholder("^[a-z]{7}$"), None);
    }
}
