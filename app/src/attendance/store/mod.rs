//! SQL of attendance: the one ledger and its history, who asks to be added at the door, and the scanners.

mod arrivals;
mod at_the_door;
mod closing;
mod devices;
mod ledger;
mod marking;
mod walk_ins;

pub use arrivals::{Arrived, Counts, counts, latest};
pub use at_the_door::{OpenLesson, OwnEntry, Person, code_of, lesson_of_code, lessons_today, next_lesson, own_entry, person_by_code, shown_code};
pub use closing::{close_lesson, reopen_lesson};
pub use devices::{
    ANSWER, Answer, Device, READING, Reading, Scanner, answer_once, device, device_by_token, devices_of, forget_old_answers, register, revoke, touch,
};
pub use ledger::{CheckIn, CheckedIn, DOOR, ENTRY, EVENT, Recorded, Standing, check_in, check_in_within};
pub(in crate::attendance) use ledger::{Entry, record};
pub use marking::{Mark, MarkedMany, mark, mark_many, undo};
pub use walk_ins::{WalkIn, WalkInState, add, ask, asked, refuse, state_of, waiting_count};
