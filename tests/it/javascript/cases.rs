//! What scripts may count on: each script of `wasm-guests/js-engine/cases` with what must come out of it.
//!
//! Beside `NAME.js` lies `NAME.json`:
//!
//! - `data`, `aliases`: what the script is run with
//! - `exchanges`: the requests in the order of asking, with what `request` must hold of each (fields left out may be
//!   anything), and the `response` or the `failure`; `after` is how many milliseconds that takes
//! - `together`: how many requests are under way at once, at most
//! - `answered`: how many of them were waited for
//! - `result`, or `failure` with its `message` and, if it matters, its `stack`
//! - `log`: all lines with their level, if they matter
//!
//! In an expected text `*` stands for any text. Bodies are text, or `{"bytes": [...]}`.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::{Value, json};
use toolgate::runner::guest::{
    GuestError, GuestLogLevel, GuestRequest, GuestResponse, LoadError, Outside, Sandbox, SendFailure,
};
use zeroize::Zeroizing;

use crate::sandbox::sandbox;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    #[serde(default)]
    data: Option<Value>,
    #[serde(default)]
    aliases: bool,
    #[serde(default)]
    exchanges: Vec<Exchange>,
    together: Option<usize>,
    answered: Option<usize>,
    #[serde(default)]
    result: Value,
    failure: Option<Value>,
    log: Option<Value>,
}

#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
struct Exchange {
    #[serde(default)]
    request: BTreeMap<String, Value>,
    #[serde(default)]
    response: Answer,
    failure: Option<Refusal>,
    #[serde(default)]
    after: u64,
}

#[derive(Deserialize, Clone, Default)]
#[serde(deny_unknown_fields, default)]
struct Answer {
    status: Option<u16>,
    headers: BTreeMap<String, Value>,
    body: Value,
}

#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
struct Refusal {
    code: String,
    message: String,
}

/// The world of one case: answers as it is written, and notes what does not fit.
struct Scripted {
    exchanges: Vec<Exchange>,
    asked: Mutex<usize>,
    /// Requests under way, and the most that ever were.
    under_way: Mutex<(usize, usize)>,
    answered: Mutex<usize>,
    log: Mutex<Vec<String>>,
    problems: Mutex<Vec<String>>,
}

fn body_bytes(body: &Value) -> Vec<u8> {
    match body {
        Value::Null => Vec::new(),
        Value::String(text) => text.clone().into_bytes(),
        other => serde_json::from_value(other["bytes"].clone()).unwrap(),
    }
}

/// What `request` holds under the name that a case gives it.
fn part(request: &GuestRequest, name: &str, expected: &Value) -> Value {
    match name {
        "method" => json!(request.method),
        "url" => json!(request.url),
        "headers" => json!(request.headers.iter().cloned().collect::<BTreeMap<_, _>>()),
        "timeout" => json!(request.timeout.map(|timeout| timeout.as_millis())),
        "body" => match &request.body {
            None => Value::Null,
            Some(bytes) if expected.is_object() => json!({ "bytes": bytes }),
            Some(bytes) => json!(String::from_utf8_lossy(bytes)),
        },
        other => panic!("a request has no {other}"),
    }
}

impl Scripted {
    fn next(&self, request: &GuestRequest) -> Result<Exchange, SendFailure> {
        let place = {
            let mut asked = self.asked.lock().unwrap();
            *asked += 1;
            *asked - 1
        };
        let mut problems = self.problems.lock().unwrap();
        let Some(exchange) = self.exchanges.get(place) else {
            problems.push(format!("one request too many: {} {}", request.method, request.url));
            return Err(SendFailure::Refused("one request too many".to_owned()));
        };
        for (name, expected) in &exchange.request {
            let given = part(request, name, expected);
            if given != *expected {
                problems.push(format!("request {place}, {name}: {expected} was expected, not {given}"));
            }
        }
        Ok(exchange.clone())
    }
}

#[async_trait]
impl Outside for Scripted {
    async fn send(&self, request: GuestRequest) -> Result<GuestResponse, SendFailure> {
        let exchange = self.next(&request)?;
        {
            let mut under_way = self.under_way.lock().unwrap();
            under_way.0 += 1;
            under_way.1 = under_way.1.max(under_way.0);
        }
        tokio::time::sleep(Duration::from_millis(exchange.after)).await;
        self.under_way.lock().unwrap().0 -= 1;
        *self.answered.lock().unwrap() += 1;
        if let Some(Refusal { code, message }) = exchange.failure {
            return Err(match code.as_str() {
                "refused" => SendFailure::Refused(message),
                "timed-out" => SendFailure::TimedOut(message),
                "unreachable" => SendFailure::Unreachable(message),
                "too-large" => SendFailure::TooLarge(message),
                "invalid" => SendFailure::Invalid(message),
                other => panic!("no failure is called {other}"),
            });
        }
        let mut headers = Vec::new();
        for (name, value) in exchange.response.headers {
            let values = match value {
                Value::Array(values) => values,
                value => vec![value],
            };
            headers.extend(
                values
                    .iter()
                    .map(|value| (name.clone(), value.as_str().unwrap().to_owned())),
            );
        }
        Ok(GuestResponse {
            status: exchange.response.status.unwrap_or(200),
            headers,
            body: body_bytes(&exchange.response.body).into(),
        })
    }

    fn log(&self, level: GuestLogLevel, message: &str, _room: usize) {
        let level = format!("{level:?}").to_lowercase();
        self.log.lock().unwrap().push(format!("{level}: {message}"));
    }

    fn progress(&self, done: f64, total: Option<f64>, message: Option<&str>) {
        self.log
            .lock()
            .unwrap()
            .push(format!("progress: {done} {total:?} {message:?}"));
    }

    fn secret_key(&self, _: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        None
    }
}

fn alike(expected: &Value, given: &Value) -> bool {
    match (expected, given) {
        (Value::String(pattern), Value::String(text)) => text_alike(pattern, text),
        (Value::Array(expected), Value::Array(given)) => {
            expected.len() == given.len() && expected.iter().zip(given).all(|(one, other)| alike(one, other))
        }
        (Value::Object(expected), Value::Object(given)) => {
            let same = |(name, value): (&String, &Value)| given.get(name).is_some_and(|given| alike(value, given));
            expected.len() == given.len() && expected.iter().all(same)
        }
        _ => expected == given,
    }
}

/// Whether `text` is `pattern` with any text in place of each `*`.
fn text_alike(pattern: &str, text: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(text) = text.strip_prefix(start) else {
        return false;
    };
    (0..=text.len())
        .filter(|at| text.is_char_boundary(*at))
        .any(|at| text_alike(rest, &text[at..]))
}

fn failure(message: &str, stack: Option<&str>, expected: &Case) -> Value {
    let with_stack = expected
        .failure
        .as_ref()
        .is_some_and(|failure| failure.get("stack").is_some());
    if with_stack {
        json!({ "message": message, "stack": stack })
    } else {
        json!({ "message": message })
    }
}

/// What is wrong with a case, if anything is.
async fn problems(sandbox: &Sandbox, name: &str, source: &str, case: &Case) -> Vec<String> {
    let world = Arc::new(Scripted {
        exchanges: case.exchanges.clone(),
        asked: Mutex::default(),
        under_way: Mutex::default(),
        answered: Mutex::default(),
        log: Mutex::default(),
        problems: Mutex::default(),
    });
    let data = case.data.clone().unwrap_or_else(|| json!({})).to_string();
    let outcome = match sandbox.script(name, source) {
        Ok(program) => {
            let program = program.with_aliases(case.aliases);
            match sandbox.run(&program, &data, world.clone(), &sandbox.limits()).await {
                Ok(finished) if finished.result.is_empty() => Ok(Value::Null),
                Ok(finished) => Ok(serde_json::from_str::<Value>(&finished.result).unwrap()),
                Err(GuestError::Failed { message, stack }) => Err(failure(&message, stack.as_deref(), case)),
                Err(error) => Err(json!(error.to_string())),
            }
        }
        Err(LoadError::Syntax { message, line, column }) => {
            let stack = format!("    at {name}:{line}:{column}");
            Err(failure(&message, Some(&stack), case))
        }
        Err(error) => Err(json!(error.to_string())),
    };
    let expected = case.failure.clone().map_or(Ok(&case.result), Err);
    let mut problems = std::mem::take(&mut *world.problems.lock().unwrap());
    let fits = match (&expected, &outcome) {
        (Ok(expected), Ok(given)) => alike(expected, given),
        (Err(expected), Err(given)) => alike(expected, given),
        _ => false,
    };
    if !fits {
        problems.push(format!("{expected:?} was expected, not {outcome:?}"));
    }
    let asked = *world.asked.lock().unwrap();
    if asked < case.exchanges.len() {
        problems.push(format!("{asked} of {} requests were made", case.exchanges.len()));
    }
    let together = world.under_way.lock().unwrap().1;
    if case.together.is_some_and(|expected| expected != together) {
        problems.push(format!("{together} requests were under way at once"));
    }
    let answered = *world.answered.lock().unwrap();
    if case.answered.is_some_and(|expected| expected != answered) {
        problems.push(format!("{answered} requests were waited for"));
    }
    let log = json!(*world.log.lock().unwrap());
    if case.log.as_ref().is_some_and(|expected| !alike(expected, &log)) {
        problems.push(format!("the log was {log}"));
    }
    problems
}

fn scripts() -> Vec<PathBuf> {
    let folder = crate::committed::path("wasm-guests/js-engine/cases");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut scripts: Vec<PathBuf> = files
        .filter(|file| file.extension().is_some_and(|ending| ending == "js"))
        .collect();
    scripts.sort();
    scripts
}

#[tokio::test(start_paused = true)]
async fn scripts_give_what_their_cases_say() {
    let sandbox = sandbox(|_| ());
    let mut all = Vec::new();
    let scripts = scripts();
    assert!(scripts.len() > 70, "only {} cases were found", scripts.len());
    for script in scripts {
        let name = script.file_name().unwrap().to_str().unwrap().to_owned();
        let case = std::fs::read_to_string(script.with_extension("json")).unwrap();
        let case: Case = serde_json::from_str(&case).unwrap_or_else(|error| panic!("{name}: {error}"));
        let source = std::fs::read_to_string(&script).unwrap();
        all.extend(
            problems(&sandbox, &name, &source, &case)
                .await
                .iter()
                .map(|one| format!("{name}: {one}")),
        );
    }
    assert!(all.is_empty(), "{}", all.join("\n"));
}

#[test]
fn a_star_stands_for_any_text() {
    let table = [
        ("a*c", "abc", true),
        ("a*c", "ac", true),
        ("a*c", "abd", false),
        ("*b*", "abc", true),
        ("abc", "ab", false),
    ];
    for (pattern, text, expected) in table {
        assert_eq!(text_alike(pattern, text), expected, "{pattern} {text}");
    }
}
