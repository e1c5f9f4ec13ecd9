//! Finding the rows of a list by their keys.

use super::field::Field;
use super::index::Index;
use super::list::List;
use super::models::{Client, ClientBilling, FieldValue, LoginOption, Model, Plan, Visit};

/// Adds the keys of one row to an index.
struct Keys<'a> {
    index: &'a mut Index,
    row: usize,
}

impl Visit for Keys<'_> {
    fn field(&mut self, field: &'static Field, value: FieldValue<'_>) {
        match (field.name, value) {
            ("id" | "company_id", FieldValue::Int(id)) => {
                self.index.ids.entry(id).or_insert(self.row);
            }
            ("sname" | "api_name", FieldValue::Text(name)) => {
                self.index.names.entry(name.into()).or_insert(self.row);
            }
            _ => {}
        }
    }
}

impl<M: Model> List<M> {
    fn index(&self) -> &Index {
        self.shared.index.get_or_init(|| {
            let mut index = Index::default();
            for (row, model) in self.iter().enumerate() {
                model.visit(&mut Keys { index: &mut index, row });
            }
            index
        })
    }

    /// Returns the position of the first row with this `id` or `company_id`.
    #[doc(hidden)]
    pub fn position_of_id(&self, id: i64) -> Option<usize> {
        self.index().ids.get(&id).copied()
    }

    /// Returns the position of the first row with this `sname` or `api_name`.
    #[doc(hidden)]
    pub fn position_of_name(&self, name: &str) -> Option<usize> {
        self.index().names.get(name).copied()
    }
}

impl List<Client> {
    /// Returns the client with this `id`, or `None` if the list does not have it.
    ///
    /// The first lookup builds an index of the list; the following ones do not depend on its length.
    ///
    /// ```
    /// use crankwheel::{Client, List};
    ///
    /// let clients = List::<Client>::from_json(r#"[{"id": 27084, "sname": "acmecorp"}]"#)?;
    /// assert_eq!(&*clients.by_id(27084).unwrap().sname, "acmecorp");
    /// assert_eq!(clients.by_id(1), None);
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    pub fn by_id(&self, id: i64) -> Option<Client> {
        self.get(self.position_of_id(id)?)
    }

    /// Returns the client with this `sname`, or `None` if the list does not have it. Of several
    /// clients with this name it returns the first.
    ///
    /// ```
    /// use crankwheel::{Client, List};
    ///
    /// let clients = List::<Client>::from_json(r#"[{"id": 27084, "sname": "acmecorp"}]"#)?;
    /// assert_eq!(clients.by_sname("acmecorp").unwrap().id, 27084);
    /// assert_eq!(clients.by_sname("ACMECORP"), None);
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    pub fn by_sname(&self, sname: &str) -> Option<Client> {
        self.get(self.position_of_name(sname)?)
    }
}

impl List<Plan> {
    /// Returns the plan with this `api_name`, or `None` if the list does not have it.
    ///
    /// ```
    /// use crankwheel::{List, Plan};
    ///
    /// let plans = List::<Plan>::from_json(r#"[{"api_name": "plan_1", "human_name": "Team"}]"#)?;
    /// assert_eq!(plans.by_api_name("plan_1").unwrap().human_name.as_deref(), Some("Team"));
    /// assert_eq!(plans.by_api_name("plan_2"), None);
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    pub fn by_api_name(&self, api_name: &str) -> Option<Plan> {
        self.get(self.position_of_name(api_name)?)
    }
}

impl List<ClientBilling> {
    /// Returns the bill of the client with this id, or `None` if the list does not have it.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/doctest.rs"));
    /// # #[tokio::main] async fn main() -> Result<(), crankwheel::Error> {
    /// # let (cw, _sandbox) = sandbox();
    /// let client = cw.clients().list().await?.get(0).unwrap();
    /// let overview = cw.reseller().billing("2019-02").await?;
    /// let bill = overview.per_company.by_company_id(client.id).unwrap();
    /// assert_eq!(bill.lname.as_deref(), client.lname.as_deref());
    /// # Ok(()) }
    /// ```
    pub fn by_company_id(&self, company_id: i64) -> Option<ClientBilling> {
        self.get(self.position_of_id(company_id)?)
    }

    /// Returns the bill of the client with this `sname`, or `None` if the list does not have it.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/doctest.rs"));
    /// # #[tokio::main] async fn main() -> Result<(), crankwheel::Error> {
    /// # let (cw, _sandbox) = sandbox();
    /// let client = cw.clients().list().await?.get(0).unwrap();
    /// let overview = cw.reseller().billing("2019-02").await?;
    /// assert_eq!(overview.per_company.by_sname(&client.sname).unwrap().company_id, client.id);
    /// # Ok(()) }
    /// ```
    pub fn by_sname(&self, sname: &str) -> Option<ClientBilling> {
        self.get(self.position_of_name(sname)?)
    }
}

impl List<LoginOption> {
    /// Returns the first user account at the company with this `sname`, or `None` if the list does not
    /// have it.
    ///
    /// ```
    /// use crankwheel::{List, LoginOption};
    ///
    /// let json = r#"[{"email": "agent@acme.example", "client_id": 27084, "sname": "acmecorp"}]"#;
    /// let options = List::<LoginOption>::from_json(json)?;
    /// assert_eq!(options.by_sname("acmecorp").unwrap().client_id, 27084);
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    pub fn by_sname(&self, sname: &str) -> Option<LoginOption> {
        self.get(self.position_of_name(sname)?)
    }
}
