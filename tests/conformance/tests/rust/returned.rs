//! The results of operations, in one type.

use crankwheel::{
    BillingOverview, Client, ClientBilling, ClientUsage, List, LoginLink, LoginOption, Plan, UsageHistory,
};

macro_rules! returned {
    ($($variant:ident($result:ty),)*) => {
        /// The result of a step.
        #[derive(Debug)]
        pub enum Returned {
            Nothing,
            $($variant($result),)*
        }

        $(
            impl From<$result> for Returned {
                fn from(result: $result) -> Self {
                    Returned::$variant(result)
                }
            }
        )*
    };
}

returned! {
    Client(Client),
    Found(Option<Client>),
    Created((Client, bool)),
    Clients(List<Client>),
    Plans(List<Plan>),
    LoginOptions(List<LoginOption>),
    Usage(ClientUsage),
    Billing(ClientBilling),
    Overview(BillingOverview),
    History(UsageHistory),
    Link(LoginLink),
}

impl From<()> for Returned {
    fn from((): ()) -> Self {
        Returned::Nothing
    }
}
