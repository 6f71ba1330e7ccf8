//! Guide to the features of the certificate, and how to verify without a network (VER.4, VER.5).

use askama::Template;
use axum::{
    http::{HeaderMap, StatusCode},
    response::Response,
};

use super::{
    icon::{self, Icon},
    reply::{self, Frame, Keep, Nav},
};
use crate::Public;

#[derive(Template)]
#[template(path = "guide.html")]
struct Guide<'a> {
    frame: Frame<'a>,
    offline: Icon,
}

pub(crate) fn render(public: &Public, asked: &HeaderMap) -> Response {
    let template = Guide {
        frame: Frame::new(public.site(), Nav::Guide, "/about/verification"),
        offline: icon::OFFLINE,
    };
    reply::page(StatusCode::OK, Keep::Long, asked, &template)
}
