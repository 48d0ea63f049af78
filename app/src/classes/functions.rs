//! Server functions of classes and lessons. Their forms have many fields, so they are read from what was typed.

use leptos::prelude::*;

use crate::error::AppError;
#[cfg(feature = "ssr")]
use {
    super::policy::{self, ClassPermit},
    super::rules::Step,
    super::{forms, store},
    crate::enrolment,
    crate::error::Problem,
    crate::i18n::say,
    crate::ids::{ClassId, LessonId, PersonId, Region},
    crate::request::Cx,
    crate::respond::{Done, form_action},
};

#[cfg(feature = "ssr")]
fn id<T: std::str::FromStr>(cx: &Cx, field: &str) -> Result<T, AppError> {
    forms::raw(&cx.typed, field).parse().map_err(|_| AppError::NotFound)
}

/// The permit for the class that the form names.
#[cfg(feature = "ssr")]
async fn managed(cx: &Cx) -> Result<ClassPermit, AppError> {
    let actor = cx.actor()?;
    let class = store::class(&cx.app.db, id(cx, "class")?).await?;
    policy::manage(actor, &class)
}

#[cfg(feature = "ssr")]
fn desk(class: ClassId) -> String {
    format!("/desk/classes/{class}")
}

/// On to the class's lessons with a word of success.
#[cfg(feature = "ssr")]
fn at_lessons(permit: &ClassPermit, notice: &str) -> Done {
    Done::to(format!("{}/lessons", desk(permit.class()))).saying(Problem::new(notice))
}

/// Opens a class at a school, as a draft.
#[server(endpoint = "create_class")]
pub async fn create_class() -> Result<(), AppError> {
    form_action("class", async |cx| {
        let region = Region::from(forms::raw(&cx.typed, "region"));
        let permit = policy::can_open(cx.actor()?, &region).ok_or(AppError::Forbidden)?;
        let fields = forms::class(&cx.typed)?;
        let mut tx = cx.app.db.begin().await?;
        let class = store::create(&mut tx, &cx.app, cx.now, &permit, &fields).await?;
        tx.commit().await?;
        Ok(Done::to(format!("{}/lessons", desk(class))).saying(Problem::new("classes-created")))
    })
    .await
}

/// Changes a class; whoever waits and now fits is promoted in the same breath.
#[server(endpoint = "edit_class")]
pub async fn edit_class() -> Result<(), AppError> {
    form_action("class", async |cx| {
        let permit = managed(cx).await?;
        let fields = forms::class(&cx.typed)?;
        let mut tx = cx.app.db.begin().await?;
        store::edit(&mut tx, &cx.app, cx.now, &permit, forms::edition(&cx.typed), &fields).await?;
        let promoted = enrolment::store::promote(&mut tx, &cx.app, cx.now, permit.class()).await?;
        tx.commit().await?;
        let said = match promoted.len() {
            0 => Problem::new("classes-saved"),
            n => Problem::new("classes-saved-promoted").with("n", n),
        };
        Ok(Done::to(desk(permit.class())).saying(said))
    })
    .await
}

/// Takes the next step in the life of a class: publish, close (结班), archive.
#[server(endpoint = "step_class")]
pub async fn step_class() -> Result<(), AppError> {
    form_action("class-step", async |cx| {
        let permit = managed(cx).await?;
        let step: Step = id(cx, "step")?;
        if step == Step::Cancel {
            return Err(AppError::refused("classes-step-not-from-here"));
        }
        let mut tx = cx.app.db.begin().await?;
        let state = store::take(&mut tx, &cx.app, cx.now, &permit, step, "").await?;
        tx.commit().await?;
        Ok(Done::to(desk(permit.class())).saying(Problem::new(&format!("classes-now-{}", state.as_str()))))
    })
    .await
}

/// Cancels a class with a reason, which everyone enrolled is told.
#[server(endpoint = "cancel_class")]
pub async fn cancel_class() -> Result<(), AppError> {
    form_action("class-cancel", async |cx| {
        let permit = managed(cx).await?;
        let reason = forms::reason(&cx.typed)?;
        let mut tx = cx.app.db.begin().await?;
        store::take(&mut tx, &cx.app, cx.now, &permit, Step::Cancel, &reason).await?;
        tx.commit().await?;
        Ok(Done::to(desk(permit.class())).saying(Problem::new("classes-now-cancelled")))
    })
    .await
}

/// Deletes a draft.
#[server(endpoint = "delete_class")]
pub async fn delete_class() -> Result<(), AppError> {
    form_action("class-delete", async |cx| {
        let permit = managed(cx).await?;
        let mut tx = cx.app.db.begin().await?;
        store::delete_draft(&mut tx, &cx.app, cx.now, &permit).await?;
        tx.commit().await?;
        Ok(Done::to("/desk/classes").saying(Problem::new("classes-deleted")))
    })
    .await
}

/// Copies a class for another term; who could not come along is said.
#[server(endpoint = "duplicate_class")]
pub async fn duplicate_class() -> Result<(), AppError> {
    form_action("class-copy", async |cx| {
        let permit = managed(cx).await?;
        let copy = forms::copy(&cx.typed)?;
        let mut tx = cx.app.db.begin().await?;
        let (class, left_out) = store::duplicate(&mut tx, &cx.app, cx.now, &permit, &copy).await?;
        tx.commit().await?;
        let said = if left_out.is_empty() {
            Problem::new("classes-copied")
        } else {
            let list: Vec<String> = left_out.iter().map(|problem| say(cx.lang, problem)).collect();
            Problem::new("classes-copied-without").with("n", list.len()).with("list", list.join(" "))
        };
        Ok(Done::to(format!("{}/lessons", desk(class))).saying(said))
    })
    .await
}

/// Adds a lesson.
#[server(endpoint = "add_lesson")]
pub async fn add_lesson() -> Result<(), AppError> {
    form_action("lesson", async |cx| {
        let permit = managed(cx).await?;
        let lesson = forms::lesson(&cx.typed)?;
        let mut tx = cx.app.db.begin().await?;
        store::add_lessons(&mut tx, &cx.app, cx.now, &permit, &[lesson]).await?;
        tx.commit().await?;
        Ok(at_lessons(&permit, "classes-lesson-added"))
    })
    .await
}

/// Adds those lessons of a series that are ticked.
#[server(endpoint = "add_lesson_series")]
pub async fn add_lesson_series() -> Result<(), AppError> {
    form_action("series", async |cx| {
        let permit = managed(cx).await?;
        let lessons = forms::chosen(&cx.typed, &forms::series(&cx.typed)?)?;
        let mut tx = cx.app.db.begin().await?;
        let added = store::add_lessons(&mut tx, &cx.app, cx.now, &permit, &lessons).await?;
        tx.commit().await?;
        let said = Problem::new("classes-series-added").with("n", added.len());
        Ok(Done::to(format!("{}/lessons", desk(permit.class()))).saying(said))
    })
    .await
}

/// Changes a lesson.
#[server(endpoint = "edit_lesson")]
pub async fn edit_lesson() -> Result<(), AppError> {
    form_action("lesson", async |cx| {
        let permit = managed(cx).await?;
        let lesson: LessonId = id(cx, "lesson")?;
        let fields = forms::lesson(&cx.typed)?;
        let mut tx = cx.app.db.begin().await?;
        store::change_lesson(&mut tx, &cx.app, cx.now, &permit, (lesson, forms::edition(&cx.typed)), &fields).await?;
        tx.commit().await?;
        Ok(at_lessons(&permit, "classes-lesson-saved"))
    })
    .await
}

/// Cancels a lesson with a reason, which everyone enrolled is told.
#[server(endpoint = "cancel_lesson")]
pub async fn cancel_lesson() -> Result<(), AppError> {
    form_action("lesson-cancel", async |cx| {
        let permit = managed(cx).await?;
        let lesson: LessonId = id(cx, "lesson")?;
        let reason = forms::reason(&cx.typed)?;
        let mut tx = cx.app.db.begin().await?;
        store::cancel_lesson(&mut tx, &cx.app, cx.now, &permit, lesson, &reason).await?;
        tx.commit().await?;
        Ok(at_lessons(&permit, "classes-lesson-cancelled"))
    })
    .await
}

/// Deletes a lesson of a draft.
#[server(endpoint = "delete_lesson")]
pub async fn delete_lesson() -> Result<(), AppError> {
    form_action("lesson-delete", async |cx| {
        let permit = managed(cx).await?;
        let lesson: LessonId = id(cx, "lesson")?;
        let mut tx = cx.app.db.begin().await?;
        store::delete_lesson(&mut tx, &cx.app, cx.now, &permit, lesson).await?;
        tx.commit().await?;
        Ok(at_lessons(&permit, "classes-lesson-deleted"))
    })
    .await
}

/// Makes a person staff (班主任) of a class.
#[server(endpoint = "add_class_staff")]
pub async fn add_class_staff() -> Result<(), AppError> {
    form_action("class-staff", async |cx| {
        let permit = managed(cx).await?;
        let person: PersonId = id(cx, "person")?;
        let mut tx = cx.app.db.begin().await?;
        store::add_staff(&mut tx, &cx.app, cx.now, &permit, person).await?;
        tx.commit().await?;
        Ok(Done::to(desk(permit.class())).saying(Problem::new("classes-staff-added")))
    })
    .await
}

/// Ends somebody's looking after a class.
#[server(endpoint = "remove_class_staff")]
pub async fn remove_class_staff() -> Result<(), AppError> {
    form_action("class-staff", async |cx| {
        let permit = managed(cx).await?;
        let person: PersonId = id(cx, "person")?;
        let mut tx = cx.app.db.begin().await?;
        store::remove_staff(&mut tx, &cx.app, cx.now, &permit, person).await?;
        tx.commit().await?;
        Ok(Done::to(desk(permit.class())).saying(Problem::new("classes-staff-removed")))
    })
    .await
}
