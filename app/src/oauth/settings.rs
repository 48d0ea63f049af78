//! Providers from the operator's variables `HELUO_OAUTH_<NAME>_<SETTING>`.

use std::collections::BTreeMap;

use oauth2::{AuthType, AuthUrl, ClientId, ClientSecret, Scope, TokenUrl};
use url::Url;

use super::provider::Provider;
use super::rules::Fields;
use crate::accounts::rules::line;

const PREFIX: &str = "HELUO_OAUTH_";
const LONGEST_NAME: usize = 30;
const LONGEST_LABEL: usize = 20;
const LONGEST_LABEL_EN: usize = 40;
const LONGEST_FIELD: usize = 100;

/// Every setting that a provider has. No name is the end of another after `_`, but for the longer one that comes first.
const SETTINGS: &[&str] = &[
    "AUTHORIZE_URL",
    "TOKEN_URL",
    "USERINFO_URL",
    "CLIENT_ID",
    "CLIENT_SECRET",
    "CLIENT_AUTH",
    "SCOPES",
    "LABEL_EN",
    "LABEL",
    "ID_FIELD",
    "NAME_FIELD",
    "PHONE_VERIFIED_FIELD",
    "PHONE_FIELD",
    "EMAIL_VERIFIED_FIELD",
    "EMAIL_FIELD",
];

/// What an address of a provider has to be.
const ADDRESS: &str = "an address that begins with https:// (http:// only on this machine), without user name, password or #";

/// One provider's variables: setting to value.
type Given = BTreeMap<&'static str, String>;

/// The providers that the variables name, in the order of their names. Variables of other names are left alone, and an
/// empty one counts as not set.
///
/// # Errors
/// A sentence for the operator that names the variable and what it takes.
pub fn providers_of(variables: impl IntoIterator<Item = (String, String)>) -> Result<Vec<Provider>, String> {
    let mut all: BTreeMap<String, Given> = BTreeMap::new();
    for (variable, value) in variables {
        let Some(rest) = variable.strip_prefix(PREFIX) else { continue };
        if value.trim().is_empty() {
            continue;
        }
        let (name, setting) = split(&variable, rest)?;
        all.entry(name).or_default().insert(setting, value.trim().to_owned());
    }
    all.iter().map(|(name, given)| Reader { name, given }.provider()).collect()
}

/// `CITY_TOKEN_URL` is the setting `TOKEN_URL` of the provider `CITY`.
fn split(variable: &str, rest: &str) -> Result<(String, &'static str), String> {
    let found = SETTINGS
        .iter()
        .find_map(|setting| Some((rest.strip_suffix(setting)?.strip_suffix('_')?, *setting)));
    let Some((name, setting)) = found else {
        return Err(format!(
            "{variable} is no setting that Heluo knows; after {PREFIX}<NAME>_ it takes one of {}",
            SETTINGS.join(", ")
        ));
    };
    let is_name = !name.is_empty()
        && name.len() <= LONGEST_NAME
        && name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
        && name.bytes().any(|b| b != b'_');
    if !is_name {
        return Err(format!(
            "{variable} names the provider {name:?}; a name takes at most {LONGEST_NAME} capital letters A–Z, digits and _"
        ));
    }
    Ok((name.to_owned(), setting))
}

/// Reads one provider's settings.
struct Reader<'a> {
    name: &'a str,
    given: &'a Given,
}

impl Reader<'_> {
    fn provider(&self) -> Result<Provider, String> {
        let label = self.label("LABEL", LONGEST_LABEL)?.unwrap_or_else(|| self.name.to_owned());
        Ok(Provider {
            slug: self.name.to_lowercase().replace('_', "-"),
            label_en: self.label("LABEL_EN", LONGEST_LABEL_EN)?.unwrap_or_else(|| label.clone()),
            label_zh: label,
            authorize_url: AuthUrl::from_url(self.address("AUTHORIZE_URL", "the page where people agree")?),
            token_url: TokenUrl::from_url(self.address("TOKEN_URL", "where a code is changed for a token")?),
            userinfo_url: self.address("USERINFO_URL", "where a token's owner is told")?,
            client_id: ClientId::new(self.needed("CLIENT_ID", "what the provider calls this site")?.to_owned()),
            client_secret: ClientSecret::new(self.needed("CLIENT_SECRET", "the secret that the provider gave this site")?.to_owned()),
            auth: self.auth()?,
            scopes: self.scopes()?,
            fields: self.fields()?,
        })
    }

    fn variable(&self, setting: &str) -> String {
        format!("{PREFIX}{}_{setting}", self.name)
    }

    fn needed(&self, setting: &str, takes: &str) -> Result<&str, String> {
        let found = self.given.get(setting).map(String::as_str);
        found.ok_or_else(|| {
            let others: Vec<String> = self.given.keys().map(|setting| self.variable(setting)).collect();
            format!(
                "{} is not set, but {} is; it takes {takes}",
                self.variable(setting),
                others.first().map_or("another", |other| other)
            )
        })
    }

    fn address(&self, setting: &str, takes: &str) -> Result<Url, String> {
        let text = self.needed(setting, &format!("{ADDRESS}: {takes}"))?;
        let url = Url::parse(text).ok().filter(is_safe_address);
        url.ok_or_else(|| format!("{} is {text:?}; it takes {ADDRESS}: {takes}", self.variable(setting)))
    }

    fn label(&self, setting: &str, longest: usize) -> Result<Option<String>, String> {
        let Some(text) = self.given.get(setting) else { return Ok(None) };
        let label = line(text, longest).map_err(|_| {
            format!(
                "{} is {text:?}; it takes what people call the provider, at most {longest} characters",
                self.variable(setting)
            )
        })?;
        Ok(Some(label))
    }

    fn auth(&self) -> Result<AuthType, String> {
        match self.given.get("CLIENT_AUTH").map(String::as_str) {
            None | Some("header") => Ok(AuthType::BasicAuth),
            Some("body") => Ok(AuthType::RequestBody),
            Some(other) => Err(format!(
                "{} is {other:?}; it takes header (client_secret_basic, when it is not set) or body (client_secret_post)",
                self.variable("CLIENT_AUTH")
            )),
        }
    }

    /// Characters of a scope after RFC 6749, 3.3.
    fn scopes(&self) -> Result<Vec<Scope>, String> {
        let text = self.given.get("SCOPES").map_or("openid profile", String::as_str);
        let is_scope = |word: &str| word.bytes().all(|b| b.is_ascii_graphic() && b != b'"' && b != b'\\');
        if !text.split_whitespace().all(is_scope) {
            return Err(format!(
                "{} is {text:?}; it takes scopes with blanks between them, such as openid profile phone",
                self.variable("SCOPES")
            ));
        }
        Ok(text.split_whitespace().map(|scope| Scope::new(scope.to_owned())).collect())
    }

    fn fields(&self) -> Result<Fields, String> {
        let usual = Fields::default();
        Ok(Fields {
            id: self.field("ID_FIELD", usual.id)?,
            name: self.field("NAME_FIELD", usual.name)?,
            phone: self.field("PHONE_FIELD", usual.phone)?,
            phone_verified: self.field("PHONE_VERIFIED_FIELD", usual.phone_verified)?,
            email: self.field("EMAIL_FIELD", usual.email)?,
            email_verified: self.field("EMAIL_VERIFIED_FIELD", usual.email_verified)?,
        })
    }

    fn field(&self, setting: &str, usual: String) -> Result<String, String> {
        let Some(path) = self.given.get(setting) else { return Ok(usual) };
        let is_path = path.len() <= LONGEST_FIELD
            && path
                .split('.')
                .all(|step| !step.is_empty() && !step.chars().any(|c| c.is_whitespace() || c.is_control()));
        if is_path {
            Ok(path.clone())
        } else {
            Err(format!(
                "{} is {path:?}; it takes the name of a field in the answer of USERINFO_URL, such as {usual} or data.{usual}",
                self.variable(setting)
            ))
        }
    }
}

/// Encrypted, or on this very machine.
fn is_safe_address(url: &Url) -> bool {
    let is_here = match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => return false,
    };
    let is_private = url.scheme() == "https" || (url.scheme() == "http" && is_here);
    is_private && url.username().is_empty() && url.password().is_none() && url.fragment().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Lang;

    const COMPLETE: &[(&str, &str)] = &[
        ("HELUO_OAUTH_CITY_AUTHORIZE_URL", "https://id.example.cn/auth"),
        ("HELUO_OAUTH_CITY_TOKEN_URL", "https://id.example.cn/token"),
        ("HELUO_OAUTH_CITY_USERINFO_URL", "https://id.example.cn/me"),
        ("HELUO_OAUTH_CITY_CLIENT_ID", "heluo"),
        ("HELUO_OAUTH_CITY_CLIENT_SECRET", "geheim"),
    ];

    /// The complete settings with some changed; `""` takes one away.
    fn with(changes: &[(&str, &str)]) -> Result<Vec<Provider>, String> {
        let mut all: BTreeMap<&str, &str> = COMPLETE.iter().copied().collect();
        all.extend(changes.iter().copied());
        providers_of(all.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())))
    }

    fn refused(changes: &[(&str, &str)]) -> String {
        with(changes).expect_err("refused")
    }

    #[test]
    fn a_provider_needs_five_settings_and_has_the_usual_rest() {
        let found = with(&[("PATH", "/bin")]).expect("a provider");
        assert_eq!(found.len(), 1);
        let city = &found[0];
        assert_eq!((city.slug.as_str(), city.label(Lang::Zh)), ("city", "CITY"));
        assert_eq!(city.fields, Fields::default());
        assert!(city.is_openid());
        assert!(matches!(city.auth, AuthType::BasicAuth));
        assert_eq!(providers_of([]).expect("none").len(), 0);
    }

    #[test]
    fn every_setting_is_taken() {
        let found = with(&[
            ("HELUO_OAUTH_CITY_LABEL", "洛快办"),
            ("HELUO_OAUTH_CITY_LABEL_EN", "Luoyang services"),
            ("HELUO_OAUTH_CITY_SCOPES", "basic  mobile"),
            ("HELUO_OAUTH_CITY_CLIENT_AUTH", "body"),
            ("HELUO_OAUTH_CITY_ID_FIELD", "data.openid"),
            ("HELUO_OAUTH_CITY_NAME_FIELD", "data.nick"),
            ("HELUO_OAUTH_CITY_PHONE_FIELD", "data.mobile"),
            ("HELUO_OAUTH_CITY_PHONE_VERIFIED_FIELD", "data.mobile_ok"),
            ("HELUO_OAUTH_CITY_EMAIL_FIELD", "data.mail"),
            ("HELUO_OAUTH_CITY_EMAIL_VERIFIED_FIELD", "data.mail_ok"),
        ])
        .expect("a provider");
        let city = &found[0];
        assert_eq!((city.label(Lang::Zh), city.label(Lang::En)), ("洛快办", "Luoyang services"));
        assert_eq!(city.scopes.len(), 2);
        assert!(!city.is_openid());
        assert!(matches!(city.auth, AuthType::RequestBody));
        assert_eq!(
            (city.fields.id.as_str(), city.fields.phone_verified.as_str()),
            ("data.openid", "data.mobile_ok")
        );
        assert_eq!(city.fields.email_verified, "data.mail_ok");
    }

    #[test]
    fn several_providers_are_kept_apart() {
        let found = with(&[
            ("HELUO_OAUTH_A_1_AUTHORIZE_URL", "http://127.0.0.1:4000/auth"),
            ("HELUO_OAUTH_A_1_TOKEN_URL", "http://localhost:4000/token"),
            ("HELUO_OAUTH_A_1_USERINFO_URL", "http://[::1]:4000/me"),
            ("HELUO_OAUTH_A_1_CLIENT_ID", "x"),
            ("HELUO_OAUTH_A_1_CLIENT_SECRET", "y"),
        ])
        .expect("two providers");
        let slugs: Vec<&str> = found.iter().map(|provider| provider.slug.as_str()).collect();
        assert_eq!(slugs, ["a-1", "city"]);
    }

    #[test]
    fn what_is_missing_is_named_with_what_it_takes() {
        for (variable, _) in COMPLETE {
            let said = refused(&[(variable, " ")]);
            assert!(said.starts_with(variable) && said.contains("it takes"), "{said}");
        }
        // All empty is none at all.
        let none: Vec<(&str, &str)> = COMPLETE.iter().map(|(variable, _)| (*variable, "")).collect();
        assert_eq!(with(&none).expect("none").len(), 0);
    }

    #[test]
    fn what_is_wrong_is_named_with_what_it_takes() {
        for (variable, value, takes) in [
            ("HELUO_OAUTH_CITY_AUTHORIZE_URL", "id.example.cn", "https://"),
            ("HELUO_OAUTH_CITY_AUTHORIZE_URL", "http://id.example.cn/auth", "https://"),
            ("HELUO_OAUTH_CITY_TOKEN_URL", "https://u:p@id.example.cn/token", "without user name"),
            ("HELUO_OAUTH_CITY_USERINFO_URL", "https://id.example.cn/me#x", "without user name"),
            ("HELUO_OAUTH_CITY_USERINFO_URL", "ftp://localhost/me", "https://"),
            ("HELUO_OAUTH_CITY_LABEL", "这个名字实在太长这个名字实在太长这个名字", ""),
            ("HELUO_OAUTH_CITY_CLIENT_AUTH", "both", "header"),
            ("HELUO_OAUTH_CITY_SCOPES", "openid \"x\"", "scopes"),
            ("HELUO_OAUTH_CITY_ID_FIELD", "a..b", "field"),
            ("HELUO_OAUTH_CITY_NICK_FIELD", "nick", "takes one of"),
            ("HELUO_OAUTH_CITY", "x", "takes one of"),
            ("HELUO_OAUTH_TOKEN_URL", "https://id.example.cn", "takes one of"),
            ("HELUO_OAUTH_city_LABEL", "x", "capital letters"),
            ("HELUO_OAUTH___LABEL", "x", "capital letters"),
        ] {
            let outcome = with(&[(variable, value)]);
            if takes.is_empty() {
                // Exactly at the limit it is taken.
                assert!(outcome.is_ok(), "{variable}");
                continue;
            }
            let said = outcome.expect_err(variable);
            assert!(said.starts_with(variable) && said.contains(takes), "{said}");
        }
    }

    #[test]
    fn a_secret_is_never_printed() {
        let said = refused(&[("HELUO_OAUTH_CITY_TOKEN_URL", "")]);
        assert!(!said.contains("geheim"), "{said}");
        let shown = format!("{:?}", with(&[]).expect("a provider"));
        assert!(!shown.contains("geheim"), "{shown}");
    }
}
