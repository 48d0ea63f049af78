//! Evaluations and certificates of the classes that are closed, by the ways that people use: so they obey every rule.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::accounts::{Actor, Grant};
use crate::classes::store::class;
use crate::clock::Chance;
use crate::completion::policy::{can_certify, view};
use crate::completion::rules::Answers;
use crate::completion::store::{evaluate, issue};
use crate::db::{Tx, sql};
use crate::error::AppError;
use crate::ids::{ClassId, PersonId, Region, SignInId};
use crate::state::App;

/// Another lot than the city's own, so that the city stays as it is drawn.
const SEED: u64 = 20_261_103;
/// So many of a hundred who attended evaluate.
const EVALUATE: u8 = 88;

const REMARKS: &[&str] = &[
    "案例贴近本地企业，希望多安排到标杆车间看一看。",
    "税务那一课讲得细，回去就能用。",
    "建议把课件提前发到手机上。",
    "分组讨论时间再长一点就好了。",
    "老师讲得实在，没有空话。",
    "停车不太方便，报告厅后排看不清投影。",
    "希望下一期讲讲接班和股权。",
    "县里能办这样的班，省得跑市里，很好。",
];

/// Lets those who attended a closed class evaluate it, and issues the certificates a few days after its end.
pub async fn finish(tx: &mut Tx, app: &App, city: PersonId) -> Result<(), AppError> {
    let lot = Chance::seeded(SEED);
    let administrator = Actor {
        person: city,
        sign_in: SignInId(Uuid::nil()),
        name: String::new(),
        region: Region::from(Region::CITY),
        firm: None,
        grants: vec![Grant::City],
        must_change_password: false,
    };
    let closed: Vec<(ClassId, DateTime<Utc>)> =
        sql("SELECT id, ends_at FROM classes WHERE state IN ('closed', 'archived') AND ends_at IS NOT NULL ORDER BY ends_at, id")
            .all(&mut *tx)
            .await?;
    for (id, ends_at) in closed {
        evaluate_by_lot(tx, app, &lot, id).await?;
        let class = class(&mut *tx, id).await?;
        let issued_at = (ends_at + TimeDelta::days(3)).min(app.clock.now());
        if let (Some(permit), Ok(view)) = (can_certify(&administrator, &class), view(&administrator, &class)) {
            issue(tx, app, issued_at, &permit, &view).await?;
        }
    }
    Ok(())
}

async fn evaluate_by_lot(tx: &mut Tx, app: &App, lot: &Chance, class: ClassId) -> Result<(), AppError> {
    let attended: Vec<(PersonId,)> = sql("SELECT DISTINCT e.person_id FROM enrolments e JOIN attendances a ON a.enrolment_id = e.id
         WHERE e.class_id = $1 AND e.state = 'approved' AND a.status IN ('present', 'late') ORDER BY e.person_id")
    .bind(class)
    .all(&mut *tx)
    .await?;
    for (person,) in attended {
        let [drawn, content, teaching, organisation, benefit, remark, which, _] = lot.bytes::<8>();
        if drawn % 100 >= EVALUATE {
            continue;
        }
        let mark = |byte: u8| match byte % 20 {
            0 => 2,
            1..=3 => 3,
            4..=10 => 4,
            _ => 5,
        };
        let words = if remark % 12 == 0 {
            REMARKS[usize::from(which) % REMARKS.len()]
        } else {
            ""
        };
        let answers = Answers {
            marks: [mark(content), mark(teaching), mark(organisation), mark(benefit)],
            words: words.to_owned(),
        };
        evaluate(tx, app, person, class, &answers).await?;
    }
    Ok(())
}
