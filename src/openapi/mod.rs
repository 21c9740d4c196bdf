//! `OpenAPI` descriptions (2.0, 3.0, 3.1, 3.2) turned into the actions of a connector.
//!
//! Pure: gets texts, returns actions and a report. Never reads a file, fetches a reference or holds a secret, and must
//! not know who calls the actions.
//!
//! Real descriptions break their own specification, so nothing in one is an error of the whole: what cannot be used is
//! left out, and [`Report`] says so. The way of one operation:
//!
//! 1. `documents` reads the texts and follows references between them, `overlay` changes them first as their user wants;
//!    `swagger` gives 2.0 the shape of 3.x, one operation at a time;
//! 2. `arguments` makes flat, named arguments of its parameters and body, with the schemas that `schema` normalises, as
//!    far as `shaping` does not say otherwise;
//! 3. `naming` gives it a name that stays, `security`, `servers` and `location` say how and where it is called;
//! 4. `folder` writes all of them down as a connector's files.
//!
//! Every walk is bounded: nesting by the reader, references by the number of times they may stand within each other,
//! and what is written for one tool by its size, so that the time is linear in the description.

mod analysis;
mod answers;
mod arguments;
mod difference;
mod documents;
mod folder;
mod import;
mod importer;
mod json;
mod location;
mod model;
mod naming;
mod operations;
mod overlay;
mod paging;
mod path;
mod processors;
mod read;
mod repeated;
mod report;
mod schema;
mod security;
mod selection;
mod servers;
mod shaping;
mod swagger;
mod text;
mod yaml;

pub use analysis::{Analysis, analyse};
pub use difference::{Changed, Difference, Named};
pub use documents::Documents;
pub use folder::{File, Folder, Target, folder, next_steps};
pub use import::{Options, import};
pub use json::Written;
pub use model::{Action, Argument, ArgumentPlace, ArgumentValue, Body, BodyKind, Fixed, Import, Server};
pub use naming::KeptName;
pub use overlay::Overlay;
pub use paging::Paged;
pub use read::{ReadError, Version};
pub use report::{Imported, Report, Skipped};
pub use security::Authentication;
pub use selection::{Filter, Selection};
