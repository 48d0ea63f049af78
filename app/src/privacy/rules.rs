//! Why somebody is erased, and what still stands against it.

crate::words! {
    /// Why a person's data are erased.
    pub enum Reason {
        /// 本人要求.
        Asked = "asked",
        /// The purpose is gone or the time of keeping is over.
        Over = "over",
    }
}

crate::words! {
    /// What must be settled before a person can be erased.
    pub enum Obligation {
        /// Nobody else administers the city.
        LastCity = "last_city",
        /// Looks after a class that is not over.
        LooksAfter = "looks_after",
        /// Teaches lessons to come.
        Teaches = "teaches",
        /// Has or waits for a seat in a class that is not over.
        Enrolled = "enrolled",
        /// The only contact of a firm that takes part in the programme.
        OnlyContact = "only_contact",
        /// Assigned to a submitted assessment that nobody has verified.
        Verifies = "verifies",
    }
}
