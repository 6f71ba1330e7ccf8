//! What is published about a licence, what a certificate proves, and what follows from both. Plain values.

use codes::RegionCode;
use kernel::{LegalDate, Moment};
use matters::Industry;

/// What the register publishes about one licence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicLicence {
    /// Licence number in its canonical spelling.
    pub number: String,
    /// Identifier of the electronic licence (GB/T 36904).
    pub identifier: Option<String>,
    /// Name printed on the certificate, such as 安全生产许可证.
    pub name: String,
    /// Industry.
    pub industry: Industry,
    /// Who holds it.
    pub holder: Holder,
    /// 许可范围, one item a line.
    pub scope: Vec<String>,
    /// First valid day.
    pub valid_from: LegalDate,
    /// Last valid day.
    pub valid_until: LegalDate,
    /// First day from which it was in force without a gap; before `valid_from` once it was renewed.
    pub in_force_from: LegalDate,
    /// Day of issue.
    pub issued_on: LegalDate,
    /// From this day the holder should apply for renewal; from then on the page says that expiry is near.
    pub renew_from: Option<LegalDate>,
    /// Issuing authority.
    pub authority: String,
    /// What the register says, dates aside: see [`crate::rules::standing_on`].
    pub standing: Standing,
    /// The holder declared the paper lost and did not find it again.
    pub lost: Option<LossPeriod>,
    /// Published grade, such as 安全生产标准化二级.
    pub grade: Option<String>,
    /// What happened, newest first.
    pub history: Vec<HistoryEntry>,
    /// Published penalties, newest first.
    pub penalties: Vec<PublicPenalty>,
    /// The certificates in force.
    pub certificates: Vec<CertificateFile>,
    /// Version of the content, from 1.
    pub version: u32,
    /// Made for demonstration, names nobody.
    pub demo: bool,
    /// When the record last changed.
    pub updated_at: Moment,
}

/// The holder of a licence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Full name.
    pub name: String,
    /// Unified social credit code.
    pub code: String,
    /// Address.
    pub address: String,
    /// Name of the legal representative, as printed on the certificate.
    pub legal_representative: String,
    /// Economic type; empty where unknown.
    pub economic_type: String,
    /// Region as people write it, such as 江西省南昌市青山湖区.
    pub region: String,
}

/// What the register says about a licence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// In force, as far as the dates go.
    InForce,
    /// The holder applied in time for renewal and no decision was made before expiry: deemed granted
    /// (行政许可法 art. 50).
    DeemedRenewed,
    /// 新旧证过渡: content changed, the old paper may be used until the named day.
    InTransition {
        /// Last day of the transition.
        until: LegalDate,
    },
    /// 暂扣
    Suspended {
        /// First day.
        since: LegalDate,
        /// Last day, where the decision names one.
        until: Option<LegalDate>,
        /// The reason that may be public; empty when none is published.
        reason: String,
    },
    /// 吊销
    Revoked {
        /// Day of the decision.
        on: LegalDate,
        /// The reason that may be public; empty when none is published.
        reason: String,
    },
    /// 撤销
    Rescinded {
        /// Day of the decision.
        on: LegalDate,
        /// The reason that may be public; empty when none is published.
        reason: String,
    },
    /// 撤回
    Withdrawn {
        /// Day of the decision.
        on: LegalDate,
        /// The reason that may be public; empty when none is published.
        reason: String,
    },
    /// 注销
    Cancelled {
        /// Day of deregistration.
        on: LegalDate,
        /// The reason that may be public; empty when none is published.
        reason: String,
    },
    /// 应急使用: stands in for a damaged licence for some days.
    Temporary {
        /// Number of the damaged licence.
        of: String,
    },
    /// Ended by the passing of time.
    Expired,
    /// A newer licence took its place (补证, 换证).
    Replaced {
        /// Day.
        on: LegalDate,
        /// Number of the new one.
        by: String,
    },
}

macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$vm:meta])* $variant:ident = $key:literal, $label:literal;)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$vm])* $variant,)* }
        impl $name {
            /// Every value, in the order in which lists show them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];
            /// The key used in addresses and on the wire.
            pub fn as_str(self) -> &'static str { match self { $(Self::$variant => $key,)* } }
            /// The word shown to people.
            pub fn label(self) -> &'static str { match self { $(Self::$variant => $label,)* } }
            /// The value with this key.
            pub fn from_key(key: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.as_str() == key)
            }
        }
    };
}

words! {
    /// State of a licence on a given day, in one word. 暂扣, 吊销, 撤销, 撤回 and 注销 are five different things.
    State {
        /// In force.
        Valid = "valid", "有效";
        /// In force, renewal is due.
        Expiring = "expiring", "临近到期";
        /// In force while the renewal is undecided.
        DeemedRenewed = "deemed_renewed", "视为准予延续";
        /// In force, the old paper is being exchanged.
        InTransition = "in_transition", "换证过渡";
        /// Stands in for a damaged licence for some days.
        Temporary = "temporary", "应急使用";
        /// Not yet in force.
        NotYetValid = "not_yet_valid", "尚未生效";
        /// Ended by time.
        Expired = "expired", "已过期";
        /// Taken away for a time.
        Suspended = "suspended", "已暂扣";
        /// Taken away for good, as a penalty.
        Revoked = "revoked", "已吊销";
        /// The grant was unlawful.
        Rescinded = "rescinded", "已撤销";
        /// Law or facts changed.
        Withdrawn = "withdrawn", "已撤回";
        /// Record closed.
        Cancelled = "cancelled", "已注销";
        /// A newer one took its place.
        Replaced = "replaced", "已换发新证";
    }
}

impl State {
    /// Whether the holder may produce under the licence.
    pub fn in_force(self) -> bool {
        matches!(
            self,
            Self::Valid | Self::Expiring | Self::DeemedRenewed | Self::InTransition | Self::Temporary
        )
    }
}

words! {
    /// Outcome of a verification.
    Verdict {
        /// Genuine, and the licence is in force.
        Valid = "valid", "真实有效";
        /// Genuine, not yet in force.
        NotYetValid = "not_yet_valid", "尚未生效";
        /// Genuine, the licence or the copy has expired.
        Expired = "expired", "已过期";
        /// Genuine, the licence is suspended.
        Suspended = "suspended", "已暂扣";
        /// Genuine, the licence was revoked.
        Revoked = "revoked", "已吊销";
        /// Genuine, the grant was rescinded.
        Rescinded = "rescinded", "已撤销";
        /// Genuine, the licence was withdrawn.
        Withdrawn = "withdrawn", "已撤回";
        /// Genuine, the licence was deregistered.
        Cancelled = "cancelled", "已注销";
        /// Genuine, but a newer certificate took its place.
        Replaced = "replaced", "已被新证取代";
        /// Changed after signing, or it contradicts the register.
        Altered = "altered", "内容被改动";
        /// Signed by somebody who is not trusted, or not signed.
        Untrusted = "untrusted", "签名不可信";
        /// Nothing can be said: not such a document, or not in the register.
        Unknown = "unknown", "无法确认";
    }
}

/// One thing that happened to a licence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryEntry {
    /// Day.
    pub on: LegalDate,
    /// What, such as 首次颁发.
    pub title: String,
    /// More, such as the item that changed.
    pub detail: Option<String>,
}

/// A published penalty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicPenalty {
    /// Day of the decision.
    pub on: LegalDate,
    /// Number of the decision.
    pub reference: String,
    /// What was done wrong, and the sanction.
    pub text: String,
}

/// A certificate that was signed for a licence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateFile {
    /// 正本 or 副本.
    pub edition: String,
    /// Version of the content, from 1.
    pub version: u32,
    /// SHA-256 of the signed PDF, lower-case hex.
    pub sha256: String,
    /// First eight bytes of the SHA-256 of the attached record, lower-case hex: what the QR code carries.
    pub fingerprint: Option<String>,
}

/// A line of a result list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LicenceLine {
    /// Licence number.
    pub number: String,
    /// Holder's name.
    pub holder: String,
    /// Holder's credit code.
    pub code: String,
    /// Industry.
    pub industry: Industry,
    /// District, such as 青山湖区.
    pub region: String,
    /// Last valid day.
    pub valid_until: LegalDate,
    /// State today.
    pub state: State,
}

/// The days on which the loss of a paper is made public.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LossPeriod {
    /// First day of the notice.
    pub from: LegalDate,
    /// Last day of the notice.
    pub until: LegalDate,
}

/// A loss that is made public.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LossNotice {
    /// Number of the lost licence.
    pub number: String,
    /// Its holder.
    pub holder: String,
    /// First day of the notice.
    pub from: LegalDate,
    /// Last day of the notice.
    pub until: LegalDate,
}

/// What somebody looks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SearchQuery {
    /// Part of a name, number or code; two characters or more.
    pub text: Option<String>,
    /// Region and all within it.
    pub region: Option<RegionCode>,
    /// Industry.
    pub industry: Option<Industry>,
    /// State.
    pub state: Option<State>,
    /// `next` of the page before.
    pub cursor: Option<String>,
    /// Rows wanted.
    pub limit: u64,
}

/// Licences in force, counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Numbers {
    /// All.
    pub valid: u64,
    /// Those of them whose renewal is due.
    pub expiring: u64,
    /// By industry; industries without licences may be left out.
    pub by_industry: Vec<(Industry, u64)>,
    /// By district of the city: code, name, number.
    pub by_region: Vec<(RegionCode, String, u64)>,
    /// When they were counted.
    pub at: Option<Moment>,
}

/// A licence in the sitemap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SitemapEntry {
    /// Licence number.
    pub number: String,
    /// Day of the last change.
    pub changed_on: LegalDate,
}

/// What a file or code proves by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The finding.
    pub outcome: Outcome,
    /// How it was reached.
    pub steps: Vec<Step>,
    /// What the document states; only to be believed when the outcome is [`Outcome::Genuine`].
    pub claims: Option<Claims>,
    /// Who signed.
    pub signer: Option<String>,
    /// When, by a trusted timestamp.
    pub signed_at: Option<Moment>,
    /// What was left unchecked, in Chinese.
    pub notes: Vec<String>,
}

/// Finding about a document alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Signed by the authority and unchanged.
    Genuine,
    /// Changed after signing.
    Altered,
    /// Not signed, or by somebody who is not trusted.
    Untrusted,
    /// Not a document of this kind.
    Unreadable,
}

/// What a certificate states about its licence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claims {
    /// Licence number.
    pub number: String,
    /// Identifier (GB/T 36904); QR codes leave it out.
    pub identifier: Option<String>,
    /// Holder's name.
    pub holder: String,
    /// Holder's credit code.
    pub code: String,
    /// First valid day.
    pub valid_from: LegalDate,
    /// Last valid day.
    pub valid_until: LegalDate,
    /// First eight bytes of the SHA-256 of the record, lower-case hex.
    pub fingerprint: Option<String>,
    /// Last day of a temporary copy or of a copy made for one purpose.
    pub copy_until: Option<LegalDate>,
}

/// One step of a verification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Stable name, such as `signature`.
    pub step: String,
    /// Passed.
    pub ok: bool,
    /// What was found, in Chinese.
    pub detail: String,
}

impl Step {
    /// A step.
    pub fn new(step: &str, ok: bool, detail: impl Into<String>) -> Self {
        Self {
            step: step.to_owned(),
            ok,
            detail: detail.into(),
        }
    }
}

/// Something that certificate and register say differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What, such as 企业名称.
    pub field: &'static str,
    /// On the certificate.
    pub certificate: String,
    /// In the register.
    pub register: String,
}

/// Place of a document in the evidence log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inclusion {
    /// SHA-256 of the document, lower-case hex.
    pub sha256: String,
    /// Zero-based index of the leaf.
    pub index: u64,
    /// The entry, lower-case hex.
    pub entry: String,
    /// Proof in the format C2SP tlog-proof, with the signed checkpoint.
    pub bundle: String,
    /// When the logged event happened.
    pub at: Moment,
}

impl Inclusion {
    /// Where the proof can be fetched on this site.
    pub fn proof_path(&self) -> String {
        format!("/proofs/{}.tlog-proof", self.sha256)
    }
}

/// Result of a verification: what the document proves, what the register says, and what follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// What follows.
    pub verdict: Verdict,
    /// What the document proves by itself.
    pub outcome: Outcome,
    /// How it was reached, in order.
    pub steps: Vec<Step>,
    /// What the document states.
    pub claims: Option<Claims>,
    /// What the register says now.
    pub licence: Option<PublicLicence>,
    /// State of the licence today, by the register.
    pub state: Option<State>,
    /// What document and register say differently.
    pub differences: Vec<Difference>,
    /// Who signed.
    pub signer: Option<String>,
    /// When, by a trusted timestamp.
    pub signed_at: Option<Moment>,
    /// What was left unchecked, in Chinese.
    pub notes: Vec<String>,
    /// SHA-256 of the file, lower-case hex; none for a QR code.
    pub sha256: Option<String>,
    /// Place in the evidence log.
    pub evidence: Option<Inclusion>,
    /// When it was verified.
    pub checked_at: Moment,
}
