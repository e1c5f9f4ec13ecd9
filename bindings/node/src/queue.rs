//! The queue through which the results of calls reach Node's thread.
//!
//! A thread of the core puts the result of a call into the queue, and wakes Node's thread if the queue was empty. One
//! wake-up takes all results that have arrived. Each environment (the main thread, each worker thread) has its own queue.
//! It keeps the event loop alive while a call of its environment is in flight: a program ends by itself when nothing is.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crankwheel::Progress;
use napi::bindgen_prelude::{Env, Function, ToNapiValue, sys};
use napi::threadsafe_function::ThreadsafeFunctionCallMode;
use napi::{Result, check_status};
use napi_derive::napi;
use tokio::sync::Notify;

use crate::events::{Wake, number, wake};
use crate::output::{CallResult, Ended};

/// A call that can be cancelled, and whose progress can be read.
#[derive(Clone, Default)]
pub struct Watched {
    pub cancelled: Arc<Notify>,
    pub progress: Progress,
}

/// The calls of one environment.
pub struct Queue {
    state: Mutex<State>,
    wake: Wake,
}

#[derive(Default)]
struct State {
    /// The calls that have ended and were not taken yet.
    ended: Vec<(i64, Ended)>,
    /// The calls that have begun and were not taken yet.
    in_flight: usize,
    /// The calls that can be cancelled, until they are forgotten.
    watched: HashMap<i64, Watched>,
}

impl Queue {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records a call that begins. Each such call must `end`.
    pub fn begin(&self, env: &Env, id: i64, watched: Option<&Watched>) -> Result<()> {
        let mut state = self.state();
        if state.in_flight == 0 {
            self.keep_alive(env, true)?;
        }
        state.in_flight += 1;
        if let Some(watched) = watched {
            state.watched.insert(id, watched.clone());
        }
        Ok(())
    }

    /// Records the result of a call.
    pub fn end(&self, id: i64, ended: Ended) {
        let first = {
            let mut state = self.state();
            state.ended.push((id, ended));
            state.ended.len() == 1
        };
        if first {
            // If the environment has ended, nobody needs the results.
            self.wake.call((), ThreadsafeFunctionCallMode::NonBlocking);
        }
    }

    /// Makes the queue keep the event loop alive, or not.
    #[allow(
        unsafe_code,
        reason = "the safe methods need exclusive access, and other threads use the function"
    )]
    fn keep_alive(&self, env: &Env, alive: bool) -> Result<()> {
        let function = self.wake.raw();
        // SAFETY: this is the thread of the environment, which is alive, and so is the function that `self` owns.
        let status = unsafe {
            match alive {
                true => sys::napi_ref_threadsafe_function(env.raw(), function),
                false => sys::napi_unref_threadsafe_function(env.raw(), function),
            }
        };
        check_status!(status)
    }
}

/// The queue of an environment.
#[napi]
pub struct NativeQueue {
    pub(crate) queue: Arc<Queue>,
}

#[napi]
impl NativeQueue {
    /// Creates an empty queue. `wake` is called some time after a call has ended.
    #[napi(constructor)]
    pub fn new(wake: Function<'_, (), ()>) -> Result<Self> {
        let queue = Queue { state: Mutex::default(), wake: self::wake(wake)? };
        Ok(NativeQueue { queue: Arc::new(queue) })
    }

    /// Takes the calls that have ended: the id of a call, its result, the next id and so on. A result is the value of the
    /// operation, or a `CallResult`.
    #[napi(ts_return_type = "unknown[]")]
    pub fn take(&self, env: &Env) -> Result<Batch> {
        let mut state = self.queue.state();
        let batch = std::mem::take(&mut state.ended);
        state.in_flight = state.in_flight.saturating_sub(batch.len());
        if state.in_flight == 0 && !batch.is_empty() {
            self.queue.keep_alive(env, false)?;
        }
        Ok(Batch(batch))
    }

    /// Cancels a call that is watched, if it has not ended.
    #[napi]
    pub fn cancel(&self, id: i64) {
        if let Some(watched) = self.queue.state().watched.get(&id) {
            watched.cancelled.notify_one();
        }
    }

    /// Returns the bytes received, their total (0 if it is not known), and the rows of a call that is watched.
    #[napi]
    pub fn progress(&self, id: i64) -> Vec<i64> {
        let watched = self.queue.state().watched.get(&id).cloned();
        let counts = watched.map(|Watched { progress, .. }| {
            [progress.received_bytes(), progress.total_bytes().unwrap_or(0), progress.rows()].map(number)
        });
        counts.map(Vec::from).unwrap_or_default()
    }

    /// Ends watching a call.
    #[napi]
    pub fn forget(&self, id: i64) {
        self.queue.state().watched.remove(&id);
    }
}

/// The calls that have ended, as one array.
pub struct Batch(Vec<(i64, Ended)>);

#[allow(unsafe_code, reason = "the trait's method is unsafe, and so are the functions that it calls")]
impl ToNapiValue for Batch {
    unsafe fn to_napi_value(env: sys::napi_env, Batch(batch): Self) -> Result<sys::napi_value> {
        let mut array = std::ptr::null_mut();
        // SAFETY: the caller guarantees that `env` is valid; `array` lives in the scope of the caller.
        unsafe {
            check_status!(sys::napi_create_array_with_length(env, 2 * batch.len(), &mut array))?;
            let mut index = 0;
            for (id, ended) in batch {
                let id = ToNapiValue::to_napi_value(env, id)?;
                check_status!(sys::napi_set_element(env, array, index, id))?;
                // A result that cannot be converted must not hold up the other calls.
                let ended = ToNapiValue::to_napi_value(env, ended).or_else(|error| {
                    ToNapiValue::to_napi_value(env, CallResult::defect(error.reason.to_string()))
                })?;
                check_status!(sys::napi_set_element(env, array, index + 1, ended))?;
                index += 2;
            }
        }
        Ok(array)
    }
}
