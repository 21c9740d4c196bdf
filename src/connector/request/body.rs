//! The body of a request.

use http::{HeaderName, Method, header};
use serde_json::{Map, Value};

use super::Request;
use super::xml::own_template;
use crate::connector::document::{ActionDocument, MethodName, PlaceName};
use crate::connector::model::BodyTemplate;
use crate::connector::{Syntax, is_several_media_types};
use crate::document::{Kind, Node};
use crate::template::ValueTemplate;

/// A body that the author wrote, compiled and as a tree.
struct Content {
    template: Option<ValueTemplate>,
    tree: Option<Node>,
}

impl Request<'_> {
    /// Compiles the body, from what the author wrote and from inputs that go into it by themselves.
    pub(super) fn body(
        &mut self,
        node: &Node,
        document: &ActionDocument,
        headers: &mut Vec<(HeaderName, ValueTemplate)>,
    ) -> Option<BodyTemplate> {
        let arguments = self.arguments;
        let place = node.get("body").filter(|body| !body.is_null());
        let placed = || {
            arguments
                .list
                .iter()
                .filter(|argument| argument.place == Some(PlaceName::Body))
        };
        for argument in placed() {
            self.used.insert(argument.name.clone());
        }
        if let Some(method @ (MethodName::Get | MethodName::Head)) = document.method {
            self.refuse_body(node, &super::method(method));
            return None;
        }
        let media_type = self.media_type(node, document);
        let syntax = media_type.as_deref().map_or(Syntax::Json, Syntax::of);
        self.refuse_unused_styles(syntax);
        let content = match place {
            None if placed().next().is_none() => {
                if let Some(member) = node.member("content_type") {
                    self.refuse(
                        "no-effect",
                        member.key_span.clone(),
                        "`content_type` has no effect without a body".to_owned(),
                    );
                }
                return None;
            }
            None => Content {
                template: None,
                tree: None,
            },
            Some(place) => self.written_body(place, syntax)?,
        };
        let template = self.with_placed_arguments(place, content)?;
        let media_type = media_type.as_deref();
        let is_file = self.is_file(&template);
        if let Some(several) = media_type.filter(|kind| is_file && is_several_media_types(kind)) {
            return Some(BodyTemplate::File {
                content_type: several.to_owned(),
                template,
            });
        }
        if let Some(written) = media_type.filter(|_| !is_file) {
            self.check_made_of_values(node, written)?;
        }
        let is_structured = self.is_structured(place);
        if let Some(content_type) = media_type.filter(|_| is_structured && syntax == Syntax::Xml) {
            return self.xml(node, content_type, template);
        }
        if let Some(member) = node.member("xml") {
            let message = "`xml` has no effect: the body is not XML that is made of values".to_owned();
            let help = "write content_type = \"application/xml\", or remove it";
            self.refuse_with_help("no-effect", member.key_span.clone(), message, help);
        }
        if let Some(written) = media_type.filter(|written| says_more(written, syntax, is_structured))
            && !headers.iter().any(|(name, _)| *name == header::CONTENT_TYPE)
        {
            let value = Value::String(written.to_owned());
            headers.push((header::CONTENT_TYPE, ValueTemplate::compile(&value).ok()?));
        }
        Some(match (syntax, media_type) {
            (Syntax::Json, _) | (_, None) => BodyTemplate::Json(template),
            // What is JSON is YAML as well (YAML 1.2.2, section 1.2).
            (Syntax::Yaml, _) if is_structured => BodyTemplate::Json(template),
            (Syntax::Form, _) => BodyTemplate::Form(template),
            (Syntax::Multipart, _) => BodyTemplate::Multipart {
                template,
                parts: self.parts(),
            },
            (_, Some(media_type)) => {
                let content_type = media_type.to_owned();
                match syntax {
                    _ if is_file => BodyTemplate::File { content_type, template },
                    Syntax::Xml => BodyTemplate::Text {
                        content_type,
                        template: template.within_xml(),
                    },
                    _ => BodyTemplate::Text { content_type, template },
                }
            }
        })
    }

    /// Reports a media type that a body made of values cannot have; nothing when there is one.
    fn check_made_of_values(&mut self, node: &Node, media_type: &str) -> Option<()> {
        let (message, help) = if is_several_media_types(media_type) {
            let message =
                format!("`{media_type}` is more than one media type, which only the bytes of a file can have");
            (message, "write the one that the body is")
        } else {
            let Some(charset) = other_charset(media_type) else {
                return Some(());
            };
            let message = format!("bodies are sent as UTF-8, and not as `{charset}`");
            (message, "write charset=utf-8, or leave the parameter out")
        };
        self.refuse_with_help("bad-content-type", node.value_span("content_type"), message, help);
        None
    }

    /// Whether a body is the content of a file: it is the one argument that is a file.
    fn is_file(&self, template: &ValueTemplate) -> bool {
        let used = template.arguments();
        let arguments = self.arguments;
        let mut list = arguments.list.iter();
        let is_file = |schema: &Map<String, Value>| schema.get("format").is_some_and(|format| format == "file");
        used.len() == 1 && list.any(|argument| used.contains(&argument.name) && is_file(&argument.schema))
    }

    /// Reports what says how members of the body are written, where its media type decides that.
    fn refuse_unused_styles(&mut self, syntax: Syntax) {
        let is_form = syntax == Syntax::Form;
        let is_multipart = syntax == Syntax::Multipart;
        let arguments = self.arguments;
        for argument in &arguments.list {
            if argument.place != Some(PlaceName::Body) {
                continue;
            }
            let name = &argument.sent_as;
            if (argument.style.is_some() || argument.xml.is_some()) && !is_form && !is_multipart {
                let message = format!("`style` and `explode` have no effect on `{name}`: only forms know them");
                let help = "write content_type = \"application/x-www-form-urlencoded\", or remove them";
                self.refuse_with_help("no-effect", argument.span.clone(), message, help);
            }
            if argument.media_type.is_some() && !is_multipart {
                let message = format!("`media_type` has no effect on `{name}`: only parts have one");
                let help = "write content_type = \"multipart/form-data\", or remove it";
                self.refuse_with_help("no-effect", argument.span.clone(), message, help);
            }
            if argument.headers.is_some() && !is_multipart {
                let message = format!("`headers` have no effect on `{name}`: only parts have some");
                let help = "write content_type = \"multipart/form-data\", or remove them";
                self.refuse_with_help("no-effect", argument.span.clone(), message, help);
            }
        }
    }

    /// Reports the body of a request that has none by its method.
    fn refuse_body(&mut self, node: &Node, method: &Method) {
        for key in ["body", "request_body", "content_type"] {
            if let Some(member) = node.member(key).filter(|member| !member.value.is_null()) {
                let message = format!("a {method} request has no body, so `{}` cannot be sent", member.written);
                let help = "use `query`, or the method POST";
                self.refuse_with_help("body-of-get", member.key_span.clone(), message, help);
            }
        }
        let arguments = self.arguments;
        for argument in arguments
            .list
            .iter()
            .filter(|argument| argument.place == Some(PlaceName::Body))
        {
            if !argument.from_body_schema {
                let message = format!(
                    "a {method} request has no body, so `{}` cannot be sent in it",
                    argument.sent_as
                );
                self.refuse_with_help("body-of-get", argument.span.clone(), message, "write in = \"query\"");
            }
        }
    }

    fn media_type(&mut self, node: &Node, document: &ActionDocument) -> Option<String> {
        let written = document.content_type.as_ref()?;
        let span = node.value_span("content_type");
        if written.contains(',') && written.split(',').all(|one| one.trim().parse::<mime::Mime>().is_ok()) {
            return Some(written.clone());
        }
        let Ok(parsed) = written.parse::<mime::Mime>() else {
            self.refuse("bad-content-type", span, format!("`{written}` is not a media type"));
            return None;
        };
        if parsed.type_() == "multipart" && parsed.subtype() != "form-data" {
            let message = format!("`{written}`: this version sends no multipart bodies but forms");
            let help = "write content_type = \"multipart/form-data\" if the API takes it";
            self.refuse_with_help("not-yet", span, message, help);
            return None;
        }
        Some(written.clone())
    }

    /// A body that the author wrote.
    fn written_body(&mut self, place: &Node, syntax: Syntax) -> Option<Content> {
        let is_json = syntax == Syntax::Json;
        let is_form = matches!(syntax, Syntax::Form | Syntax::Multipart);
        if let (Some(text), true) = (place.text(), is_json) {
            let Some(tree) = crate::template::json_from_text(text) else {
                let help = "write the body as a table, or say what it is: content_type = \"text/plain\"";
                let message = "this text is not JSON, which the body is unless `content_type` says otherwise";
                self.refuse_with_help("bad-body", place.span.clone(), message.to_owned(), help);
                self.refused_template();
                return None;
            };
            // Positions within the text are lost with its quotes, so that an error is placed at the text's beginning.
            let template = match ValueTemplate::compile(&tree) {
                Ok(template) => template,
                Err(error) => {
                    self.refuse("bad-template", place.span.clone(), error.message);
                    self.refused_template();
                    return None;
                }
            };
            self.use_arguments(&template.arguments(), place);
            return Some(Content {
                template: Some(template),
                tree: Some(Node::from_json(place.span.clone(), &tree)),
            });
        }
        let is_object = |schema: &Map<String, Value>| schema.get("type").is_some_and(|kind| kind == "object");
        if is_form && !matches!(place.kind, Kind::Table(_)) && !self.whole(place).is_some_and(is_object) {
            self.refuse(
                "bad-body",
                place.span.clone(),
                "a form is a table of names and values, or one input that is an object".to_owned(),
            );
            self.refused_template();
            return None;
        }
        let is_data = matches!(syntax, Syntax::Xml | Syntax::Yaml) && self.is_structured(Some(place));
        if !is_json && !is_form && !is_data && place.text().is_none() {
            let message = "a body of this `content_type` must be text".to_owned();
            self.refuse("bad-body", place.span.clone(), message);
            self.refused_template();
            return None;
        }
        let template = self.template(place)?;
        Some(Content {
            template: Some(template),
            tree: Some(place.clone()),
        })
    }

    /// Adds the arguments that go into the body by themselves.
    fn with_placed_arguments(&mut self, place: Option<&Node>, content: Content) -> Option<ValueTemplate> {
        let arguments = self.arguments;
        if let Some(whole) = arguments.whole_body.and_then(|index| arguments.list.get(index)) {
            if let Some(place) = place {
                let message = "the body is written here and described by `request_body`, which is not an object";
                self.refuse_with_help("bad-body", place.span.clone(), message.to_owned(), "keep one of them");
            }
            return Some(ValueTemplate::argument(whole.name.clone()));
        }
        let mut placed: Vec<(String, ValueTemplate)> = Vec::new();
        for argument in arguments
            .list
            .iter()
            .filter(|argument| argument.place == Some(PlaceName::Body))
        {
            if content
                .tree
                .as_ref()
                .is_some_and(|tree| tree.get(&argument.sent_as).is_some())
            {
                let message = format!("`{}` is in the body already", argument.sent_as);
                self.refuse_with_help(
                    "duplicate-key",
                    argument.span.clone(),
                    message,
                    "remove it from one of the two",
                );
            }
            // Those with a style are written behind the others.
            if argument.style.is_none() {
                placed.push((argument.sent_as.clone(), own_template(argument)));
            }
        }
        if placed.is_empty() && content.template.is_some() {
            return content.template;
        }
        let mut members = Vec::new();
        if let Some(tree) = &content.tree {
            if !matches!(tree.kind, Kind::Table(_)) {
                let span = place.map_or(tree.span.clone(), |place| place.span.clone());
                let message = "inputs go into the body by themselves, so the body must be a table";
                self.refuse("bad-body", span, message.to_owned());
                return None;
            }
            for member in tree.members() {
                members.push((
                    member.key.clone(),
                    ValueTemplate::compile(&member.value.to_json()).ok()?,
                ));
            }
        }
        members.extend(placed);
        Some(ValueTemplate::object(members))
    }
}

/// Whether a body of this type is sent under the type as it is written: it is not the one that its syntax has anyway.
/// Those of other syntaxes are sent as they are written in any case, and the boundary of a form of parts follows from its
/// content.
fn says_more(written: &str, syntax: Syntax, is_structured: bool) -> bool {
    match syntax {
        Syntax::Json => !written.trim().eq_ignore_ascii_case("application/json"),
        Syntax::Form => !written.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded"),
        Syntax::Yaml => is_structured,
        Syntax::Multipart | Syntax::Xml | Syntax::Other => false,
    }
}

/// The character set that `media_type` names, when it is not UTF-8.
fn other_charset(media_type: &str) -> Option<String> {
    let parsed: mime::Mime = media_type.parse().ok()?;
    let label = parsed.get_param(mime::CHARSET)?;
    let encoding = encoding_rs::Encoding::for_label(label.as_str().as_bytes());
    (encoding != Some(encoding_rs::UTF_8)).then(|| label.as_str().to_owned())
}
