//! Splitting a large JSON object while it arrives: into its members, and one list of it into
//! elements.
//!
//! Only an incomplete value is buffered. The splitter checks what is between the values. It passes
//! each value on as JSON that the receiver must check.

use memchr::memchr2;
use serde_json::value::RawValue;

use super::decode_error::DecodeError;
use super::excerpt::excerpt;
use super::path::Path;
use super::scalar::read_any_text;
use super::scan::{BYTE_ORDER_MARK, MAX_DEPTH};

/// The maximum size of one value. The totals of a million users take about a quarter of it.
const MAX_VALUE_SIZE: usize = 512 << 20;

/// The number of bytes of a piece that are added to an incomplete value at a time.
const STEP: usize = 4096;

/// Receives the parts of an object.
pub(crate) trait Parts {
    /// The name of the member whose list is passed on element by element.
    const LIST: &'static str;

    /// Receives a member. The member [`LIST`](Parts::LIST) is included only if it is not a list.
    fn member(&mut self, name: Name, json: &str) -> Result<(), DecodeError>;

    /// Receives the beginning of the list; a second time if the member is duplicated.
    fn list(&mut self);

    /// Receives an element of the list, at the beginning of `json`, if it has an expected form. Returns
    /// the size of its JSON, which is an object.
    fn expected_element(&mut self, json: &[u8]) -> Option<usize> {
        let _ = json;
        None
    }

    /// Receives an element of the list.
    fn element(&mut self, index: usize, json: &str) -> Result<(), DecodeError>;
}

/// The name of a member.
#[derive(Clone, Debug, Default)]
pub(crate) struct Name {
    /// A name with half a surrogate pair keeps the escape.
    pub text: String,
    /// The JSON of the name.
    pub json: String,
}

/// The next expected token, apart from white space.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// A byte-order mark, or the object.
    Start,
    Object,
    /// A name, or the end of an empty object.
    FirstName,
    Name,
    Colon,
    Value,
    /// A comma, or the end of the object.
    AfterValue,
    /// An element, or the end of an empty list.
    FirstElement(usize),
    Element(usize),
    /// A comma, or the end of the list.
    AfterElement(usize),
    End,
}

/// Splits an object.
#[derive(Debug)]
pub(crate) struct Splitter {
    state: State,
    /// The name of the current member.
    name: Name,
    /// The bytes that were received and not yet consumed.
    rest: Vec<u8>,
    /// The number of bytes before `rest`.
    done: usize,
    /// The progress in the value at the beginning of `rest`.
    scan: Option<Scan>,
}

/// The search for the end of a value.
#[derive(Clone, Copy, Debug)]
struct Scan {
    /// The position in `rest`.
    at: usize,
    depth: usize,
    in_string: bool,
}

impl Default for Splitter {
    fn default() -> Self {
        Splitter { state: State::Start, name: Name::default(), rest: Vec::new(), done: 0, scan: None }
    }
}

impl Splitter {
    /// Takes the next piece of the body, and passes on the values that it completes.
    pub fn take<P: Parts>(&mut self, piece: &[u8], parts: &mut P) -> Result<(), DecodeError> {
        let mut piece = piece;
        while !self.rest.is_empty() && !piece.is_empty() {
            // Only what completes the value is copied.
            let (head, tail) = piece.split_at(piece.len().min(STEP));
            let before = self.rest.len();
            let mut rest = std::mem::take(&mut self.rest);
            rest.extend_from_slice(head);
            let consumed = self.consume(&rest, parts)?;
            if let Some(begun) = consumed.checked_sub(before) {
                piece = piece.get(begun..).unwrap_or_default();
            } else {
                rest.drain(..consumed);
                self.rest = rest;
                self.check_size()?;
                piece = tail;
            }
        }
        if self.rest.is_empty() {
            let consumed = self.consume(piece, parts)?;
            self.rest.extend_from_slice(piece.get(consumed..).unwrap_or_default());
            self.check_size()?;
        }
        Ok(())
    }

    /// Passes on all complete values, and returns the number of bytes that they take.
    fn consume<P: Parts>(&mut self, bytes: &[u8], parts: &mut P) -> Result<usize, DecodeError> {
        let consumed = self.split(bytes, parts)?;
        self.done += consumed;
        Ok(consumed)
    }

    fn check_size(&self) -> Result<(), DecodeError> {
        if self.rest.len() > MAX_VALUE_SIZE {
            let problem = format!("a single value is larger than {} MiB", MAX_VALUE_SIZE >> 20);
            return Err(DecodeError::new(&Path::Key(&Path::Root, &self.name.text), problem));
        }
        Ok(())
    }

    /// Ends the body.
    pub fn finish(mut self, parts: &mut impl Parts) -> Result<(), DecodeError> {
        // A number ends at the next token, or at the end of the body.
        self.take(b" ", parts)?;
        match self.state {
            State::End => Ok(()),
            State::Start | State::Object => Err(DecodeError::new(&Path::Root, "the body is empty")),
            _ => Err(DecodeError::new(&Path::Root, "not valid JSON: it ends too early")),
        }
    }

    /// Reads all complete values, and returns the number of bytes that they take.
    fn split<P: Parts>(&mut self, rest: &[u8], parts: &mut P) -> Result<usize, DecodeError> {
        let mut at = 0;
        if self.state == State::Start {
            let mark = BYTE_ORDER_MARK.as_bytes();
            if rest.len() < mark.len() && mark.starts_with(rest) {
                return Ok(0);
            }
            at = if rest.starts_with(mark) { mark.len() } else { 0 };
            self.state = State::Object;
        }
        loop {
            if self.scan.is_none() {
                at += rest.get(at..).unwrap_or_default().iter().take_while(|byte| is_space(**byte)).count();
            }
            let Some(&byte) = rest.get(at) else { return Ok(at) };
            let step = match (self.state, byte) {
                (State::Object, b'{') => State::FirstName,
                (State::FirstName, b'}') | (State::AfterValue, b'}') => State::End,
                (State::FirstName | State::Name, b'"') => {
                    let Some(end) = self.value_end(rest, at, 1)? else { return Ok(at) };
                    let json = text(rest, at, end, &Path::Root)?;
                    let name: &RawValue = serde_json::from_str(json)
                        .map_err(|error| DecodeError::new(&Path::Root, format!("not valid JSON: {error}")))?;
                    let text = read_any_text(name.get()).map(|(text, _)| text.into_owned());
                    self.name = Name { text: text.unwrap_or_default(), json: json.to_owned() };
                    at = end;
                    self.state = State::Colon;
                    continue;
                }
                (State::Colon, b':') => State::Value,
                (State::Value, b'[') if self.name.text == P::LIST => {
                    parts.list();
                    State::FirstElement(0)
                }
                (State::Value, _) => {
                    let Some(end) = self.value_end(rest, at, 1)? else { return Ok(at) };
                    let value = text(rest, at, end, &Path::Key(&Path::Root, &self.name.text))?;
                    parts.member(std::mem::take(&mut self.name), value)?;
                    at = end;
                    self.state = State::AfterValue;
                    continue;
                }
                (State::AfterValue, b',') => State::Name,
                (State::FirstElement(_) | State::AfterElement(_), b']') => State::AfterValue,
                (State::AfterElement(index), b',') => State::Element(index + 1),
                (State::FirstElement(index) | State::Element(index), _) => {
                    let ahead = rest.get(at..).unwrap_or_default();
                    if self.scan.is_none()
                        && let Some(size) = parts.expected_element(ahead)
                    {
                        at += size;
                        self.state = State::AfterElement(index);
                        continue;
                    }
                    let Some(end) = self.value_end(rest, at, 2)? else { return Ok(at) };
                    let list = Path::Key(&Path::Root, P::LIST);
                    parts.element(index, text(rest, at, end, &Path::Index(&list, index))?)?;
                    at = end;
                    self.state = State::AfterElement(index);
                    continue;
                }
                (state, _) => return Err(self.unexpected(state, rest, at)),
            };
            self.state = step;
            at += 1;
        }
    }

    /// Returns the end of the value that begins at `start`, or `None` if the value is incomplete.
    /// `depth` is the nesting at which it begins.
    fn value_end(&mut self, rest: &[u8], start: usize, depth: usize) -> Result<Option<usize>, DecodeError> {
        let fresh = Scan { at: start, depth, in_string: false };
        // An incomplete value is at the beginning of `rest` when the next piece arrives.
        let mut scan = self.scan.take().unwrap_or(fresh);
        while let Some(&byte) = rest.get(scan.at) {
            if scan.in_string {
                match rest.get(scan.at..).and_then(|ahead| memchr2(b'"', b'\\', ahead)) {
                    None => scan.at = rest.len(),
                    Some(before) if rest.get(scan.at + before) == Some(&b'"') => {
                        scan.at += before + 1;
                        scan.in_string = false;
                        if scan.depth == depth {
                            return Ok(Some(scan.at));
                        }
                    }
                    // The escaped character may be in the next piece.
                    Some(before) if rest.len() - scan.at - before < 2 => {
                        scan.at += before;
                        break;
                    }
                    Some(before) => scan.at += before + 2,
                }
                continue;
            }
            match byte {
                b'"' => scan.in_string = true,
                b'{' | b'[' => {
                    scan.depth += 1;
                    if scan.depth > MAX_DEPTH {
                        let problem = format!("nested more than {MAX_DEPTH} levels deep");
                        return Err(DecodeError::new(&Path::Root, problem));
                    }
                }
                b'}' | b']' if scan.depth > depth => {
                    scan.depth -= 1;
                    if scan.depth == depth {
                        return Ok(Some(scan.at + 1));
                    }
                }
                // A number or a literal ends at the next token.
                b',' | b'}' | b']' | b':' | b' ' | b'\n' | b'\r' | b'\t' if scan.depth == depth => {
                    if scan.at == start {
                        return Err(self.unexpected(self.state, rest, start));
                    }
                    return Ok(Some(scan.at));
                }
                _ => {}
            }
            scan.at += 1;
        }
        scan.at -= start;
        self.scan = Some(scan);
        Ok(None)
    }

    fn unexpected(&self, state: State, rest: &[u8], at: usize) -> DecodeError {
        // Longer than an excerpt, so that the excerpt shows an ellipsis.
        let found = rest.get(at..rest.len().min(at + 400)).unwrap_or_default();
        let found = excerpt(&String::from_utf8_lossy(found));
        let what = match state {
            // Valid JSON can begin like this: it has another form than expected.
            State::Start | State::Object
                if found.starts_with(['[', '"', '-']) || found.starts_with(|c: char| c.is_ascii_digit()) =>
            {
                return DecodeError::expected(&Path::Root, "an object", &found);
            }
            State::Start | State::Object => "an object",
            State::FirstName | State::Name => "a name in quotes",
            State::Colon => "`:`",
            State::Value | State::FirstElement(_) | State::Element(_) => "a value",
            State::AfterValue => "`,` or `}`",
            State::AfterElement(_) => "`,` or `]`",
            State::End => "the end",
        };
        let byte = self.done + at;
        DecodeError::new(
            &Path::Root,
            format!("not valid JSON: expected {what} at byte {byte}, found {found}"),
        )
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\n' | b'\r' | b'\t')
}

fn text<'a>(rest: &'a [u8], from: usize, to: usize, at: &Path<'_>) -> Result<&'a str, DecodeError> {
    std::str::from_utf8(rest.get(from..to).unwrap_or_default())
        .map_err(|_| DecodeError::new(at, "not valid UTF-8"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value;

    /// Collects the parts of an object. Refuses invalid JSON.
    #[derive(Default)]
    struct Collected(Vec<(String, Value)>);

    fn read(json: &str) -> Result<Value, DecodeError> {
        serde_json::from_str(json).map_err(|error| DecodeError::new(&Path::Root, error.to_string()))
    }

    impl Parts for Collected {
        const LIST: &'static str = "rows";

        fn member(&mut self, name: Name, json: &str) -> Result<(), DecodeError> {
            self.0.push((name.text, read(json)?));
            Ok(())
        }

        fn list(&mut self) {
            self.0.push(("rows".to_owned(), Value::Array(Vec::new())));
        }

        fn element(&mut self, index: usize, json: &str) -> Result<(), DecodeError> {
            let Some((_, Value::Array(rows))) = self.0.last_mut() else { panic!("no list") };
            assert_eq!(rows.len(), index);
            rows.push(read(json)?);
            Ok(())
        }
    }

    /// Splits a body that arrives in pieces of these sizes.
    fn split(body: &[u8], sizes: &[usize]) -> Result<Value, DecodeError> {
        let (mut splitter, mut collected) = (Splitter::default(), Collected::default());
        let mut rest = body;
        for size in sizes.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (piece, after) = rest.split_at((*size).clamp(1, rest.len()));
            splitter.take(piece, &mut collected)?;
            rest = after;
        }
        splitter.finish(&mut collected)?;
        Ok(collected.0.into_iter().collect())
    }

    /// Checks that the result is the same as serde's for these sizes of pieces.
    fn check(body: &[u8], sizes: &[usize]) {
        let whole: Option<Value> = serde_json::from_slice(body).ok().filter(Value::is_object);
        let read = split(body, sizes);
        assert_eq!(read.as_ref().ok(), whole.as_ref(), "{} in {sizes:?}: {read:?}", body.escape_ascii());
    }

    const BODIES: [&str; 12] = [
        r#"{"rows":[{"a":"\"]}"},2,null,"x",[],{}],"stats":{"n":[1,{"m":"}"}]},"é":"üü"}"#,
        r#" { "rows" : [ ] , "n" : -1.5e3 } "#,
        r#"{"a":1,"rows":null,"b":true}"#,
        r#"{"rows":[1],"rows":[2,3]}"#,
        r#"{"rows":[1,2]}"#,
        "{}",
        r#"{"rows":[1,]}"#,
        r#"{"rows":[,1]}"#,
        r#"{"rows":[1 2]}"#,
        r#"{"rows":[1]]}"#,
        r#"{"rows":[{]}]}"#,
        r#"{"a":1,}"#,
    ];

    #[test]
    fn a_body_can_be_cut_anywhere() {
        for body in BODIES {
            for size in 1..=body.len() {
                check(body.as_bytes(), &[size]);
            }
            for cut in 0..body.len() {
                check(&body.as_bytes()[..cut], &[7]);
            }
        }
    }

    #[test]
    fn a_byte_order_mark_is_skipped_and_names_can_be_half_a_pair() {
        let body = "\u{feff}{\"rows\":[1],\"\\ud800\":2}".as_bytes();
        for size in 1..=body.len() {
            let read = split(body, &[size]).unwrap();
            assert_eq!(read, serde_json::json!({"rows": [1], "\\ud800": 2}), "in pieces of {size}");
        }
        for wrong in ["\u{feff}", "\u{feff} ", "\u{feff}\u{feff}{}", " \u{feff}{}", "{}\u{feff}", "{}\0"] {
            assert!(split(wrong.as_bytes(), &[1]).is_err(), "{wrong:?}");
        }
        assert!(split(b"\xef\xbb", &[1]).is_err());
    }

    #[test]
    fn errors_say_what_was_expected_and_where() {
        for (body, words) in [
            ("", "the body is empty"),
            (" \n", "the body is empty"),
            ("[1]", "expected an object, found [1]"),
            ("<html>", "at byte 0, found <"),
            (r#"{"rows":[1 2]}"#, "expected `,` or `]` at byte 11"),
            (r#"{"rows":[1"#, "ends too early"),
            (r#"{"a":1} x"#, "expected the end at byte 8"),
        ] {
            let problem = split(body.as_bytes(), &[3]).unwrap_err().to_string();
            assert!(problem.contains(words), "{problem}");
        }
        let deep = format!("{{\"rows\":[{}", "[".repeat(200));
        assert!(split(deep.as_bytes(), &[64]).unwrap_err().problem.contains("levels deep"));
    }

    proptest! {
        #[test]
        fn mutated_bodies_are_read_as_serde_reads_them(
            body in proptest::sample::select(BODIES.to_vec()),
            changes in prop::collection::vec((any::<prop::sample::Index>(), r#"[\[\]{}:,"\\ 0-9a\x00é]{0,3}"#), 0..3),
            sizes in prop::collection::vec(1_usize..20, 1..6),
        ) {
            let mut body = body.as_bytes().to_vec();
            for (at, with) in changes {
                let at = at.index(body.len());
                body.splice(at..(at + 1).min(body.len()), with.bytes());
                if body.is_empty() {
                    break;
                }
            }
            check(&body, &sizes);
        }
    }
}
