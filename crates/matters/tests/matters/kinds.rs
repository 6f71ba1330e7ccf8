//! The shipped definitions of everything that is about a licence that is there already.

use codes::{Days, Months, WorkingDays};
use matters::{
    Definition, Facet, Fault, Industry, Kind, MatterKey, MattersError, Occasion, SiteNeed, Standing, Term,
    WhenLate, WindowFrom, load,
};
use serde_json::{Value, json};

use crate::data::{DAY, shipped, with_change};

fn matter(catalogue: &matters::Catalogue, industry: Industry, kind: Kind) -> &Definition {
    catalogue.current(MatterKey { industry, kind }, DAY).unwrap()
}

const ABOUT_A_LICENCE: [Kind; 4] = [
    Kind::Renewal,
    Kind::Change,
    Kind::Replacement,
    Kind::Deregistration,
];

#[test]
fn every_industry_has_every_kind() {
    let catalogue = shipped();
    for industry in Industry::ALL {
        for kind in ABOUT_A_LICENCE {
            let one = matter(&catalogue, industry, kind);
            assert!(one.existing.is_some(), "{}", one.key);
            let first = matter(&catalogue, industry, Kind::FirstIssue);
            assert_eq!(one.licence.type_code, first.licence.type_code);
            assert_eq!(one.effective_from, first.effective_from);
            assert!(first.existing.is_none());
        }
    }
}

#[test]
fn a_renewal_has_the_laws_three_months_and_the_sources_sixty_days() {
    let catalogue = shipped();
    for industry in Industry::ALL {
        let one = matter(&catalogue, industry, Kind::Renewal);
        let rules = one.existing.as_ref().unwrap();
        let law = rules.window("law_window").unwrap();
        assert_eq!(
            (law.term, law.from),
            (Term::Months(Months(3)), WindowFrom::BeforeExpiry)
        );
        assert_eq!(one.cite(&law.basis[0]), "《安全生产许可证条例》第九条");
        let source = rules.window("source_window").unwrap();
        assert_eq!((source.term, source.internal), (Term::Days(Days(60)), true));
        let late = rules.window("late_window").unwrap();
        assert_eq!(
            (late.term, late.from),
            (Term::Days(Days(90)), WindowFrom::AfterExpiry)
        );
        assert_eq!(late.late, WhenLate::FreshApplication);
        let deemed = rules.deemed_grant.as_ref().unwrap();
        assert_eq!(
            one.cite(&deemed.basis[0]),
            "《中华人民共和国行政许可法》第五十条第二款"
        );
        assert_eq!(deemed.window.as_str(), "law_window");
        assert!(
            rules.standings.contains(&Standing::Expired),
            "late by less than ninety days"
        );
    }
}

#[test]
fn the_level_of_standardisation_counts_where_the_rules_say_so() {
    let catalogue = shipped();
    let level = |industry| {
        let rules = matter(&catalogue, industry, Kind::Renewal)
            .existing
            .as_ref()
            .unwrap();
        rules.direct.as_ref().unwrap().standardisation
    };
    for industry in [Industry::NoncoalMine, Industry::Hazchem, Industry::Fireworks] {
        assert_eq!(level(industry), Some(2));
    }
    for industry in [Industry::Construction, Industry::CivilExplosives, Industry::Coal] {
        assert_eq!(level(industry), None);
    }
    for industry in Industry::ALL {
        let one = matter(&catalogue, industry, Kind::Renewal);
        let direct = one.existing.as_ref().unwrap().direct.as_ref().unwrap();
        assert!(
            direct
                .conditions
                .iter()
                .any(|one| one.key.as_str() == "no_fatal_accident")
        );
        let level_open = one.unconfirmed().iter().any(|fact| fact.label == "标准化等级");
        assert!(level_open, "the level was read in no source");
    }
}

#[test]
fn changes_have_the_terms_of_their_rules_beside_the_sources_fifteen_days() {
    let catalogue = shipped();
    let law = [
        (Industry::NoncoalMine, Some(Term::WorkingDays(WorkingDays(30)))),
        (Industry::Hazchem, Some(Term::WorkingDays(WorkingDays(10)))),
        (Industry::Fireworks, Some(Term::WorkingDays(WorkingDays(10)))),
        (Industry::Construction, Some(Term::Days(Days(10)))),
        (Industry::CivilExplosives, None),
        (Industry::Coal, Some(Term::WorkingDays(WorkingDays(10)))),
    ];
    for (industry, term) in law {
        let rules = matter(&catalogue, industry, Kind::Change)
            .existing
            .as_ref()
            .unwrap();
        assert_eq!(
            rules.window("law_window").map(|one| one.term),
            term,
            "{industry:?}"
        );
        let source = rules.window("source_window").unwrap();
        assert_eq!(source.term, Term::WorkingDays(WorkingDays(15)));
        assert!(source.internal && source.late == WhenLate::Noted);
        assert_eq!(rules.standings, [Standing::InForce]);
    }
}

#[test]
fn each_changed_item_has_its_materials() {
    let catalogue = shipped();
    for industry in Industry::ALL {
        let one = matter(&catalogue, industry, Kind::Change);
        let rules = one.existing.as_ref().unwrap();
        for facet in [
            Facet::Name,
            Facet::LegalRepresentative,
            Facet::Address,
            Facet::Scope,
        ] {
            let own = one
                .materials
                .iter()
                .any(|material| material.only_for.contains(&facet));
            assert_eq!(own, rules.offers(facet), "{} {}", one.key, facet.label());
        }
        // Only who has to do with what changes takes part.
        let for_a_name = one.departments().filter(|review| review.only_for.is_empty());
        let names: Vec<_> = for_a_name.map(|review| review.department.as_str()).collect();
        assert_eq!(names.len(), 2, "{} {names:?}", one.key);
        assert!(names.contains(&"market_regulation"));
    }
    // A change of what may be done is reviewed like a first issue, where the rules know it.
    let mine = matter(&catalogue, Industry::NoncoalMine, Kind::Change);
    let first = matter(&catalogue, Industry::NoncoalMine, Kind::FirstIssue);
    assert_eq!(mine.departments().count(), first.departments().count());
    assert_eq!(mine.stage("second_review").unwrap().only_for, [Facet::Scope]);
    let clock = mine.clock(matters::STATUTORY_REVIEW).unwrap();
    assert_eq!(clock.term, Term::WorkingDays(WorkingDays(10)));
    assert_eq!(clock.terms_for[0].term, Term::Days(Days(45)));
}

#[test]
fn short_procedures_are_short() {
    let catalogue = shipped();
    for industry in Industry::ALL {
        for kind in [Kind::Replacement, Kind::Deregistration] {
            let one = matter(&catalogue, industry, kind);
            assert_eq!(one.departments().count(), 1, "{}", one.key);
            assert!(one.stage("first_review").is_none() && one.stage("second_review").is_none());
            assert!(!one.deferral.allowed);
            let granted = one
                .documents
                .iter()
                .find(|one| one.on == Occasion::Granted)
                .unwrap();
            let expected = match kind {
                Kind::Replacement => "replacement_grant",
                _ => "deregistration",
            };
            assert_eq!(granted.document.as_str(), expected);
        }
        let replacement = matter(&catalogue, industry, Kind::Replacement);
        assert_eq!(replacement.site_check.need, SiteNeed::Never);
    }
}

/// Faults of a shipped definition with one change.
fn faults(path: &str, change: impl FnOnce(&mut Value)) -> Vec<String> {
    match load(with_change(path, change)) {
        Err(MattersError::Faulty(faults)) => faults.iter().map(|one| one.kind.to_string()).collect(),
        other => panic!("{:?}", other.map(|_| ())),
    }
}

#[test]
fn unsound_rules_are_refused() {
    let renewal = "matters/coal/renewal.v1.json";
    let check = |path: &str, change: &dyn Fn(&mut Value), fault: Fault| {
        let found = faults(path, change);
        assert!(found.contains(&fault.to_string()), "{fault}: {found:?}");
    };
    check(
        renewal,
        &|value| drop(value.as_object_mut().unwrap().remove("existing")),
        Fault::NoExistingRules,
    );
    check(
        "matters/coal/first_issue.v1.json",
        &|value| value["existing"] = json!({ "standings": ["in_force"] }),
        Fault::ExistingRulesOfFirstIssue,
    );
    check(
        renewal,
        &|value| value["existing"]["standings"] = json!([]),
        Fault::NoStanding,
    );
    check(
        renewal,
        &|value| value["existing"]["windows"][1]["term"]["unit"] = json!("working_days"),
        Fault::BackwardWorkingDays("本市续期申请时限".into()),
    );
    check(
        "matters/construction/change.v1.json",
        &|value| value["materials"][2]["only_for"] = json!(["scope"]),
        Fault::FacetNotOffered {
            from: "变更后的营业执照".into(),
            facet: Facet::Scope.label(),
        },
    );
    check(
        "matters/construction/change.v1.json",
        &|value| value["departments"][0]["only_for"] = json!(["name"]),
        Fault::LeadNotAlways,
    );
    check(
        "matters/coal/replacement.v1.json",
        &|value| value["existing"]["facets"] = json!([]),
        Fault::NoFacet,
    );
    check(
        "matters/coal/replacement.v1.json",
        &|value| value["existing"]["facets"][0]["facet"] = json!("scope"),
        Fault::ForeignFacet(Facet::Scope.label()),
    );
    let found = faults(renewal, |value| {
        value["existing"]["direct"]["skips"] = json!(["decision"]);
        value["existing"]["deemed_grant"]["window"] = json!("no_window");
    });
    assert!(found.iter().any(|fault| fault.contains("decision")), "{found:?}");
    assert!(found.iter().any(|fault| fault.contains("no_window")), "{found:?}");
}
