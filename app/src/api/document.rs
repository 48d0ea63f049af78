//! `/api/v1/openapi.json`: what `described` routes, in the words of `OpenAPI` 3.1.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use axum::http::header;
use axum::response::{IntoResponse, Response};
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{
    ComponentsBuilder, ContactBuilder, Content, ContentBuilder, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder, PathItem, Ref, RefOr,
    Response as Described, ResponseBuilder,
};
use utoipa::{IntoResponses, PartialSchema, ToSchema};

use super::problem::{Body, FaultBody, MEDIA_TYPE};
use super::{PREFIX, Reason, described};

/// A day is long enough for a document that changes with a release.
const CACHED: &str = "public, max-age=3600";

static TEXT: LazyLock<String> = LazyLock::new(|| document().to_json().unwrap_or_default());

/// This document.
#[utoipa::path(
    get,
    path = "/openapi.json",
    operation_id = "read_document",
    tag = "document",
    responses((status = 200, description = "OpenAPI 3.1", body = serde_json::Value), Always)
)]
pub async fn serve() -> Response {
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, CACHED)];
    (headers, TEXT.as_str()).into_response()
}

/// The document of the whole API.
pub fn document() -> OpenApi {
    let info = InfoBuilder::new()
        .title("河洛 Heluo")
        .version("1")
        .description(Some(
            "Classes, rosters and attendance of a city's schools for entrepreneurs. Every refusal is application/problem+json with a \
             machine-readable `reason`; instants are RFC 3339 in UTC. Sentences come in Chinese, or in English with `Accept-Language: en`.",
        ))
        .license(Some(
            LicenseBuilder::new()
                .name("MIT OR Apache-2.0")
                .identifier(Some("MIT OR Apache-2.0"))
                .build(),
        ))
        .contact(Some(ContactBuilder::new().name(Some("Heluo")).url(Some("/developers")).build()));
    let token = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some(
            "The token of an integration, or of a registered scanner (check-ins at its own school only).",
        ))
        .build();
    let components = ComponentsBuilder::new()
        .security_scheme("token", SecurityScheme::Http(token))
        .schema(Body::name(), Body::schema())
        .schema(FaultBody::name(), FaultBody::schema())
        .schema(Reason::name(), Reason::schema());
    let whole = OpenApiBuilder::new().info(info).components(Some(components.build())).build();
    let mut whole = whole.nest(PREFIX, described().paths());
    for path in whole.paths.paths.values_mut() {
        tell_of_quotas(path);
    }
    whole
}

/// The path of the document that an address belongs to, for logs and figures: nothing that the caller made up is in it.
pub fn route_of(path: &str) -> &'static str {
    static ROUTES: LazyLock<Vec<String>> = LazyLock::new(|| document().paths.paths.into_keys().collect());
    let fits = |route: &&String| {
        let same_length = route.split('/').count() == path.split('/').count();
        same_length
            && route
                .split('/')
                .zip(path.split('/'))
                .all(|(own, asked)| own.starts_with('{') || own == asked)
    };
    ROUTES.iter().find(fits).map_or(PREFIX, String::as_str)
}

/// Every answer to a call with a token says how much of the quota is left.
fn tell_of_quotas(path: &mut PathItem) {
    let gated = [path.get.as_mut(), path.post.as_mut()]
        .into_iter()
        .flatten()
        .filter(|operation| operation.security.is_some());
    for operation in gated {
        for (status, response) in &mut operation.responses.responses {
            let RefOr::T(response) = response else { continue };
            // A call without a token has no quota; one that can't be answered in JSON, or that failed, never asked for it.
            if !matches!(status.as_str(), "401" | "406" | "500" | "503") {
                header(
                    response,
                    "RateLimit-Policy",
                    "The quota: q calls in w seconds (draft-ietf-httpapi-ratelimit-headers-10)",
                );
                header(response, "RateLimit", "What is left of it: r calls, for t seconds");
            }
        }
    }
}

fn header(response: &mut Described, name: &str, description: &str) {
    let text = ObjectBuilder::new().schema_type(Type::String).build();
    let header = HeaderBuilder::new().schema(Some(text)).description(Some(description)).build();
    response.headers.insert(name.to_owned(), RefOr::T(header));
}

type Responses = BTreeMap<String, RefOr<Described>>;

/// The refusals with these reasons, by status.
fn refusals(reasons: &[Reason]) -> Responses {
    let mut words: BTreeMap<u16, Vec<String>> = BTreeMap::new();
    for reason in reasons {
        words.entry(reason.status().as_u16()).or_default().push(format!("`{}`", reason.as_str()));
    }
    let one = |(status, words): (u16, Vec<String>)| {
        let mut response = ResponseBuilder::new()
            .description(words.join(", "))
            .content(MEDIA_TYPE, problem())
            .build();
        match status {
            401 => header(&mut response, "WWW-Authenticate", "A challenge after RFC 6750"),
            429 | 503 => header(&mut response, "Retry-After", "Seconds after which to try again"),
            _ => {}
        }
        (status.to_string(), RefOr::T(response))
    };
    words.into_iter().map(one).collect()
}

fn problem() -> Content {
    ContentBuilder::new().schema(Some(Ref::from_schema_name(Body::name()))).build()
}

macro_rules! refusals {
    ($($(#[$doc:meta])* $name:ident = $($reason:ident),+;)+) => {$(
        $(#[$doc])*
        pub struct $name;

        impl IntoResponses for $name {
            fn responses() -> Responses {
                refusals(&[$(Reason::$reason),+])
            }
        }
    )+};
}

refusals! {
    /// What any call may get.
    Always = NotAcceptable, Internal, Unavailable;
    /// What any call with a token may get.
    Refusals = MissingToken, UnknownToken, ExpiredToken, RevokedToken, SuspendedToken, RevokedDevice, MissingScope, NotAcceptable,
        TooManyRequests, Internal, Unavailable;
    /// A query that can't be read.
    Unreadable = BadParameter, BadRequest;
    /// Nothing of this name, or none that the token reaches.
    Missing = NotFound;
    /// The same in a list whose cursors can come to nothing.
    MissingRow = NotFound, UnknownCursor;
    /// Nothing of this name, or nobody with this code.
    MissingPerson = NotFound, UnknownCode;
    /// A rule that says no.
    Conflicts = NotOnRoster, TooEarly, Closed, Cancelled;
    /// A body that can't be used.
    UnreadableBody = MalformedJson, BadRequest, TooLarge, UnsupportedMediaType, InvalidBody, BadTime, NonceReused;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_told_by_its_route() {
        assert_eq!(route_of("/api/v1/classes"), "/api/v1/classes");
        assert_eq!(route_of("/api/v1/lessons/secret/checkins"), "/api/v1/lessons/{id}/checkins");
        for unknown in ["/api/v1", "/api/v1/secret", "/api/v1/classes/a/b/c"] {
            assert_eq!(route_of(unknown), PREFIX, "{unknown}");
        }
    }
}
