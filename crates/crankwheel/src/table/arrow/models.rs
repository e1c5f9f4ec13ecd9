//! The tables of models and of the totals of a usage history.

use super::columns::{BILLING, BILLING_PERIODS, CLIENTS, LOGIN_OPTIONS, PLANS, USER_STATS};
use super::rows::{Cell, Cells, Rows};
use super::{ArrowTable, ToArrow};
use crate::error::Error;
use crate::model::{
    BillingOverview, BillingPeriod, Client, ClientBilling, ClientUsage, Companies, List, LoginOption, Model,
    Plan, PlanMap, PlanProRata, Settings,
};
use crate::table::UsageStats;

macro_rules! cells {
    ($(
        $(#[$doc:meta])*
        $model:ident {$(
            $(#[$field_doc:meta])*
            $field:ident: $type:ty => $rule:ident $(| $alias:literal)?;
        )*}
    )*) => {$(
        impl Cell for $model {
            fn push(&self, cells: &mut Cells<'_>) {
                $(self.$field.push(cells);)*
            }
        }
    )*};
}

crate::schema!(cells);

/// Implements [`Cell`] for values that are not a column.
macro_rules! no_column {
    ($($type:ty),*) => {$(
        impl Cell for $type {
            fn push(&self, _: &mut Cells<'_>) {}
        }
    )*};
}

no_column!(PlanMap, Vec<BillingPeriod>, Companies);

fn push_bill(rows: &mut Rows, bill: &ClientBilling) {
    let company = if bill.periods.is_empty() { None } else { bill.extra_json() };
    for period in &bill.periods {
        rows.push(&[bill, period], [period.extra_json().as_deref(), company.as_deref()]);
    }
}

impl ToArrow for ClientBilling {
    fn to_arrow(&self) -> Result<ArrowTable, Error> {
        let mut rows = Rows::new(&BILLING);
        push_bill(&mut rows, self);
        rows.finish()
    }
}

impl ToArrow for List<ClientBilling> {
    fn to_arrow(&self) -> Result<ArrowTable, Error> {
        let mut rows = Rows::new(&BILLING);
        for bill in self.iter() {
            push_bill(&mut rows, &bill);
        }
        rows.finish()
    }
}

impl ToArrow for BillingOverview {
    fn to_arrow(&self) -> Result<ArrowTable, Error> {
        self.per_company.to_arrow()
    }
}

impl ToArrow for [BillingPeriod] {
    fn to_arrow(&self) -> Result<ArrowTable, Error> {
        let mut rows = Rows::new(&BILLING_PERIODS);
        for period in self {
            rows.push(&[period], [period.extra_json().as_deref()]);
        }
        rows.finish()
    }
}

impl ToArrow for List<Client> {
    fn to_arrow(&self) -> Result<ArrowTable, Error> {
        let mut rows = Rows::new(&CLIENTS);
        for client in self.iter() {
            let settings = client.settings.extra_json();
            rows.push(&[&client], [client.extra_json().as_deref(), settings.as_deref()]);
        }
        rows.finish()
    }
}

impl ToArrow for List<Plan> {
    fn to_arrow(&self) -> Result<ArrowTable, Error> {
        let mut rows = Rows::new(&PLANS);
        for plan in self.iter() {
            rows.push(&[&plan], [plan.extra_json().as_deref()]);
        }
        rows.finish()
    }
}

impl ToArrow for List<LoginOption> {
    fn to_arrow(&self) -> Result<ArrowTable, Error> {
        let mut rows = Rows::new(&LOGIN_OPTIONS);
        for option in self.iter() {
            rows.push(&[&option], [option.extra_json().as_deref()]);
        }
        rows.finish()
    }
}

impl ToArrow for UsageStats {
    fn to_arrow(&self) -> Result<ArrowTable, Error> {
        let mut rows = Rows::new(&USER_STATS);
        for user in &self.user_stats {
            let values: [&dyn Cell; 6] =
                [&user.email, &user.sname, &user.lname, &user.total_sec, &user.total_count, &user.client_id];
            rows.push(&values, [user.extra_json().as_deref()]);
        }
        rows.finish()
    }
}
