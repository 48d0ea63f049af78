use chrono::{TimeDelta, TimeZone};
use proptest::prelude::*;
use uuid::Uuid;

use super::*;

fn region(n: u8) -> Region {
    Region(format!("41032{n}"))
}

fn seats(capacity: i64, quotas: &[(u8, i64)]) -> Seats {
    Seats {
        capacity,
        quotas: quotas.iter().map(|(n, seats)| (region(*n), *seats)).collect(),
        ..Seats::default()
    }
}

#[test]
fn the_steps_are_those_of_the_rules() {
    use EnrolmentState::{Approved, Lapsed, Rejected, Replaced, Submitted, Waitlisted, Withdrawn};
    let known = [
        (Submitted, vec![Approved, Waitlisted, Rejected, Withdrawn]),
        (Approved, vec![Withdrawn, Replaced]),
        (Waitlisted, vec![Approved, Withdrawn, Lapsed]),
        (Rejected, vec![]),
        (Withdrawn, vec![]),
        (Replaced, vec![]),
        (Lapsed, vec![]),
    ];
    for (from, to) in known {
        for other in EnrolmentState::ALL {
            assert_eq!(from.may_become(*other), to.contains(other), "{from:?} → {other:?}");
        }
        assert_eq!(from.is_live(), !to.is_empty(), "{from:?}");
    }
}

#[test]
fn a_county_fills_its_quota_and_then_the_common_pool() {
    let mut seats = seats(4, &[(3, 2)]);
    assert_eq!((seats.common(), seats.own_free(&region(3)), seats.own_free(&region(7))), (2, 2, 0));
    for _ in 0..3 {
        seats.take(&region(3));
    }
    assert_eq!((seats.own_free(&region(3)), seats.common_free()), (0, 1));
    seats.take(&region(7));
    assert!(!seats.fits(&region(3)) && !seats.fits(&region(7)));
}

#[test]
fn a_quota_is_kept_for_its_county_until_it_is_reclaimed() {
    let mut seats = seats(2, &[(3, 1)]);
    seats.take(&region(7));
    assert!(!seats.fits(&region(7)) && seats.fits(&region(3)));
    seats.quotas.clear();
    assert!(seats.fits(&region(7)));
}

#[test]
fn held_seats_are_the_firms_alone_until_they_are_released() {
    let firm = FirmId(Uuid::nil());
    let mut seats = seats(3, &[]);
    seats.holds.insert(
        firm,
        Hold {
            seats: 2,
            used: 0,
            released: false,
        },
    );
    seats.take(&region(7));
    assert!(!seats.fits(&region(7)));
    assert_eq!(seats.held_free(firm), 2);
    seats.take_held(firm);
    seats.holds.entry(firm).and_modify(|hold| hold.released = true);
    assert_eq!((seats.held_free(firm), seats.common_free(), seats.taken()), (0, 1, 2));
}

#[test]
fn nobody_jumps_the_queue_but_an_own_quota_is_no_jump() {
    let mut seats = seats(3, &[(3, 1)]);
    seats.take(&region(7));
    let ahead = PerRegion::from([(region(7), 1)]);
    assert!(!seats.fits_behind(&ahead, &region(7)), "somebody earlier waits for the one common seat");
    assert!(seats.fits_behind(&ahead, &region(3)), "nobody waiting could take the county's own seat");
    let own_ahead = PerRegion::from([(region(7), 1), (region(3), 1)]);
    assert!(!seats.fits_behind(&own_ahead, &region(3)), "an earlier one of the county takes it");
}

#[test]
fn the_queue_goes_by_priority_then_time_then_id() {
    let at = |s| Utc.with_ymd_and_hms(2026, 11, 3, 1, 0, s).single().expect("an instant");
    let key = |priority, s, id| QueueKey {
        priority,
        queued_at: at(s),
        id: EnrolmentId(Uuid::from_u128(id)),
    };
    let mut queue = [key(0, 2, 1), key(0, 1, 3), key(5, 9, 4), key(0, 1, 2), key(-1, 0, 5)];
    queue.sort();
    let ids: Vec<u128> = queue.iter().map(|k| k.id.0.as_u128()).collect();
    assert_eq!(ids, [4, 2, 3, 1, 5]);
}

#[test]
fn the_window_says_when() {
    let at = |h| Utc.with_ymd_and_hms(2026, 11, 3, h, 0, 0).single().expect("an instant");
    let (opens, closes) = (Some(at(2)), Some(at(4)));
    let ask = |state, h, source| window(state, opens, closes, at(h), source);
    assert_eq!(ask(ClassState::Enrolling, 1, Source::Own), Err(Closed::NotYet(at(2))));
    assert_eq!(ask(ClassState::Published, 1, Source::Own), Err(Closed::NotYet(at(2))));
    assert_eq!(ask(ClassState::Enrolling, 2, Source::Own), Ok(()));
    assert_eq!(ask(ClassState::Enrolling, 4, Source::Firm), Err(Closed::Over(at(4))));
    assert_eq!(ask(ClassState::Running, 3, Source::Own), Err(Closed::State(ClassState::Running)));
    assert_eq!(ask(ClassState::Running, 5, Source::WalkIn), Ok(()));
    assert_eq!(ask(ClassState::Cancelled, 3, Source::Desk), Err(Closed::State(ClassState::Cancelled)));
    assert_eq!(ask(ClassState::Cancelled, 5, Source::Own), Err(Closed::State(ClassState::Cancelled)));
    assert!(waitlist_is_open(ClassState::Running, Some(at(4)), at(4) - TimeDelta::seconds(1)));
    assert!(!waitlist_is_open(ClassState::Running, Some(at(4)), at(4)));
    assert!(!waitlist_is_open(ClassState::Closed, None, at(4)));
}

/// Capacity, quotas that fit it, held seats that fit the rest.
fn any_seats() -> impl Strategy<Value = Seats> {
    (1..30_i64, prop::collection::vec(0..8_i64, 3), 0..4_i64, any::<bool>()).prop_map(|(capacity, wanted, hold, released)| {
        let mut left = capacity;
        let mut seats = seats(capacity, &[]);
        for (n, quota) in wanted.into_iter().enumerate() {
            let quota = quota.min(left);
            if quota > 0 {
                left -= quota;
                seats.quotas.insert(region(u8::try_from(n).unwrap_or(0)), quota);
            }
        }
        seats.holds.insert(
            FirmId(Uuid::nil()),
            Hold {
                seats: hold.min(left),
                used: 0,
                released,
            },
        );
        seats
    })
}

/// What applying one after the other does, as the store does it: approved when it fits behind those who wait.
fn apply_all(seats: &mut Seats, people: &[u8]) -> Vec<(usize, Region)> {
    let mut queue: Vec<(usize, Region)> = Vec::new();
    for (n, person) in people.iter().enumerate() {
        let region = region(*person);
        let mut ahead = PerRegion::new();
        for (_, waiting) in &queue {
            *ahead.entry(waiting.clone()).or_default() += 1;
        }
        if seats.fits_behind(&ahead, &region) {
            seats.take(&region);
        } else {
            queue.push((n, region));
        }
    }
    queue
}

fn keeps_its_promises(seats: &Seats) -> bool {
    let kept: i64 = seats
        .quotas
        .iter()
        .map(|(region, quota)| quota.max(seats.approved.get(region).unwrap_or(&0)))
        .sum();
    let others: i64 = seats
        .approved
        .iter()
        .filter(|(region, _)| !seats.quotas.contains_key(*region))
        .map(|(_, n)| n)
        .sum();
    let held: i64 = seats.holds.values().map(|hold| hold.kept()).sum();
    seats.taken() <= seats.capacity && kept + others + held <= seats.capacity
}

proptest! {
    #[test]
    fn never_oversold_and_no_quota_broken(mut seats in any_seats(), people in prop::collection::vec(0..5_u8, 0..60)) {
        let queue = apply_all(&mut seats, &people);
        prop_assert!(keeps_its_promises(&seats));
        // Who waits does not fit, so a seat is left only where the rules keep it back.
        for (_, region) in &queue {
            prop_assert!(!seats.fits(region));
        }
    }

    #[test]
    fn the_order_of_requests_does_not_change_how_many_get_in(
        seats in any_seats(), (people, shuffled) in prop::collection::vec(0..5_u8, 0..60).prop_flat_map(|people| (Just(people.clone()), Just(people).prop_shuffle())),
    ) {
        let (mut one, mut other) = (seats.clone(), seats);
        apply_all(&mut one, &people);
        apply_all(&mut other, &shuffled);
        prop_assert_eq!(one.taken(), other.taken());
    }

    #[test]
    fn promotion_keeps_the_order_and_is_done_once(mut seats in any_seats(), people in prop::collection::vec(0..5_u8, 0..60), more in 0..9_i64, gone in prop::collection::vec(0..5_u8, 0..9)) {
        let queue = apply_all(&mut seats, &people);
        seats.capacity += more;
        for region_gone in gone.into_iter().map(region) {
            if seats.approved.get(&region_gone).copied().unwrap_or(0) > 0 {
                seats.free(&region_gone);
            }
        }
        let before = seats.clone();
        let promoted = seats.promote(queue.clone());
        prop_assert!(keeps_its_promises(&seats));
        prop_assert!(promoted.is_sorted());
        // Whoever still waits does not fit, and nobody of the same region behind them got in.
        let left: Vec<(usize, Region)> = queue.iter().filter(|(n, _)| !promoted.contains(n)).cloned().collect();
        for (n, region) in &left {
            prop_assert!(!seats.fits(region));
            prop_assert!(!queue.iter().any(|(later, other)| later > n && other == region && promoted.contains(later)));
        }
        prop_assert_eq!(seats.clone().promote(left), Vec::<usize>::new());
        // What `fits_behind` says of each equals what promoting in order did.
        let mut ahead = PerRegion::new();
        for (n, region) in &queue {
            prop_assert_eq!(before.fits_behind(&ahead, region), promoted.contains(n));
            *ahead.entry(region.clone()).or_default() += 1;
        }
    }
}
