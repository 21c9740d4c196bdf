//! `{{ expression }}` templates: turning an agent's arguments into parts of a request.
//!
//! Pure. Template sources come from connector authors only; nothing an agent sends is ever parsed as one.
//!
//! # The language
//!
//! - `{{ name }}` is an argument. A string that is exactly one placeholder takes the argument as it is, so a number
//!   stays a number and an object stays an object. In longer text numbers and booleans are written as in JSON,
//!   arrays and objects as JSON text.
//! - `{{ expression }}` is a Jinja expression: attributes (`customer.id`), indexing, arithmetic, comparisons, `and`,
//!   `or`, `not`, `in`, `a if b else c`, `~` to join texts, and filters (`name | upper`). There are no statements
//!   (`{% … %}`), functions or method calls.
//! - A string that reads an argument which was not given is dropped as a whole: its object key disappears, its array
//!   element disappears. In longer text a `null` counts as not given. `{{ name | default("x") }}` supplies a value
//!   instead. Objects and arrays written by the author stay, even when everything in them was dropped.
//! - Within a text that is XML, values are escaped, but for those that the filters `xml` and `safe` make.
//! - Object keys are not templates. A literal `{{` is written `{{ '{{' }}`.
//! - Filters: `abs`, `b64encode`, `bool`, `capitalize`, `count`, `d`, `default`, `first`, `float`, `int`, `items`, `join`,
//!   `last`, `length`, `lines`, `list`, `lower`, `map` (as in `rows | map(attribute="id")`), `max`, `min`, `replace`,
//!   `reverse`, `round`, `safe`, `sort`, `split`, `string`, `sum`, `title`, `tojson`, `trim`, `unique`, `upper`,
//!   `urlencode`, `xml`.
//!   Tests: `x is defined`, `undefined`, `none`, `boolean`, `number`, `integer`, `float`, `string`, `sequence`,
//!   `mapping`, `startingwith("a")`, `endingwith("a")`.
//! - In paths `{name}` is a placeholder too (ruling C-02); its name may hold any character but braces and slashes.

mod error;
mod expression;
mod filters;
mod inside;
mod json_text;
mod path;
mod scan;
mod style;
mod value;
mod xml;

pub use error::{RenderError, TemplateError};
pub(crate) use expression::text;
pub use inside::{Change, Inside, InsidePath, Step};
pub use json_text::json_from_text;
pub use path::{LONGEST_URL, PathTemplate, climbs};
pub use style::{Encode, Form, Style};
pub use value::ValueTemplate;
pub use xml::{XmlShape, without_xml};
