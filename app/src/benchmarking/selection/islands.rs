//! What adds up while somebody types; the page works without it.
