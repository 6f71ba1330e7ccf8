//! The ways out of the application: SMTP and signed POST.

use std::time::Duration;

use http::StatusCode;
use kernel::Moment;
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{
        Mailbox, MultiPart,
        header::{HeaderName, HeaderValue},
    },
};
use reqwest::{Client, redirect};

use super::{Adapter, NoticesError, Outcome, Settings};
use crate::{
    model::{Channel, Delivery},
    rules::{Attempt, sign},
};

/// Longest wait for another side, well within the lease of a job.
const PATIENCE: Duration = Duration::from_secs(20);
/// Characters of a refusal that are kept.
const KEPT: usize = 300;

/// What the installation has.
pub(super) struct Away {
    mail: Option<(AsyncSmtpTransport<Tokio1Executor>, Mailbox)>,
    sms: Option<Adapter>,
    wechat: Option<Adapter>,
    client: Client,
}

impl Away {
    pub fn new(settings: &Settings) -> Outcome<Self> {
        // A redirect would carry content and signature to somebody else.
        let client = Client::builder()
            .redirect(redirect::Policy::none())
            .timeout(PATIENCE)
            .user_agent(concat!("Anxu/", env!("CARGO_PKG_VERSION")))
            .build();
        Ok(Self {
            mail: mail(settings)?,
            sms: settings.sms.clone(),
            wechat: settings.wechat.clone(),
            client: client.map_err(|error| wrong("ANXU_SMS_URL", &error))?,
        })
    }

    /// Whether there is such a way. Webhooks bring their own.
    pub fn has(&self, channel: Channel) -> bool {
        match channel {
            Channel::Mail => self.mail.is_some(),
            Channel::Sms => self.sms.is_some(),
            Channel::Wechat => self.wechat.is_some(),
            Channel::Webhook => true,
        }
    }

    /// Sends it; `secret` is the webhook's.
    pub async fn send(&self, delivery: &Delivery, secret: Option<&str>, now: Moment) -> Attempt {
        let adapter = match delivery.channel {
            Channel::Mail => return self.mail(delivery, now).await,
            Channel::Sms => &self.sms,
            Channel::Wechat => &self.wechat,
            Channel::Webhook => {
                let Some(secret) = secret else {
                    return Attempt::Never("推送地址已停用".to_owned());
                };
                return self.post(&delivery.address, secret, delivery, now).await;
            }
        };
        match adapter {
            Some(adapter) => self.post(&adapter.url, &adapter.secret, delivery, now).await,
            None => Attempt::Never(format!("没有配置{}通道", delivery.channel.label())),
        }
    }

    async fn mail(&self, delivery: &Delivery, now: Moment) -> Attempt {
        let Some((transport, from)) = &self.mail else {
            return Attempt::Never("没有配置邮件通道".to_owned());
        };
        let message = match compose(delivery, from, now) {
            Ok(message) => message,
            Err(why) => return Attempt::Never(why),
        };
        // As long as nothing was said of the mail, nothing can have arrived.
        match transport.test_connection().await {
            Ok(true) => {}
            Ok(false) => return Attempt::Later("邮件服务器没有应答".to_owned()),
            Err(error) if error.is_permanent() => return Attempt::Never(cut(&error.to_string())),
            Err(error) => return Attempt::Later(cut(&error.to_string())),
        }
        match transport.send(message).await {
            Ok(_) => Attempt::Taken,
            Err(error) if error.is_permanent() => Attempt::Never(cut(&error.to_string())),
            Err(error) if error.is_transient() => Attempt::Later(cut(&error.to_string())),
            Err(error) => Attempt::Unclear(cut(&error.to_string())),
        }
    }

    /// Signed POST by the Standard Webhooks scheme. The identifier stays the same in every attempt, so that the
    /// other side takes it once.
    async fn post(&self, url: &str, secret: &str, delivery: &Delivery, now: Moment) -> Attempt {
        let (id, timestamp) = (delivery.id.to_string(), now.0.div_euclid(1000));
        let Some(signature) = sign(secret, &id, timestamp, &delivery.content) else {
            return Attempt::Never("签名密钥无法读取".to_owned());
        };
        let request = self
            .client
            .post(url)
            .header("content-type", "application/json")
            .header("webhook-id", &id)
            .header("webhook-timestamp", timestamp)
            .header("webhook-signature", signature)
            .header("idempotency-key", &id)
            .body(delivery.content.clone());
        match request.send().await {
            Ok(response) => judge(response.status()),
            // The address itself does not belong into an error: it may hold a key.
            Err(error) => Attempt::Later(cut(&error.without_url().to_string())),
        }
    }
}

fn judge(status: StatusCode) -> Attempt {
    let why = format!("对方返回 {status}");
    match status.as_u16() {
        200..=299 => Attempt::Taken,
        408 | 425 | 429 | 500..=599 => Attempt::Later(why),
        _ => Attempt::Never(why),
    }
}

fn mail(settings: &Settings) -> Outcome<Option<(AsyncSmtpTransport<Tokio1Executor>, Mailbox)>> {
    let Some(url) = &settings.smtp_url else {
        return Ok(None);
    };
    let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
        .map_err(|error| wrong("ANXU_SMTP_URL", &error))?
        .timeout(Some(PATIENCE))
        .build();
    let from = settings.mail_from.as_deref().unwrap_or_default();
    let mut from: Mailbox = from.parse().map_err(|error| wrong("ANXU_MAIL_FROM", &error))?;
    // The sender's name says from where a mail comes, so that the subject need not.
    from.name.get_or_insert_with(|| settings.site.clone());
    Ok(Some((transport, from)))
}

fn wrong(name: &'static str, error: &dyn std::error::Error) -> NoticesError {
    NoticesError::Settings {
        name,
        why: error.to_string(),
    }
}

fn compose(delivery: &Delivery, from: &Mailbox, now: Moment) -> Result<Message, String> {
    let content: serde_json::Value =
        serde_json::from_str(&delivery.content).map_err(|error| error.to_string())?;
    let text = |name: &str| content[name].as_str().unwrap_or_default().to_owned();
    let to: Mailbox = delivery
        .address
        .parse()
        .map_err(|_| "邮箱地址不正确".to_owned())?;
    let builder = Message::builder()
        .from(from.clone())
        .to(to)
        .subject(text("subject"))
        .date(now.instant().into())
        // The same in every attempt, so that a mailbox can know a repetition.
        .message_id(Some(format!("<{}@{}>", delivery.id, from.email.domain())))
        .header(AutoSubmitted);
    let body = MultiPart::alternative_plain_html(text("text"), text("html"));
    let mut message = builder.multipart(body).map_err(|error| error.to_string())?;
    let headers = message.headers_mut();
    // The library writes every date in UTC; people read it in mail programs that show it as it stands.
    if let Some(date) = date_in_china(now) {
        headers.insert_raw(raw("Date", date));
    }
    if !text("settings").is_empty() {
        headers.insert_raw(raw("List-Unsubscribe", format!("<{}>", text("settings"))));
    }
    Ok(message)
}

fn raw(name: &'static str, value: String) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value)
}

/// `Mon, 02 Mar 2026 12:00:00 +0800` (RFC 5322 §3.3).
fn date_in_china(now: Moment) -> Option<String> {
    let offset = time::UtcOffset::from_hms(8, 0, 0).ok()?;
    now.instant()
        .to_offset(offset)
        .format(&time::format_description::well_known::Rfc2822)
        .ok()
}

/// Nobody's holiday notice answers it (RFC 3834 §5).
#[derive(Clone)]
struct AutoSubmitted;

impl lettre::message::header::Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

fn cut(text: &str) -> String {
    text.chars().take(KEPT).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_judged() {
        let of = |code| judge(StatusCode::from_u16(code).unwrap());
        assert_eq!(of(204), Attempt::Taken);
        for later in [408, 425, 429, 500, 503] {
            assert!(matches!(of(later), Attempt::Later(_)), "{later}");
        }
        for never in [301, 302, 400, 401, 404, 410, 413] {
            assert!(matches!(of(never), Attempt::Never(_)), "{never}");
        }
    }
}
