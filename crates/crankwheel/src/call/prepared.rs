//! A call: one operation with its arguments, not yet sent.

use std::fmt;
use std::future::IntoFuture;

use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde_json::Value;

use crate::client::CrankWheel;
use crate::error::{Error, ErrorKind};
use crate::json::scan;
use crate::model::DecodeError;
use crate::secret::Redactor;
use crate::transport::key::{IMPERSONATION_PREFIX, KeySource, Secret, check_key, impersonated};
use crate::transport::{Answer, BodySink, Deadline, Request, Safety, refuse_write, send};

/// One operation with its arguments, ready to be sent: `.await` it.
///
/// Or look at the answer as it came ([`Call::with_raw_response`]), or only at what would be sent
/// ([`Call::dry_run`]). Arguments that cannot be used show up as an error when it is awaited.
#[must_use = "a call does nothing until it is awaited"]
pub struct Call<T> {
    client: CrankWheel,
    key: Option<Secret>,
    plan: Result<Plan<T>, Error>,
}

struct Plan<T> {
    /// What is sent, or sent last; with placeholders where it depends on an earlier answer.
    preview: Request,
    run: Box<dyn FnOnce(Context) -> Running<T> + Send>,
}

/// Reads an answer while it arrives.
pub(crate) trait Reader: BodySink + Default + 'static {
    type Value;

    /// What the body meant.
    fn finish(self) -> Result<Self::Value, DecodeError>;
}

/// A call on its way.
type Running<T> = BoxFuture<'static, Result<RawResponse<T>, Error>>;

/// What a call runs with.
pub(crate) struct Context {
    client: CrankWheel,
    key: Secret,
    /// Holds for all requests of the call together.
    deadline: Deadline,
    /// Whether the caller wants the answer as it came, with its body.
    raw: bool,
}

impl Context {
    /// Sends one request.
    pub async fn send(&self, request: &Request) -> Result<Answer, Error> {
        send(&self.client.shared, &self.key, request, self.deadline, None).await
    }

    /// Sends one request; the body of its answer goes to `sink`, and is kept only if the caller wants it.
    async fn send_into(&self, request: &Request, sink: &mut dyn BodySink) -> Result<Answer, Error> {
        if !self.raw {
            return send(&self.client.shared, &self.key, request, self.deadline, Some(sink)).await;
        }
        let answer = self.send(request).await?;
        sink.begin();
        // In pieces, so that the sink does not hold it whole, too.
        let _ = answer.body.chunks(1 << 16).all(|piece| sink.take(piece));
        Ok(answer)
    }

    /// Reads an answer; what cannot be read becomes an error that stands beside the answer.
    pub fn read<T>(
        &self,
        request: &Request,
        answer: Answer,
        read: impl FnOnce(&Request, &Answer) -> Result<T, DecodeError>,
    ) -> RawResponse<T> {
        let value = read(request, &answer).map_err(|problem| {
            let secrets = &self.client.shared.config.proxy_secrets;
            let error = answer.response_error(request, &problem);
            let error = if request.safety == Safety::Read { error } else { request.outcome(error, true) };
            error.redacted(&Redactor::new(Some(&self.key), secrets))
        });
        RawResponse { answer, value }
    }
}

impl<T: Send + 'static> Call<T> {
    /// A call of one request.
    pub(crate) fn answering(
        client: &CrankWheel,
        request: Result<Request, Error>,
        read: fn(&Request, &Answer) -> Result<T, DecodeError>,
    ) -> Self {
        Self::steps(client, request, move |context, request| {
            async move {
                let answer = context.send(&request).await?;
                Ok(context.read(&request, answer, read))
            }
            .boxed()
        })
    }

    /// A call of one request whose answer is read while it arrives.
    pub(crate) fn streaming<R: Reader<Value = T>>(
        client: &CrankWheel,
        request: Result<Request, Error>,
    ) -> Self {
        Self::steps(client, request, |context, request| {
            async move {
                let mut reader = R::default();
                let answer = context.send_into(&request, &mut reader).await?;
                Ok(context.read(&request, answer, |_, _| reader.finish()))
            }
            .boxed()
        })
    }

    /// A call that may take several requests; `preview` is the one that a dry run shows.
    pub(crate) fn steps(
        client: &CrankWheel,
        preview: Result<Request, Error>,
        run: impl FnOnce(Context, Request) -> Running<T> + Send + 'static,
    ) -> Self {
        let plan = preview.map(|preview| {
            let request = preview.clone();
            Plan { preview, run: Box::new(move |context| run(context, request)) as Box<_> }
        });
        Call { client: client.clone(), key: None, plan }
    }

    /// Sends with this key instead of the client's own.
    #[doc(hidden)]
    pub fn with_key(mut self, key: &str) -> Self {
        match check_key(key) {
            Ok(key) => self.key = Some(key),
            Err(error) => self.plan = Err(error),
        }
        self
    }

    /// Sends; the answer's body is kept only for `raw`.
    #[doc(hidden)]
    pub async fn run(self, raw: bool) -> Result<RawResponse<T>, Error> {
        let Call { client, key, plan } = self;
        let config = &client.shared.config;
        // Before any look-up: a read-only client does not even begin a write.
        let checked = plan.and_then(|plan| refuse_write(config, &plan.preview).map(|()| plan));
        let plan = checked.map_err(|error| client.cleaned(key.as_ref(), error))?;
        let total = config.deadlines.total.unwrap_or_else(|| plan.preview.default_timeout());
        let deadline = Deadline::new(total);
        let key = match key {
            Some(key) => key,
            None => config.key.key()?,
        };
        (plan.run)(Context { client, key, deadline, raw }).await
    }

    /// Sends, and gives the answer as it came beside what it means.
    pub fn with_raw_response(self) -> BoxFuture<'static, Result<RawResponse<T>, Error>> {
        self.run(true).boxed()
    }

    /// What would be sent. Nothing is sent at all; where a value would have to be looked up first, a
    /// placeholder stands.
    ///
    /// ```
    /// let cw = crankwheel::CrankWheel::new("my-key")?;
    /// let request = cw.clients().delete(27084).dry_run()?;
    /// assert_eq!(request.method, "DELETE");
    /// assert!(request.curl().contains("$CRANKWHEEL_API_KEY"));
    /// # Ok::<(), crankwheel::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`InvalidRequest`](ErrorKind::InvalidRequest) if the arguments cannot be used.
    pub fn dry_run(self) -> Result<DryRun, Error> {
        let config = &self.client.shared.config;
        let request = self.plan.map(|plan| plan.preview);
        let checked = request.and_then(|request| Ok((request.url(&config.base_url)?, request)));
        let (url, request) = checked.map_err(|error| self.client.cleaned(self.key.as_ref(), error))?;
        let body = request.body.as_ref().map(|body| String::from_utf8_lossy(body).into_owned());
        let mut headers = vec![
            ("authorization".to_owned(), "Basic ***".to_owned()),
            ("accept".to_owned(), "application/json".to_owned()),
            ("user-agent".to_owned(), config.user_agent()),
        ];
        if body.is_some() {
            headers.push(("content-type".to_owned(), "application/json".to_owned()));
        }
        let acts_for = match &config.key {
            KeySource::Fixed(key) => impersonated(key),
            KeySource::Function(_) => None,
        };
        Ok(DryRun { method: request.method, url: url.to_string(), headers, body, acts_for })
    }

    /// The same call with its result converted.
    #[doc(hidden)]
    pub fn map<U: Send + 'static>(self, convert: impl FnOnce(T) -> U + Send + 'static) -> Call<U> {
        let plan = self.plan.map(|plan| Plan {
            preview: plan.preview,
            run: Box::new(move |context| {
                let running = (plan.run)(context);
                async move {
                    let RawResponse { answer, value } = running.await?;
                    Ok(RawResponse { answer, value: value.map(convert) })
                }
                .boxed()
            }) as Box<_>,
        });
        Call { client: self.client, key: self.key, plan }
    }
}

impl<T: Send + 'static> IntoFuture for Call<T> {
    type Output = Result<T, Error>;
    type IntoFuture = BoxFuture<'static, Result<T, Error>>;

    fn into_future(self) -> Self::IntoFuture {
        async move { self.run(false).await?.value }.boxed()
    }
}

impl<T> fmt::Debug for Call<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.plan {
            Ok(plan) => write!(f, "Call({} {})", plan.preview.method, plan.preview.path),
            Err(error) => write!(f, "Call({error:?})"),
        }
    }
}

/// An answer as it came, beside what it means.
pub struct RawResponse<T> {
    pub(crate) answer: Answer,
    pub(crate) value: Result<T, Error>,
}

impl<T> RawResponse<T> {
    /// The HTTP status.
    pub fn status_code(&self) -> u16 {
        self.answer.status
    }

    /// The headers, names in lower case.
    pub fn headers(&self) -> Vec<(String, String)> {
        self.answer.header_list()
    }

    /// The answer's `x-request-id`.
    pub fn request_id(&self) -> Option<&str> {
        self.answer.request_id()
    }

    /// The body. That of a grant-token answer is a credential.
    pub fn body(&self) -> &Bytes {
        &self.answer.body
    }

    /// How often the request was sent.
    pub fn attempts(&self) -> u32 {
        self.answer.attempts
    }

    /// What the answer means, as the call without `with_raw_response` would have given it.
    ///
    /// # Errors
    /// [`Response`](ErrorKind::Response) if the answer is not what the API documents.
    pub fn parse(self) -> Result<T, Error> {
        self.value
    }
}

impl<T> fmt::Debug for RawResponse<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Nothing that the server wrote: it can be a credential.
        write!(f, "RawResponse({}, {} bytes)", self.answer.status, self.answer.body.len())
    }
}

/// A request that was not sent, with the key taken out.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DryRun {
    /// The method.
    pub method: &'static str,
    /// The whole URL.
    pub url: String,
    /// The headers, names in lower case, the key as `***`.
    pub headers: Vec<(String, String)>,
    /// The JSON body.
    pub body: Option<String>,
    /// The client whose impersonation key it would be sent with.
    acts_for: Option<String>,
}

impl DryRun {
    /// A line for a shell that sends the same request, with the key from `$CRANKWHEEL_API_KEY`.
    pub fn curl(&self) -> String {
        let mut line = "curl".to_owned();
        match self.method {
            "GET" => {}
            "HEAD" => line.push_str(" --head"),
            method => line.push_str(&format!(" -X {method}")),
        }
        let prefix =
            self.acts_for.as_ref().map(|id| format!("{IMPERSONATION_PREFIX}{id}-")).unwrap_or_default();
        let key = format!("Authorization: Basic {prefix}$CRANKWHEEL_API_KEY");
        line.push_str(&format!(" {} -H \"{key}\"", quoted(&self.url)));
        match &self.body {
            Some(body) => {
                line.push_str(&format!(
                    " -H 'Content-Type: application/json' --data-binary {}",
                    quoted(body)
                ));
            }
            None if self.method == "POST" => line.push_str(" -H 'Content-Length: 0'"),
            None => {}
        }
        line
    }
}

/// In single quotes, as a POSIX shell takes everything but a single quote literally.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// The answer to a raw request.
#[derive(Clone)]
pub struct RawBody {
    answer: Answer,
}

impl RawBody {
    pub(crate) fn new(answer: &Answer) -> Self {
        RawBody { answer: answer.clone() }
    }

    /// The HTTP status.
    pub fn status_code(&self) -> u16 {
        self.answer.status
    }

    /// The headers, names in lower case.
    pub fn headers(&self) -> Vec<(String, String)> {
        self.answer.header_list()
    }

    /// The answer's `x-request-id`.
    pub fn request_id(&self) -> Option<&str> {
        self.answer.request_id()
    }

    /// The body.
    pub fn body(&self) -> &Bytes {
        &self.answer.body
    }

    /// The body as JSON; `null` if it is empty.
    ///
    /// # Errors
    /// [`Response`](ErrorKind::Response) if it is not JSON.
    pub fn json(&self) -> Result<Value, Error> {
        if self.answer.body.iter().all(u8::is_ascii_whitespace) {
            return Ok(Value::Null);
        }
        let raw = scan::whole(&self.answer.body)
            .map_err(|problem| Error::new(ErrorKind::Response, format!("the body is not JSON: {problem}")))?;
        Ok(scan::value(raw.get()))
    }
}

impl fmt::Debug for RawBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RawBody({}, {} bytes)", self.answer.status, self.answer.body.len())
    }
}
