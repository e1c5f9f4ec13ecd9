//! Taking a large JSON object apart while it arrives: its members one by one, and one list of it element by element.
//!
//! Only what is not complete yet is held. The splitter itself checks what stands between the values; each value is
//! handed over as text, for whoever reads it to check.

use memchr::memchr2;

use super::decode_error::DecodeError;
use super::excerpt::excerpt;
use super::path::Path;
use super::scan::DEEPEST;

/// The most that is held of one value. The totals of a million users have about a quarter of it.
const LARGEST_VALUE: usize = 512 << 20;

/// Takes the parts of an object.
pub(crate) trait Parts {
    /// The member whose list is handed over element by element.
    const LIST: &'static str;

    /// A member's value; not of the list, unless that is none.
    fn member(&mut self, name: String, json: &str) -> Result<(), DecodeError>;

    /// The list begins (again, if the member comes twice).
    fn list(&mut self);

    /// An element of the list.
    fn element(&mut self, index: usize, json: &str) -> Result<(), DecodeError>;
}

/// What comes next, apart from white space.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Object,
    /// A name, or the end of an object that is empty so far.
    FirstName,
    Name,
    Colon,
    Value,
    /// A comma, or the end of the object.
    AfterValue,
    /// An element, or the end of a list that is empty so far.
    FirstElement(usize),
    Element(usize),
    /// A comma, or the end of the list.
    AfterElement(usize),
    End,
}

/// Takes an object apart.
#[derive(Debug)]
pub(crate) struct Splitter {
    state: State,
    /// The name of the member that is being read.
    name: String,
    /// What came and is not done with.
    rest: Vec<u8>,
    /// How many bytes came before `rest`.
    done: usize,
    /// How much of a value at the beginning of `rest` was looked at.
    scan: Option<Scan>,
}

/// A value that is being looked for the end of.
#[derive(Clone, Copy, Debug)]
struct Scan {
    /// Up to where in `rest`.
    at: usize,
    depth: usize,
    in_text: bool,
}

impl Default for Splitter {
    fn default() -> Self {
        Splitter { state: State::Object, name: String::new(), rest: Vec::new(), done: 0, scan: None }
    }
}

impl Splitter {
    /// Takes the next piece, and hands over what is complete with it.
    pub fn take<P: Parts>(&mut self, piece: &[u8], parts: &mut P) -> Result<(), DecodeError> {
        let mut rest = std::mem::take(&mut self.rest);
        rest.extend_from_slice(piece);
        let consumed = self.split(&rest, parts)?;
        rest.drain(..consumed);
        if rest.len() > LARGEST_VALUE {
            let problem = format!("a single value is larger than {} MiB", LARGEST_VALUE >> 20);
            return Err(DecodeError::new(&Path::Key(&Path::Root, &self.name), problem));
        }
        self.done += consumed;
        self.rest = rest;
        Ok(())
    }

    /// The body has ended.
    pub fn finish(mut self, parts: &mut impl Parts) -> Result<(), DecodeError> {
        // A number ends where something else begins, or at the very end.
        self.take(b" ", parts)?;
        match self.state {
            State::End => Ok(()),
            State::Object => Err(DecodeError::new(&Path::Root, "the body is empty")),
            _ => Err(DecodeError::new(&Path::Root, "not valid JSON: it ends too early")),
        }
    }

    /// Reads as far as values are complete; gives how far that was.
    fn split<P: Parts>(&mut self, rest: &[u8], parts: &mut P) -> Result<usize, DecodeError> {
        let mut at = 0;
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
                    let name = text(rest, at, end, &Path::Root)?;
                    self.name = serde_json::from_str(name)
                        .map_err(|error| DecodeError::new(&Path::Root, format!("not valid JSON: {error}")))?;
                    at = end;
                    self.state = State::Colon;
                    continue;
                }
                (State::Colon, b':') => State::Value,
                (State::Value, b'[') if self.name == P::LIST => {
                    parts.list();
                    State::FirstElement(0)
                }
                (State::Value, _) => {
                    let Some(end) = self.value_end(rest, at, 1)? else { return Ok(at) };
                    let value = text(rest, at, end, &Path::Key(&Path::Root, &self.name))?;
                    parts.member(std::mem::take(&mut self.name), value)?;
                    at = end;
                    self.state = State::AfterValue;
                    continue;
                }
                (State::AfterValue, b',') => State::Name,
                (State::FirstElement(_) | State::AfterElement(_), b']') => State::AfterValue,
                (State::AfterElement(index), b',') => State::Element(index + 1),
                (State::FirstElement(index) | State::Element(index), _) => {
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

    /// Where the value that begins at `start` ends, if that is known yet. `depth` is how deep it stands.
    fn value_end(&mut self, rest: &[u8], start: usize, depth: usize) -> Result<Option<usize>, DecodeError> {
        let fresh = Scan { at: start, depth, in_text: false };
        // What was looked at before stands at the beginning of `rest` by now.
        let mut scan = self.scan.take().unwrap_or(fresh);
        while let Some(&byte) = rest.get(scan.at) {
            if scan.in_text {
                match rest.get(scan.at..).and_then(|ahead| memchr2(b'"', b'\\', ahead)) {
                    None => scan.at = rest.len(),
                    Some(before) if rest.get(scan.at + before) == Some(&b'"') => {
                        scan.at += before + 1;
                        scan.in_text = false;
                        if scan.depth == depth {
                            return Ok(Some(scan.at));
                        }
                    }
                    // What is escaped may not be there yet.
                    Some(before) if rest.len() - scan.at - before < 2 => {
                        scan.at += before;
                        break;
                    }
                    Some(before) => scan.at += before + 2,
                }
                continue;
            }
            match byte {
                b'"' => scan.in_text = true,
                b'{' | b'[' => {
                    scan.depth += 1;
                    if scan.depth > DEEPEST {
                        let problem = format!("nested more than {DEEPEST} levels deep");
                        return Err(DecodeError::new(&Path::Root, problem));
                    }
                }
                b'}' | b']' if scan.depth > depth => {
                    scan.depth -= 1;
                    if scan.depth == depth {
                        return Ok(Some(scan.at + 1));
                    }
                }
                // The end of a number or a word is where something else begins.
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
        // More than an excerpt shows, so that it is cut where everybody sees it.
        let found = rest.get(at..rest.len().min(at + 400)).unwrap_or_default();
        let found = excerpt(&String::from_utf8_lossy(found));
        let what = match state {
            // The beginning of other JSON: the form is wrong, not the writing.
            State::Object
                if found.starts_with(['[', '"', '-']) || found.starts_with(|c: char| c.is_ascii_digit()) =>
            {
                return DecodeError::expected(&Path::Root, "an object", &found);
            }
            State::Object => "an object",
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

    /// Notes what it gets, as an object would have it; refuses what is no JSON.
    #[derive(Default)]
    struct Seen(Vec<(String, Value)>);

    fn read(json: &str) -> Result<Value, DecodeError> {
        serde_json::from_str(json).map_err(|error| DecodeError::new(&Path::Root, error.to_string()))
    }

    impl Parts for Seen {
        const LIST: &'static str = "rows";

        fn member(&mut self, name: String, json: &str) -> Result<(), DecodeError> {
            self.0.push((name, read(json)?));
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

    fn pieces(body: &[u8], sizes: &[usize]) -> Result<Value, DecodeError> {
        let (mut splitter, mut seen) = (Splitter::default(), Seen::default());
        let mut rest = body;
        for size in sizes.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (piece, after) = rest.split_at((*size).clamp(1, rest.len()));
            splitter.take(piece, &mut seen)?;
            rest = after;
        }
        splitter.finish(&mut seen)?;
        Ok(seen.0.into_iter().collect())
    }

    /// However it is cut, it is read as serde reads it, or refused where serde refuses it.
    fn check(body: &[u8], sizes: &[usize]) {
        let whole: Option<Value> = serde_json::from_slice(body).ok().filter(Value::is_object);
        let read = pieces(body, sizes);
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
    fn every_cut() {
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
    fn problems_are_named() {
        for (body, words) in [
            ("", "the body is empty"),
            (" \n", "the body is empty"),
            ("[1]", "expected an object, found [1]"),
            ("<html>", "at byte 0, found <"),
            (r#"{"rows":[1 2]}"#, "expected `,` or `]` at byte 11"),
            (r#"{"rows":[1"#, "ends too early"),
            (r#"{"a":1} x"#, "expected the end at byte 8"),
        ] {
            let problem = pieces(body.as_bytes(), &[3]).unwrap_err().to_string();
            assert!(problem.contains(words), "{problem}");
        }
        let deep = format!("{{\"rows\":[{}", "[".repeat(200));
        assert!(pieces(deep.as_bytes(), &[64]).unwrap_err().problem.contains("levels deep"));
    }

    proptest! {
        #[test]
        fn mutated(
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
