//! Passes the events of attempts from the core's threads to the hooks.
//!
//! A thread of the core only puts a plain event into the queue and wakes Node's thread up, without waiting for it and
//! without keeping the process alive. TypeScript takes the events out when a call ends or after
//! a wake-up.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crankwheel::{Attribute, RequestEvent, RequestPhase};
use napi::bindgen_prelude::Function;
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi::{Result, Status};
use napi_derive::napi;
use serde_json::Value;

/// Weak, so that it does not keep the process alive.
pub type Wake = ThreadsafeFunction<(), (), (), Status, false, true>;

/// An attempt that begins, or one that ended: then it has a duration, and either a status or a problem.
#[napi(object, object_from_js = false)]
pub struct EventData {
    pub call_id: i64,
    pub method: String,
    pub template: String,
    pub attempt: u32,
    pub duration_ms: Option<f64>,
    pub status: Option<u32>,
    pub request_id: Option<String>,
    pub problem: Option<String>,
    /// OpenTelemetry's attributes as JSON text: converting one value is cheaper than converting many.
    pub attributes: String,
}

/// The events of a client that were not taken yet.
#[napi]
pub struct NativeEvents {
    waiting: Arc<Mutex<Vec<EventData>>>,
    wake: Arc<Wake>,
}

#[napi]
impl NativeEvents {
    /// Creates an empty queue. `wake` is called some time after the first event.
    #[napi(constructor)]
    pub fn new(wake: Function<'_, (), ()>) -> Result<Self> {
        Ok(NativeEvents { waiting: Arc::default(), wake: Arc::new(self::wake(wake)?) })
    }

    /// Takes the events, in their order.
    #[napi]
    pub fn take(&self) -> Vec<EventData> {
        std::mem::take(&mut *lock(&self.waiting))
    }
}

impl NativeEvents {
    /// Returns the function that the core calls.
    pub fn observer(&self) -> impl Fn(&RequestEvent<'_>) + Send + Sync + 'static {
        let (waiting, wake) = (Arc::clone(&self.waiting), Arc::clone(&self.wake));
        move |event| {
            let first = {
                let mut waiting = lock(&waiting);
                waiting.push(data(event));
                waiting.len() == 1
            };
            if first {
                // If Node's thread has ended, nobody needs the events.
                wake.call((), ThreadsafeFunctionCallMode::NonBlocking);
            }
        }
    }
}

/// Converts a function to one that other threads can call.
pub fn wake(function: Function<'_, (), ()>) -> Result<Wake> {
    function.build_threadsafe_function::<()>().weak::<true>().build()
}

fn lock(waiting: &Mutex<Vec<EventData>>) -> MutexGuard<'_, Vec<EventData>> {
    waiting.lock().unwrap_or_else(PoisonError::into_inner)
}

fn data(event: &RequestEvent<'_>) -> EventData {
    let mut data = EventData {
        call_id: number(event.call_id),
        method: event.method.to_owned(),
        template: event.template.to_owned(),
        attempt: event.attempt,
        duration_ms: None,
        status: None,
        request_id: None,
        problem: None,
        attributes: attributes(event),
    };
    match event.phase {
        RequestPhase::Begins => {}
        RequestPhase::Completed { status, request_id, duration, .. } => {
            data.duration_ms = Some(duration.as_secs_f64() * 1000.0);
            data.status = Some(status.into());
            data.request_id = request_id.map(str::to_owned);
        }
        RequestPhase::Failed { problem, duration } => {
            data.duration_ms = Some(duration.as_secs_f64() * 1000.0);
            data.problem = Some(problem.to_owned());
        }
    }
    data
}

/// Returns an id as JavaScript's number.
pub fn number(id: u64) -> i64 {
    i64::try_from(id).unwrap_or(i64::MAX)
}

fn attributes(event: &RequestEvent<'_>) -> String {
    let value = |value| match value {
        Attribute::String(text) => Value::from(text),
        Attribute::Number(number) => Value::from(number),
        Attribute::Strings(texts) => Value::from(texts),
    };
    let attributes = event.attributes().into_iter().map(|(name, attribute)| (name, value(attribute)));
    Value::Object(attributes.collect()).to_string()
}
