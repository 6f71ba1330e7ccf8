//! The first page.

use askama::Template;
use axum::{
    http::{HeaderMap, StatusCode},
    response::Response,
};
use matters::Industry;

use super::{
    icon::{self, Icon, Rosette},
    matter::{self, Group},
    reply::{self, Frame, Keep, Nav},
    text,
};
use crate::{Public, model::Numbers};

/// A bar of the figures.
struct Bar {
    label: &'static str,
    path: String,
    number: String,
    share: String,
}

/// A district of the figures.
struct Place {
    name: String,
    path: String,
    number: String,
}

/// The figures.
struct Figures {
    valid: String,
    expiring: Option<String>,
    bars: Vec<Bar>,
    places: Vec<Place>,
    at: String,
}

#[derive(Template)]
#[template(path = "home.html")]
struct Home<'a> {
    frame: Frame<'a>,
    rose: Rosette,
    scan: Icon,
    hash: Icon,
    file: Icon,
    figures: Option<Figures>,
    trades: Vec<Group>,
}

pub(crate) fn render(public: &Public, numbers: Option<&Numbers>, asked: &HeaderMap) -> Response {
    let template = Home {
        frame: Frame::new(public.site(), Nav::None, "/"),
        rose: Rosette("r"),
        scan: icon::SCAN,
        hash: icon::HASH,
        file: icon::FILE,
        // A register that is still empty has nothing to count.
        figures: numbers.filter(|numbers| numbers.valid > 0).map(figures),
        trades: matter::groups(public),
    };
    reply::page(StatusCode::OK, Keep::Fresh, asked, &template)
}

fn figures(numbers: &Numbers) -> Figures {
    let most = numbers
        .by_industry
        .iter()
        .map(|(_, number)| *number)
        .max()
        .unwrap_or(0);
    let bar = |industry: Industry| {
        let number = numbers
            .by_industry
            .iter()
            .find(|(one, _)| *one == industry)
            .map_or(0, |(_, number)| *number);
        Bar {
            label: industry.label(),
            path: format!("/search?industry={}&state=valid", industry.as_str()),
            number: text::figure(number),
            // A bar that is there can be seen.
            share: text::share(
                if number == 0 {
                    0
                } else {
                    number.max(most / 100 + 1)
                },
                most,
            ),
        }
    };
    let place = |(code, name, number): &(codes::RegionCode, String, u64)| Place {
        name: name.clone(),
        path: format!("/search?region={}&state=valid", code.as_str()),
        number: text::figure(*number),
    };
    Figures {
        valid: text::figure(numbers.valid),
        expiring: (numbers.expiring > 0).then(|| text::figure(numbers.expiring)),
        bars: Industry::ALL.into_iter().map(bar).collect(),
        places: numbers.by_region.iter().map(place).collect(),
        at: numbers.at.map(text::clock).unwrap_or_default(),
    }
}
