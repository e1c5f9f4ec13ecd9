//! The table of models: every field of every answer, once.
//!
//! The core makes its structs from it, the Python binding its classes, the Node package its field lists, and
//! a test holds it against the contract (`openapi.json`). A row reads
//! `name: Rust type => kind of reading [| other name on the wire];`.

/// Calls `$callback! { … }` with the table.
#[doc(hidden)]
#[macro_export]
macro_rules! schema {
    ($callback:ident) => {
        $callback! {
            /// A client company of the reseller (the API document, Get Clients List).
            Client {
                /// The unique, immutable id of the client account.
                id: i64 => Id;
                /// The short name, part of the company's links; can be all digits. Empty if the answer has none.
                sname: Box<str> => TextOrEmpty;
                /// The human-readable name, shown to viewers too.
                lname: Option<Box<str>> => OptText;
                /// The sender of text messages, where a country has that feature.
                smsname: Option<Box<str>> => OptText;
                /// The host name in URLs: `meeting.is` or `syna.is`.
                host: Option<Box<str>> => OptText;
                /// The language of the viewers' interface: `en`, `de`, `fi`, `fr`, `is`, `it`, `ja`, `nl`, `no`, `pl`.
                hl: Option<Box<str>> => OptText;
                /// The primary server cluster: `eu1`, `eu2`, `us1` or `ap1`.
                geo: Option<Box<str>> => OptText;
                /// URL of the company's logo.
                logo: Option<Box<str>> => OptText;
                /// Where viewers are sent after a screen share.
                post_session_url: Option<Box<str>> => OptText;
                /// Whether CrankWheel's branding is taken off all that viewers see.
                remove_cw_branding: Option<bool> => OptBool;
                /// Meetings allowed in a month; 99999999 means unlimited. Read-only, set by the plan.
                session_limit: Option<i64> => OptInt;
                /// Users that may be created; `None` and 99999999 mean unlimited. Read-only, set by the plan.
                license_count: Option<i64> => OptInt;
                /// API name of the plan, `unset_or_custom` without one. Read-only: change it with set plan.
                current_plan: Option<Box<str>> => OptText;
                /// Whether the client may use CrankWheel's own API.
                api_access_enabled: Option<bool> => OptBool;
                /// Whether the client may use the Salesforce integration.
                integrations_enabled: Option<bool> => OptBool;
                /// The id in the Instant Demos snippet; `None` where Instant Demos are off. Read-only.
                demo_id: Option<Box<str>> => OptText;
                /// When the soft limit was first exceeded; set or null together with `hard_limit_starts`.
                first_exceeded_soft_limit: Option<::jiff::Timestamp> => OptTime;
                /// From when sessions beyond the limit are refused.
                hard_limit_starts: Option<::jiff::Timestamp> => OptTime;
                /// The finer settings.
                settings: Settings => OneSettings;
            }
            /// The finer settings of a client.
            Settings {
                /// The id of the settings, a text; an update of settings must carry it. Empty if the answer has none.
                id: Box<str> => TextOrEmpty;
                /// `default` or `reseller`; single sign-on works with `reseller` only.
                provisioning_provider: Option<Box<str>> => OptText;
                /// What the place is called where users log in.
                provisioning_displayname: Option<Box<str>> => OptText;
                /// Link to where users log in, or are added and removed.
                provisioning_url: Option<Box<str>> => OptText;
                /// Whether a window may be shared.
                window: Option<bool> => OptBool;
                /// Whether a browser tab may be shared.
                tab: Option<bool> => OptBool;
                /// Whether the whole screen may be shared.
                screen: Option<bool> => OptBool;
                /// Whether agents may change their picture.
                allow_edit_picture: Option<bool> => OptBool;
                /// Whether agents may change their name.
                allow_edit_name: Option<bool> => OptBool;
                /// Whether agents may change their headline.
                allow_edit_headline: Option<bool> => OptBool;
                /// Whether the client's administrators may change its `sname`.
                allow_changing_lobby_settings: Option<bool> => OptBool;
                /// Whether remote control is on.
                enable_remote_control: Option<bool> => OptBool;
                /// Whether the audit log is on.
                audit_log: Option<bool> => OptBool;
                /// Match pattern of the pages that may be shared from a tab; older answers call it `black_list_pattern`.
                content_filter_pattern: Option<Box<str>> => OptText | "black_list_pattern";
                /// What the server makes of the pattern; never set it. Older answers call it `black_list_regex`.
                content_filter_regex: Option<Box<str>> => OptText | "black_list_regex";
                /// Template of text messages; must hold `{{link}}`.
                sms_template: Option<Box<str>> => OptText;
                /// Subject of invitations by e-mail; may hold `{{userName}}` and `{{screenSharingLink}}`.
                email_invite_subject: Option<Box<str>> => OptText;
                /// Text of invitations by e-mail; must hold `{{screenSharingLink}}`.
                email_invite_body: Option<Box<str>> => OptText;
                /// Instant Demos fields that come first, with commas between them.
                dod_field_order_template: Option<Box<str>> => OptText;
                /// Whether the phone conference provider is set by hand.
                phone_conf_manual: Option<bool> => OptBool;
                /// The phone conference provider; only with `phone_conf_manual`.
                phone_conf_provider: Option<Box<str>> => OptText;
                /// Its main number; only with `phone_conf_manual`.
                phone_conf_main_number: Option<Box<str>> => OptText;
                /// Its other numbers; only with `phone_conf_manual`.
                phone_conf_extra_numbers: Option<Box<str>> => OptText;
                /// The client's own lobby URL.
                lobby_url: Option<Box<str>> => OptText;
                /// Deprecated, stays false.
                stay_in_lobby: Option<bool> => OptBool;
                /// Deprecated, stays false.
                auto_accept_in_lobby: Option<bool> => OptBool;
            }
            /// A plan that the reseller may set (the API document, Get Available Plans).
            Plan {
                /// The name to set it by.
                api_name: Box<str> => Text;
                /// The name to show.
                human_name: Option<Box<str>> => OptText;
                /// Interactions that a client under it may use; 99999999 means unlimited.
                session_limit: Option<i64> => OptInt;
                /// Named seats that a client under it may use; 99999999 means unlimited.
                license_count: Option<i64> => OptInt;
            }
            /// How many meetings a client had in a period (the API document, Get Client Usage).
            ClientUsage {
                /// The client's id.
                company_id: i64 => Id;
                /// Start of the period, as it was understood.
                start: Option<::jiff::Timestamp> => OptTime;
                /// End of the period, as it was understood.
                end: Option<::jiff::Timestamp> => OptTime;
                /// Screen shares shorter than this many seconds were not counted.
                min_seconds: Option<i64> => OptCount;
                /// Meetings in the period.
                num_sessions: i64 => Count;
            }
            /// Which plans a client had in a period, and for how long (the API document, Get Client Billing Details).
            ClientBilling {
                /// The client's id.
                company_id: i64 => Id;
                /// The client's short name.
                sname: Option<Box<str>> => OptText;
                /// The client's human-readable name.
                lname: Option<Box<str>> => OptText;
                /// Start of the period.
                starting: Option<::jiff::Timestamp> => OptTime;
                /// End of the period.
                ending: Option<::jiff::Timestamp> => OptTime;
                /// Length of the period in seconds.
                total_period_seconds: i64 => Count;
                /// Units by plan, a unit being the whole period.
                plans_pro_rata: PlanMap => Plans;
                /// The sub-periods, oldest first.
                periods: Vec<BillingPeriod> => Periods;
            }
            /// A part of the billed period with one plan in effect.
            BillingPeriod {
                /// API name of the plan, `unset_or_custom` without one.
                api_name: Option<Box<str>> => OptText;
                /// The plan's name to show.
                human_name: Option<Box<str>> => OptText;
                /// Who set the plan: an e-mail address, `nobody`, or nothing.
                set_by: Option<Box<str>> => OptText;
                /// When the plan was set.
                set_at: Option<::jiff::Timestamp> => OptTime;
                /// From when it was in effect within the period.
                effective_from: Option<::jiff::Timestamp> => OptTime;
                /// Until when it was in effect within the period.
                effective_to: Option<::jiff::Timestamp> => OptTime;
                /// How long it was in effect, in whole seconds (truncated).
                effective_seconds: i64 => Count;
                /// `effective_seconds / total_period_seconds`, as sent.
                pro_rata: f64 => Number;
            }
            /// For how many units of the period a plan was in effect.
            PlanProRata {
                /// Units, as sent; one unit is the whole period for one company.
                units: f64 => Number;
                /// The plan's name to show.
                human_name: Option<Box<str>> => OptText;
            }
            /// The bill of all client companies (the API document, Get Billing Overview).
            BillingOverview {
                /// Start of the period, as it was asked for.
                starting: Option<::jiff::Timestamp> => OptTime;
                /// End of the period, as it was asked for.
                ending: Option<::jiff::Timestamp> => OptTime;
                /// One entry for each client company.
                per_company: Companies => PerCompany;
                /// Units by plan over all companies; they add up to the number of companies.
                total_pro_rata: PlanMap => Plans;
            }
            /// A user account that an e-mail address can log in as (the API document, List Log-in Options).
            LoginOption {
                /// The address to ask a token for; can carry a prefix that ends in `-cw-`.
                email: Box<str> => Text;
                /// The client that this account belongs to.
                client_id: i64 => Id;
                /// The client's short name.
                sname: Option<Box<str>> => OptText;
                /// The client's human-readable name.
                lname: Option<Box<str>> => OptText;
                /// `user`, `admin` or `owner`.
                role: Option<Box<str>> => OptText;
            }
        }
    };
}
