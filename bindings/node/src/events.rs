//! What happens on the wire, on its way from the core's threads to the hooks.
//!
//! A thread of the core only puts a plain event into the queue and wakes Node's thread up, without waiting for it and
//! without keeping the process alive. Who takes the events out, when a call ends or after a wake-up, is TypeScript.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crankwheel::{Attribute, RequestEvent, RequestPhase};
use napi::bindgen_prelude::Function;
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi::{Result, Status};
use napi_derive::napi;
use serde_json::Value;

/// Weak: it keeps no process alive.
type Wake = ThreadsafeFunction<(), (), (), Status, false, true>;

/// An attempt that begins, or one that ended: then it has a duration, and either a status or a problem.
#[napi(object, object_from_js = false)]
pub struct EventData {
    pub method: String,
    pub template: String,
    pub attempt: u32,
    pub duration_ms: Option<f64>,
    pub status: Option<u32>,
    pub request_id: Option<String>,
    pub problem: Option<String>,
    /// OpenTelemetry's attributes as JSON text: one value is cheaper to hand over than many.
    pub attributes: String,
}

/// The events of a client that nobody has taken yet.
#[napi]
pub struct NativeEvents {
    waiting: Arc<Mutex<Vec<EventData>>>,
    wake: Arc<Wake>,
}

#[napi]
impl NativeEvents {
    /// `wake` is called, some time later, when there are events.
    #[napi(constructor)]
    pub fn new(wake: Function<'_, (), ()>) -> Result<Self> {
        let wake = wake.build_threadsafe_function::<()>().weak::<true>().build()?;
        Ok(NativeEvents { waiting: Arc::default(), wake: Arc::new(wake) })
    }

    /// The events so far, in their order.
    #[napi]
    pub fn take(&self) -> Vec<EventData> {
        std::mem::take(&mut *lock(&self.waiting))
    }
}

impl NativeEvents {
    /// What the core calls.
    pub fn observer(&self) -> impl Fn(&RequestEvent<'_>) + Send + Sync + 'static {
        let (waiting, wake) = (Arc::clone(&self.waiting), Arc::clone(&self.wake));
        move |event| {
            let first = {
                let mut waiting = lock(&waiting);
                waiting.push(data(event));
                waiting.len() == 1
            };
            if first {
                // Node's thread may have ended: then nobody is interested any more.
                wake.call((), ThreadsafeFunctionCallMode::NonBlocking);
            }
        }
    }
}

/// What the core warns of, since the last time.
#[napi]
pub fn take_warnings() -> Vec<String> {
    crankwheel::take_warnings()
}

fn lock(waiting: &Mutex<Vec<EventData>>) -> MutexGuard<'_, Vec<EventData>> {
    waiting.lock().unwrap_or_else(PoisonError::into_inner)
}

fn data(event: &RequestEvent<'_>) -> EventData {
    let mut data = EventData {
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

fn attributes(event: &RequestEvent<'_>) -> String {
    let value = |value| match value {
        Attribute::String(text) => Value::from(text),
        Attribute::Number(number) => Value::from(number),
        Attribute::Strings(texts) => Value::from(texts),
    };
    let attributes = event.attributes().into_iter().map(|(name, attribute)| (name, value(attribute)));
    Value::Object(attributes.collect()).to_string()
}
