//! The results of operations, in one type.

use crankwheel::{
    BillingOverview, Client, ClientBilling, ClientUsage, List, LoginLink, LoginOption, Plan, UsageHistory,
};

macro_rules! answers {
    ($($variant:ident($result:ty),)*) => {
        /// The result of a step.
        #[derive(Debug)]
        pub enum Answer {
            Nothing,
            $($variant($result),)*
        }

        $(
            impl From<$result> for Answer {
                fn from(result: $result) -> Self {
                    Answer::$variant(result)
                }
            }
        )*
    };
}

answers! {
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

impl From<()> for Answer {
    fn from((): ()) -> Self {
        Answer::Nothing
    }
}
