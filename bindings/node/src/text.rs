//! Text for JavaScript.

use napi::bindgen_prelude::{ToNapiValue, sys};
use napi::{Result, check_status};

/// Text that becomes a string of JavaScript. Most JSON is ASCII, which is copied without decoding it.
pub struct JsonText(pub String);

#[allow(unsafe_code, reason = "the trait's method is unsafe, and so is the function that it calls")]
impl ToNapiValue for JsonText {
    unsafe fn to_napi_value(env: sys::napi_env, JsonText(text): Self) -> Result<sys::napi_value> {
        if !text.is_ascii() {
            // SAFETY: the caller guarantees that `env` is valid.
            return unsafe { ToNapiValue::to_napi_value(env, text) };
        }
        let length = isize::try_from(text.len()).unwrap_or(isize::MAX);
        let mut value = std::ptr::null_mut();
        // SAFETY: as above, and `text` has that many bytes.
        check_status!(unsafe {
            sys::napi_create_string_latin1(env, text.as_ptr().cast(), length, &mut value)
        })?;
        Ok(value)
    }
}
