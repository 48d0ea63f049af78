//! Why a call was refused, in a word for programs.

use axum::http::StatusCode;

crate::words! {
    /// Each has a status, and a sentence in both languages.
    pub enum Reason {
        /// The query has a parameter that can't be read.
        BadParameter = "bad_parameter",
        /// The body is no JSON.
        MalformedJson = "malformed_json",
        /// The request can't be read otherwise.
        BadRequest = "bad_request",
        /// No bearer token came with the call.
        MissingToken = "missing_token",
        /// Nobody gave this token out.
        UnknownToken = "unknown_token",
        ExpiredToken = "expired_token",
        RevokedToken = "revoked_token",
        /// Whoever made the token no longer coordinates the place.
        SuspendedToken = "suspended_token",
        /// The scanner was revoked.
        RevokedDevice = "revoked_device",
        /// The token is good, but not for this.
        MissingScope = "missing_scope",
        /// There is no such thing, or none that the token reaches.
        NotFound = "not_found",
        /// The row that the cursor stands after is gone.
        UnknownCursor = "unknown_cursor",
        /// Nobody has this personal code.
        UnknownCode = "unknown_code",
        MethodNotAllowed = "method_not_allowed",
        /// The caller takes no JSON.
        NotAcceptable = "not_acceptable",
        NotOnRoster = "not_on_roster",
        /// `opens_at` says when to come back.
        TooEarly = "too_early",
        /// The lesson is over, or its attendance is closed.
        Closed = "closed",
        /// The lesson does not take place.
        Cancelled = "cancelled",
        TooLarge = "too_large",
        /// The body is not said to be JSON.
        UnsupportedMediaType = "unsupported_media_type",
        /// The body is JSON, but not what is asked for; `errors` names the fields.
        InvalidBody = "invalid_body",
        /// The caller's clock runs ahead, or the reading is too old.
        BadTime = "bad_time",
        /// The same nonce was used for something else.
        NonceReused = "nonce_reused",
        /// `Retry-After` says when to go on.
        TooManyRequests = "too_many_requests",
        Internal = "internal",
        /// The database does not answer; nothing was changed.
        Unavailable = "unavailable",
    }
}

impl Reason {
    /// The status that goes with it.
    pub fn status(self) -> StatusCode {
        match self {
            Self::BadParameter | Self::MalformedJson | Self::BadRequest => StatusCode::BAD_REQUEST,
            Self::MissingToken | Self::UnknownToken | Self::ExpiredToken | Self::RevokedToken => StatusCode::UNAUTHORIZED,
            Self::SuspendedToken | Self::RevokedDevice | Self::MissingScope => StatusCode::FORBIDDEN,
            Self::NotFound | Self::UnknownCursor | Self::UnknownCode => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::NotAcceptable => StatusCode::NOT_ACCEPTABLE,
            Self::NotOnRoster | Self::TooEarly | Self::Closed | Self::Cancelled => StatusCode::CONFLICT,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::InvalidBody | Self::BadTime | Self::NonceReused => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// The reason for a refusal by something that knows none: a layer, or the framework.
    pub fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => Self::NotFound,
            StatusCode::METHOD_NOT_ALLOWED => Self::MethodNotAllowed,
            StatusCode::PAYLOAD_TOO_LARGE => Self::TooLarge,
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Self::UnsupportedMediaType,
            StatusCode::SERVICE_UNAVAILABLE => Self::Unavailable,
            status if status.is_server_error() => Self::Internal,
            _ => Self::BadRequest,
        }
    }

    /// The key of its sentence.
    pub fn text(self) -> String {
        format!("api-reason-{}", self.as_str().replace('_', "-"))
    }
}
