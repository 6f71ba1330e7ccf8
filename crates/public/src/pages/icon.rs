//! Line icons and the guilloche rosette, drawn inline: no request, no font.

use std::fmt;

use askama::filters::HtmlSafe;

/// A drawing of this module. Its text is constant, hence safe.
#[derive(Clone, Copy)]
pub(crate) struct Icon(&'static str);

impl HtmlSafe for Icon {}

impl fmt::Display for Icon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(r#"<svg class="i" viewBox="0 0 24 24" aria-hidden="true" focusable="false">"#)?;
        f.write_str(self.0)?;
        f.write_str("</svg>")
    }
}

pub(crate) const SHIELD: Icon = Icon(
    r#"<path d="M12 2.5l8 3v6.5c0 4.7-3.3 8-8 9.5-4.7-1.5-8-4.8-8-9.5V5.5z"/><path d="M8.5 12l2.5 2.5 4.5-5"/>"#,
);
pub(crate) const TICK: Icon = Icon(r#"<path d="M5 12.5l4.5 4.5L19 7.5"/>"#);
pub(crate) const CROSS: Icon = Icon(r#"<path d="M6.5 6.5l11 11m0-11l-11 11"/>"#);
pub(crate) const CLOCK: Icon = Icon(r#"<circle cx="12" cy="12" r="9"/><path d="M12 7v5l3.5 2"/>"#);
pub(crate) const PAUSE: Icon = Icon(r#"<circle cx="12" cy="12" r="9"/><path d="M10 9v6m4-6v6"/>"#);
pub(crate) const BAN: Icon = Icon(r#"<circle cx="12" cy="12" r="9"/><path d="M5.8 5.8l12.4 12.4"/>"#);
pub(crate) const SWAP: Icon = Icon(r#"<path d="M4 8h14l-3.5-3.5M20 16H6l3.5 3.5"/>"#);
pub(crate) const WARN: Icon = Icon(r#"<path d="M12 3.5l9.5 16.5h-19z"/><path d="M12 10v4.5m0 2.5v.1"/>"#);
pub(crate) const ASK: Icon = Icon(
    r#"<circle cx="12" cy="12" r="9"/><path d="M9.5 9.5c.2-1.5 1.2-2.3 2.6-2.3s2.5.9 2.5 2.2c0 2-2.6 2-2.6 4m0 2.9v.1"/>"#,
);
pub(crate) const SCAN: Icon = Icon(
    r#"<path d="M4 8V4h4m8 0h4v4m0 8v4h-4m-8 0H4v-4"/><path d="M8 8h3v3H8zm5 5h3v3h-3zm0-5h3m-8 5v3h2"/>"#,
);
pub(crate) const HASH: Icon = Icon(r#"<circle cx="10.5" cy="10.5" r="6.5"/><path d="M15.5 15.5L21 21"/>"#);
pub(crate) const FILE: Icon =
    Icon(r#"<path d="M6 2.5h8l4.5 4.5v14.5H6z"/><path d="M14 2.5V7h4.5M9 14l2.2 2.2 4-4.2"/>"#);
pub(crate) const OFFLINE: Icon = Icon(
    r#"<path d="M3 3l18 18M8.5 15.5a5 5 0 0 1 6 -.5M5 12a10 10 0 0 1 4.5-2.5M2.5 8.5A15 15 0 0 1 6 6.3M13.5 9.2A10 10 0 0 1 19 12M10 5a15 15 0 0 1 11.5 3.5M12 19v.1"/>"#,
);

/// The certificate's guilloche: 64 turned ellipses, twice, from six doublings each. `id` keeps several apart.
pub(crate) struct Rosette(pub(crate) &'static str);

impl HtmlSafe for Rosette {}

impl fmt::Display for Rosette {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            r#"<svg class="rose" viewBox="-200 -200 400 400" aria-hidden="true" focusable="false"><defs>"#
        )?;
        for (ring, cy, rx, ry) in [("a", 92, 62, 104), ("b", 66, 34, 40)] {
            self.doubled(f, ring, cy, rx, ry)?;
        }
        write!(f, "</defs>")?;
        for ring in ["a", "b"] {
            write!(f, r##"<use href="#{}{ring}6"/>"##, self.0)?;
        }
        f.write_str("</svg>")
    }
}

impl Rosette {
    fn doubled(&self, f: &mut fmt::Formatter<'_>, ring: &str, cy: i32, rx: i32, ry: i32) -> fmt::Result {
        let name = format!("{}{ring}", self.0);
        write!(f, r#"<ellipse id="{name}0" cy="{cy}" rx="{rx}" ry="{ry}"/>"#)?;
        for (step, turn) in ["180", "90", "45", "22.5", "11.25", "5.625"]
            .into_iter()
            .enumerate()
        {
            write!(
                f,
                r##"<g id="{name}{}"><use href="#{name}{step}"/><use href="#{name}{step}" transform="rotate({turn})"/></g>"##,
                step + 1
            )?;
        }
        Ok(())
    }
}
