//! Lists and objects where only text can stand: paths, queries, headers, cookies and forms.
//!
//! The styles are those of OpenAPI 3.2 ("Style Values"), which come from RFC 6570, and three that real APIs have
//! beside them: tabs between values (Swagger 2.0), nested brackets to any depth, and JSON. Forms as one text are the
//! `content` of parameters.

use serde_json::{Map, Value};
use url::form_urlencoded;

/// How a value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// The shape.
    pub form: Form,
    /// Whether each item or member stands by itself, with its own name.
    pub explode: bool,
    /// Whether characters that are reserved in URLs stay as they are (`allowReserved`). `&`, `+`, `#` and `%` do not:
    /// they would end the value.
    pub reserved: bool,
}

/// The shape of a value in text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `1,2`
    Simple,
    /// `.1,2`
    Label,
    /// `;name=1,2`
    Matrix,
    /// `name=1,2`, or when exploded `name=1&name=2`
    Form,
    /// `name=1 2`
    SpaceDelimited,
    /// `name=1|2`
    PipeDelimited,
    /// `name=1`, a tab, `2`
    TabDelimited,
    /// `name[key]=1`, and `name[0]=1` for lists
    DeepObject,
    /// `name=[1,2]`, and `name="a"` for texts
    Json,
    /// `name=a%3D1%26b%3D2`: a form as one text
    Urlencoded,
}

/// Encodes one text for the place that it goes to.
pub type Encode<'e> = &'e dyn Fn(&str) -> String;

impl Style {
    /// The parameters that `value` becomes, in order: raw names and encoded values. None for null and for empty lists.
    #[must_use]
    pub fn pairs(self, name: &str, value: &Value, encode: Encode<'_>) -> Vec<(String, String)> {
        let mut pairs = Vec::new();
        match value {
            Value::Null => {}
            value if self.form == Form::Json => {
                pairs.push((name.to_owned(), encode(&value.to_string())));
            }
            Value::Object(members) if self.form == Form::Urlencoded => {
                pairs.push((name.to_owned(), encode(&urlencoded(members))));
            }
            Value::Array(_) | Value::Object(_) if self.form == Form::DeepObject => {
                nested(name, value, encode, &mut pairs);
            }
            Value::Array(items) if self.explode => {
                let texts = items.iter().filter_map(text);
                pairs.extend(texts.map(|text| (name.to_owned(), encode(&text))));
            }
            Value::Object(members) if self.explode => {
                let texts = members.iter().filter_map(|(key, value)| Some((key, text(value)?)));
                pairs.extend(texts.map(|(key, text)| (key.clone(), encode(&text))));
            }
            Value::Array(_) | Value::Object(_) => {
                let texts: Vec<String> = atoms(value).iter().map(|text| encode(text)).collect();
                if !texts.is_empty() {
                    pairs.push((name.to_owned(), texts.join(&self.delimiter(encode))));
                }
            }
            value => pairs.extend(text(value).map(|text| (name.to_owned(), encode(&text)))),
        }
        pairs
    }

    /// The one text that `value` becomes in a path or a header. `None` when nothing is left of it.
    #[must_use]
    pub fn text(self, name: &str, value: &Value, encode: Encode<'_>) -> Option<String> {
        let is_composed = value.is_array() || value.is_object();
        let parts: Vec<String> = match value {
            Value::Null => Vec::new(),
            value if self.form == Form::Json => vec![encode(&value.to_string())],
            Value::Object(members) if self.form == Form::Urlencoded => vec![encode(&urlencoded(members))],
            Value::Object(members) if self.explode => members
                .iter()
                .filter_map(|(key, value)| Some(format!("{}={}", encode(key), encode(&text(value)?))))
                .collect(),
            Value::Array(_) | Value::Object(_) => atoms(value).iter().map(|text| encode(text)).collect(),
            value => text(value).iter().map(|text| encode(text)).collect(),
        };
        if parts.iter().all(String::is_empty) {
            return None;
        }
        let is_object = value.is_object();
        Some(match (self.form, self.explode && is_composed) {
            (Form::Label, true) => format!(".{}", parts.join(".")),
            (Form::Label, false) => format!(".{}", parts.join(",")),
            (Form::Matrix, true) if is_object => format!(";{}", parts.join(";")),
            (Form::Matrix, true) => {
                let parts: Vec<String> = parts.iter().map(|part| format!(";{}={part}", encode(name))).collect();
                parts.concat()
            }
            (Form::Matrix, false) => format!(";{}={}", encode(name), parts.join(",")),
            _ => parts.join(&self.delimiter(encode)),
        })
    }

    /// What stands between the items of a list that is one text.
    fn delimiter(self, encode: Encode<'_>) -> String {
        match self.form {
            Form::SpaceDelimited => encode(" "),
            Form::PipeDelimited => encode("|"),
            Form::TabDelimited => encode("\t"),
            _ => ",".to_owned(),
        }
    }
}

/// `a[b][0]=1`: as the libraries do it that read such names.
fn nested(name: &str, value: &Value, encode: Encode<'_>, pairs: &mut Vec<(String, String)>) {
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                nested(&format!("{name}[{index}]"), item, encode, pairs);
            }
        }
        Value::Object(members) => {
            for (key, member) in members {
                nested(&format!("{name}[{key}]"), member, encode, pairs);
            }
        }
        value => pairs.extend(text(value).map(|text| (name.to_owned(), encode(&text)))),
    }
}

/// `a=1&b=2`, where a list repeats its name.
fn urlencoded(members: &Map<String, Value>) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    for (key, value) in members {
        let texts = match value {
            Value::Array(items) => items.iter().filter_map(text).collect(),
            value => text(value).map_or_else(Vec::new, |text| vec![text]),
        };
        for text in texts {
            form.append_pair(key, &text);
        }
    }
    form.finish()
}

/// The items of a list, or the names and values of an object one after the other.
fn atoms(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().filter_map(text).collect(),
        Value::Object(members) => members
            .iter()
            .filter_map(|(key, value)| Some([key.clone(), text(value)?]))
            .flatten()
            .collect(),
        value => text(value).into_iter().collect(),
    }
}

/// A single value as text: `None` for null, JSON text for lists and objects.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        value => Some(value.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn style(form: Form, explode: bool) -> Style {
        Style {
            form,
            explode,
            reserved: false,
        }
    }

    /// Marks what was encoded.
    fn encode(text: &str) -> String {
        text.replace(' ', "%20")
            .replace('|', "%7C")
            .replace('\t', "%09")
            .replace(',', "%2C")
    }

    /// The table of examples of OpenAPI 3.1.1, section "Style Examples", and what it leaves open.
    #[test]
    fn parameters_of_every_style() {
        let list = json!(["blue", "black", "brown"]);
        let object = json!({"R": 100, "G": 200, "B": 150});
        for (form, explode, value, expected) in [
            (Form::Form, true, &json!("blue"), "color=blue"),
            (Form::Form, true, &json!("a,b"), "color=a%2Cb"),
            (Form::Form, false, &list, "color=blue,black,brown"),
            (Form::Form, true, &list, "color=blue&color=black&color=brown"),
            (Form::Form, false, &object, "color=R,100,G,200,B,150"),
            (Form::Form, true, &object, "R=100&G=200&B=150"),
            (Form::SpaceDelimited, false, &list, "color=blue%20black%20brown"),
            (Form::SpaceDelimited, true, &list, "color=blue&color=black&color=brown"),
            (
                Form::SpaceDelimited,
                false,
                &object,
                "color=R%20100%20G%20200%20B%20150",
            ),
            (Form::PipeDelimited, false, &list, "color=blue%7Cblack%7Cbrown"),
            (Form::PipeDelimited, false, &object, "color=R%7C100%7CG%7C200%7CB%7C150"),
            (Form::TabDelimited, false, &list, "color=blue%09black%09brown"),
            (
                Form::DeepObject,
                true,
                &object,
                "color[R]=100&color[G]=200&color[B]=150",
            ),
            (
                Form::DeepObject,
                true,
                &json!({"a": {"b": [1, {"c": true}]}, "d": null}),
                "color[a][b][0]=1&color[a][b][1][c]=true",
            ),
            (
                Form::DeepObject,
                true,
                &list,
                "color[0]=blue&color[1]=black&color[2]=brown",
            ),
            (Form::Json, true, &json!([1]), "color=[1]"),
            (Form::Json, true, &json!("x"), "color=\"x\""),
            (Form::Json, true, &json!(1), "color=1"),
            (Form::Json, true, &json!(null), ""),
            (
                Form::Urlencoded,
                true,
                &json!({"a": "x y", "b": [1, 2], "c": null, "d": {"e": 1}}),
                "color=a=x+y&b=1&b=2&d=%7B%22e%22%3A1%7D",
            ),
            (Form::Urlencoded, true, &json!("x"), "color=x"),
            (Form::Form, false, &json!([]), ""),
            (Form::Form, true, &json!([]), ""),
            (Form::Form, true, &json!(null), ""),
            (Form::Form, true, &json!([1, null, {"a": 1}]), "color=1&color={\"a\":1}"),
        ] {
            let pairs = style(form, explode).pairs("color", value, &encode);
            let shown: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
            assert_eq!(shown.join("&"), expected, "{form:?} {explode} {value}");
        }
    }

    #[test]
    fn texts_of_every_style() {
        let list = json!(["blue", "black"]);
        let object = json!({"R": 100, "G": 200});
        for (form, value, whole, exploded) in [
            (Form::Simple, &json!("blue"), "blue", "blue"),
            (Form::Simple, &list, "blue,black", "blue,black"),
            (Form::Simple, &object, "R,100,G,200", "R=100,G=200"),
            (Form::Label, &json!("blue"), ".blue", ".blue"),
            (Form::Label, &list, ".blue,black", ".blue.black"),
            (Form::Label, &object, ".R,100,G,200", ".R=100.G=200"),
            (Form::Matrix, &json!("blue"), ";color=blue", ";color=blue"),
            (Form::Matrix, &list, ";color=blue,black", ";color=blue;color=black"),
            (Form::Matrix, &object, ";color=R,100,G,200", ";R=100;G=200"),
            (Form::SpaceDelimited, &list, "blue%20black", "blue%20black"),
            (Form::PipeDelimited, &list, "blue%7Cblack", "blue%7Cblack"),
            (Form::TabDelimited, &json!("blue"), "blue", "blue"),
            (Form::Json, &list, "[\"blue\"%2C\"black\"]", "[\"blue\"%2C\"black\"]"),
        ] {
            let written = |explode| style(form, explode).text("color", value, &encode);
            assert_eq!(written(false).as_deref(), Some(whole), "{form:?} {value}");
            assert_eq!(written(true).as_deref(), Some(exploded), "{form:?} {value}");
        }
        let form = style(Form::Urlencoded, false).text("color", &json!({"a": 1, "b": "c d"}), &encode);
        assert_eq!(form.as_deref(), Some("a=1&b=c+d"));
        for nothing in [json!(null), json!(""), json!([]), json!({}), json!([""])] {
            assert_eq!(
                style(Form::Matrix, false).text("color", &nothing, &encode),
                None,
                "{nothing}"
            );
        }
    }
}
