//! Options of a client, as TypeScript has them, into the core's.

use std::time::Duration;

use crankwheel::{Error, Options};
use napi_derive::napi;

/// Options of a client; durations in milliseconds. The order of the fields is that of `options.ts`.
#[napi(object, object_to_js = false)]
#[derive(Default)]
pub struct ClientOptions {
    pub api_key: Option<String>,
    pub base_url: Option<String>,
    pub timeout: Option<f64>,
    pub connect_timeout: Option<f64>,
    pub attempt_timeout: Option<f64>,
    pub max_retries: Option<f64>,
    pub retry_writes: Option<bool>,
    pub read_only: Option<bool>,
    pub proxy: Option<String>,
    pub ca_file: Option<String>,
    pub client_certificate: Option<String>,
    pub user_agent_suffix: Option<String>,
    pub max_connections: Option<f64>,
    pub max_idle_connections: Option<f64>,
    pub idle_timeout: Option<f64>,
    pub allow_insecure_http: Option<bool>,
    /// The key comes with each call: a function of the caller's gives it.
    pub key_per_call: Option<bool>,
    /// Language and version, for the `User-Agent` header.
    pub surface: Option<String>,
}

impl ClientOptions {
    /// The core's options.
    pub fn convert(self) -> Result<Options, Error> {
        let mut options = Options::new();
        if self.key_per_call == Some(true) {
            // Never called: every call brings its key.
            options = options.api_key_from(|| Err("the key comes with the call".into()));
        }
        macro_rules! set {
            ($($name:ident: $convert:expr;)*) => {$(
                if let Some(value) = self.$name {
                    let convert: fn(_) -> Result<_, Error> = $convert;
                    options = options.$name(convert(value)?);
                }
            )*};
        }
        set! {
            api_key: Ok::<String, Error>;
            base_url: Ok::<String, Error>;
            timeout: |ms| duration("timeout", ms);
            connect_timeout: |ms| duration("connectTimeout", ms);
            attempt_timeout: |ms| duration("attemptTimeout", ms);
            max_retries: |number| count::<u32>("maxRetries", number);
            retry_writes: Ok::<bool, Error>;
            read_only: Ok::<bool, Error>;
            proxy: Ok::<String, Error>;
            ca_file: Ok::<String, Error>;
            client_certificate: Ok::<String, Error>;
            user_agent_suffix: Ok::<String, Error>;
            max_connections: |number| count::<usize>("maxConnections", number);
            max_idle_connections: |number| count::<usize>("maxIdleConnections", number);
            idle_timeout: |ms| duration("idleTimeout", ms);
            allow_insecure_http: Ok::<bool, Error>;
            surface: Ok::<String, Error>;
        }
        Ok(options)
    }
}

/// A whole number of 0 or more.
fn count<T: TryFrom<u64>>(name: &str, number: f64) -> Result<T, Error> {
    let whole = number >= 0.0 && number.fract() == 0.0 && number < 9_007_199_254_740_992.0;
    whole.then(|| T::try_from(number as u64).ok()).flatten().ok_or_else(|| {
        Error::configuration(format!("`{name}` must be a whole number of 0 or more, not {number}"))
    })
}

/// What is too much or too little the core says.
fn duration(name: &str, milliseconds: f64) -> Result<Duration, Error> {
    Duration::try_from_secs_f64(milliseconds / 1000.0).map_err(|_| {
        Error::configuration(format!(
            "`{name}` must be more than nothing and at most 30 days, not {milliseconds} ms"
        ))
    })
}
