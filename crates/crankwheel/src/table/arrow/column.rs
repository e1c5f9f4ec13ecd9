//! The definition of a table, from which its schema is created.

use std::sync::Arc;

use arrow_schema::{DataType, Field, Schema, SchemaRef, TimeUnit};

use crate::spelling::name;

/// The type of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Strings that repeat: each distinct one is stored once.
    Repeated,
    Text,
    Integer,
    Number,
    Boolean,
    /// Microseconds since 1970.
    Time,
}

/// A column.
#[derive(Debug)]
pub(super) struct Column {
    pub name: &'static str,
    pub kind: Kind,
    pub nullable: bool,
}

/// The columns of a table.
#[derive(Debug)]
pub(super) struct Table {
    pub columns: &'static [Column],
    /// The columns of JSON for unknown members, which are left out if no row has such members.
    pub extra: &'static [&'static str],
}

/// The time zone of all timestamps.
pub(super) const UTC: &str = "UTC";

impl Kind {
    fn data_type(self) -> DataType {
        match self {
            Kind::Repeated => DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8)),
            Kind::Text => DataType::Utf8,
            Kind::Integer => DataType::Int64,
            Kind::Number => DataType::Float64,
            Kind::Boolean => DataType::Boolean,
            Kind::Time => DataType::Timestamp(TimeUnit::Microsecond, Some(UTC.into())),
        }
    }
}

impl Table {
    /// Returns the schema, spelled for the language of the caller, with those of the columns of JSON for which `has` returns true.
    pub fn schema(&self, has: impl Fn(usize) -> bool) -> SchemaRef {
        let columns = self
            .columns
            .iter()
            .map(|column| Field::new(name(column.name), column.kind.data_type(), column.nullable));
        let extra = self.extra.iter().enumerate().filter(|(at, _)| has(*at));
        let extra = extra.map(|(_, name)| Field::new(*name, DataType::Utf8, true));
        Arc::new(Schema::new(columns.chain(extra).collect::<Vec<_>>()))
    }
}
