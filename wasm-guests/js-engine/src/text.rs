//! Text and bytes on their way between JavaScript and Rust.

use rquickjs::{Ctx, FromJs, TypedArray, Value, qjs};

/// Any JavaScript value as text, the way `String(value)` reads it. Half of a surrogate pair, which no UTF-8 can say,
/// becomes U+FFFD: nothing that a script holds may be refused for it.
pub(crate) struct Text(pub(crate) String);

impl<'js> FromJs<'js> for Text {
    fn from_js(ctx: &Ctx<'js>, value: Value<'js>) -> rquickjs::Result<Self> {
        let mut length = 0;
        // SAFETY: the value is alive; the pointer that comes back is valid for `length` bytes until it is freed.
        let bytes = unsafe {
            let start = qjs::JS_ToCStringLen2(ctx.as_raw().as_ptr(), &raw mut length, value.as_raw(), false);
            if start.is_null() {
                return Err(rquickjs::Error::Exception);
            }
            let bytes = std::slice::from_raw_parts(start.cast::<u8>(), length as usize).to_vec();
            qjs::JS_FreeCString(ctx.as_raw().as_ptr(), start);
            bytes
        };
        Ok(Self(from_generalised_utf8(bytes)))
    }
}

/// UTF-8 in which halves of surrogate pairs may stand, as `QuickJS` writes them (ED A0..BF xx).
fn from_generalised_utf8(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|refused| {
        let mut bytes = refused.into_bytes();
        for start in 0..bytes.len().saturating_sub(2) {
            if bytes[start] == 0xED && bytes[start + 1] >= 0xA0 {
                bytes[start..start + 3].copy_from_slice("\u{FFFD}".as_bytes());
            }
        }
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

/// A copy of what a `Uint8Array` holds.
pub(crate) struct Bytes(pub(crate) Vec<u8>);

impl<'js> FromJs<'js> for Bytes {
    fn from_js(_: &Ctx<'js>, value: Value<'js>) -> rquickjs::Result<Self> {
        let array = TypedArray::<u8>::from_value(value)?;
        // SAFETY: no JavaScript runs before the copy is made, so the bytes stay where they are.
        let bytes = unsafe { array.as_bytes() };
        Ok(Self(bytes.unwrap_or_default().to_vec()))
    }
}
