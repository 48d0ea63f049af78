//! New evidence, and one piece of it.

use axum::extract::{Extension, Multipart, Path};
use axum::response::Response;
use leptos::prelude::*;

use super::dimension::evidence_piece;
use super::{Sheet, chosen, indicator_name};
use crate::benchmarking::assessment::forms::{self, EvidenceFields};
use crate::benchmarking::assessment::functions::opened;
use crate::benchmarking::assessment::rules::{EvidenceKind, LONGEST_LINK, LONGEST_NOTE, LONGEST_TITLE};
use crate::benchmarking::assessment::store::{self, NewEvidence, Proven};
use crate::benchmarking::files::{FileFault, Kept, MOST_MB, Upload};
use crate::benchmarking::pages::{View, pilot_head, pilot_of};
use crate::benchmarking::store as pilots;
use crate::error::{AppError, Problem};
use crate::i18n::Lang;
use crate::ids::EvidenceId;
use crate::request::Cx;
use crate::respond::{Done, upload_action};
use crate::shell::Page;
use crate::t;
use crate::ui::form::{Choice, ErrorSummary, FormState, Hidden, RadioField, Submit, TextArea, TextField};
use crate::ui::{ButtonLink, Confirm, Notice, NoticeTone, time};

/// What a browser's file dialogue offers; what is taken is decided by the content.
const OFFERED: &str = ".pdf,.png,.jpg,.jpeg,.webp,.doc,.docx,.xls,.xlsx,.ppt,.pptx";

/// `/firm/{pilot}/assessment/indicators/{indicator}/evidence`
pub async fn new(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let (pilot, standing) = pilot_of(&cx).await?;
    standing.can_edit().ok_or(AppError::Forbidden)?;
    let sheet = Sheet::wanted(&cx, &pilot).await?;
    let wanted: String = cx.param("indicator")?;
    let (dimension, indicator) = sheet.framework.indicator(&wanted).ok_or(AppError::NotFound)?;
    let form = cx.form("evidence");
    let title = t!(lang, "assessment-evidence-add-to", indicator = indicator_name(lang, indicator));
    let back = format!("/firm/{}/assessment/{}", pilot.id, dimension.id);
    let inner = if sheet.is_editable(&standing) {
        let action = format!("/firm/{}/assessment/indicators/{}/evidence", pilot.id, indicator.id);
        view! {
            <form method="post" action=action enctype="multipart/form-data" class="form evidence-form" autocomplete="off">
                <Hidden name="assessment" value=sheet.assessment.id.to_string()/>
                {fields(&cx, &form)}
                <div class="actions">
                    <Submit label=t!(lang, "assessment-evidence-save")/>
                    <ButtonLink href=back label=t!(lang, "ui-back")/>
                </div>
            </form>
        }
        .into_any()
    } else {
        view! {
            <Notice tone=NoticeTone::Info><p>{t!(lang, "assessment-not-with-firm")}</p></Notice>
            <p><ButtonLink href=back label=t!(lang, "ui-back")/></p>
        }
        .into_any()
    };
    let body = view! {
        <ErrorSummary form=form/>
        {pilot_head(&cx, &pilot, &standing, View::Assessment)}
        <h2>{title.clone()}</h2>
        {inner}
    };
    Ok(Page::new(title, body))
}

fn fields(cx: &Cx, form: &FormState) -> impl IntoView + use<> {
    let lang = cx.lang;
    let kinds = vec![
        Choice::new(EvidenceKind::File.as_str(), t!(lang, "assessment-kind-file")).with_hint(t!(lang, "assessment-kind-file-hint")),
        Choice::new(EvidenceKind::Note.as_str(), t!(lang, "assessment-kind-note")).with_hint(t!(lang, "assessment-kind-note-hint")),
        Choice::new(EvidenceKind::Link.as_str(), t!(lang, "assessment-kind-link")).with_hint(t!(lang, "assessment-kind-link-hint")),
    ];
    let today = time::day_of(cx.now).to_string();
    view! {
        <RadioField form=form name="kind" label=t!(lang, "assessment-kind") options=kinds value=EvidenceKind::File.as_str()/>
        <div class="evidence-form__file">
            <TextField form=form name="file" kind="file" label=t!(lang, "assessment-file") hint=t!(lang, "assessment-file-hint", most = MOST_MB) accept=OFFERED/>
        </div>
        <TextField form=form name="title" label=t!(lang, "assessment-evidence-title") hint=t!(lang, "assessment-evidence-title-hint") maxlength=LONGEST_TITLE.to_string()/>
        <div class="evidence-form__note">
            <TextArea form=form name="text" label=t!(lang, "assessment-evidence-text") hint=t!(lang, "assessment-evidence-text-hint") rows="5" maxlength=LONGEST_NOTE.to_string()/>
        </div>
        <div class="evidence-form__link">
            <TextField form=form name="link" kind="url" label=t!(lang, "assessment-evidence-link") hint=t!(lang, "assessment-evidence-link-hint") maxlength=LONGEST_LINK.to_string()/>
        </div>
        <TextField form=form name="fact_on" kind="date" label=t!(lang, "assessment-fact-on") hint=t!(lang, "assessment-fact-on-hint") max=today/>
    }
}

/// Takes new evidence. The file is looked at and stored before the transaction begins.
pub async fn receive(Extension(mut cx): Extension<Cx>, Path((pilot, indicator)): Path<(String, String)>, form: Multipart) -> Response {
    let mut upload = Upload::read(form).await;
    upload.give_back(&mut cx);
    let work = async {
        let (_, standing) = pilots::seen(&cx.app.db, cx.actor()?, pilot.parse().map_err(|_| AppError::NotFound)?).await?;
        let permit = standing.can_edit().ok_or(AppError::Forbidden)?;
        let (assessment, framework) = opened(&cx, permit.pilot(), upload.field("assessment")).await?;
        let (dimension, _) = framework.indicator(&indicator).ok_or(AppError::NotFound)?;
        let file_fault = || (!upload.has_file()).then(|| FileFault::Missing.beside("file"));
        let read = forms::evidence(&cx.typed, time::day_of(cx.now), file_fault)?;
        let new = proven(&cx, &indicator, read, &mut upload).await?;
        let mut tx = cx.app.db.begin().await?;
        store::add_evidence(&mut tx, &cx.app, cx.now, &permit, assessment.id, &framework, &new).await?;
        tx.commit().await?;
        let back = format!("/firm/{}/assessment/{}", permit.pilot(), dimension.id);
        Ok(Done::to(back).saying(Problem::new("assessment-evidence-added").with("title", new.title)))
    };
    upload_action(&cx, "evidence", work).await
}

async fn proven(cx: &Cx, indicator: &str, read: EvidenceFields, upload: &mut Upload) -> Result<NewEvidence, AppError> {
    let (title, proven) = match read.kind {
        EvidenceKind::Note => (read.title, Proven::Note(read.body)),
        EvidenceKind::Link => (read.title, Proven::Link(read.body)),
        EvidenceKind::File => {
            let (name, bytes) = upload.file()?;
            let kept = Kept::of(&cx.app, &name, bytes).await?;
            let title = if read.title.is_empty() { kept.name().to_owned() } else { read.title };
            (title, Proven::File(kept))
        }
    };
    Ok(NewEvidence {
        indicator: indicator.to_owned(),
        title,
        proven,
        fact_on: read.fact_on,
    })
}

/// `/firm/{pilot}/assessment/evidence/{evidence}`
pub async fn show(cx: Cx) -> Result<Page, AppError> {
    let lang = cx.lang;
    let (pilot, standing) = pilot_of(&cx).await?;
    let evidence = store::one_evidence(&cx.app.db, pilot.id, cx.param::<EvidenceId>("evidence")?).await?;
    let assessment = pilots::assessment(&cx.app.db, evidence.assessment_id).await?;
    let is_current = chosen(&cx, &pilot).await?.is_some_and(|current| current.id == assessment.id);
    let sheet = Sheet::of(&cx, assessment).await?;
    let (dimension, indicator) = sheet.framework.indicator(&evidence.indicator).ok_or(AppError::NotFound)?;
    let back = sheet.address(pilot.id, &format!("/{}", dimension.id));
    let can_remove = is_current && sheet.is_editable(&standing) && evidence.can_be_removed();
    let remove = can_remove.then(|| {
        view! {
            <form method="post" action="/api/remove_evidence">
                <Hidden name="pilot" value=pilot.id.to_string()/>
                <Hidden name="evidence" value=evidence.id.to_string()/>
                <Confirm
                    label=t!(lang, "assessment-evidence-remove")
                    title=t!(lang, "assessment-evidence-remove-sure", title = evidence.title.clone())
                    text=t!(lang, "assessment-evidence-remove-text")
                    yes_label=t!(lang, "assessment-evidence-remove")
                />
            </form>
        }
    });
    let decided = decided_line(lang, &evidence);
    let body = view! {
        {pilot_head(&cx, &pilot, &standing, View::Assessment)}
        <h2>{indicator_name(lang, indicator)} " · " {t!(lang, "assessment-evidence")}</h2>
        <div class="card proof">{evidence_piece(lang, pilot.id, &evidence)} {decided}</div>
        {remove}
        <p><ButtonLink href=back label=t!(lang, "ui-back")/></p>
    };
    Ok(Page::new(evidence.title, body))
}

fn decided_line(lang: Lang, evidence: &store::Evidence) -> Option<impl IntoView + use<>> {
    let (at, who) = (evidence.decided_at?, evidence.decided_by.clone().unwrap_or_default());
    let line = t!(lang, "assessment-evidence-decided", who = who, at = time::date_time(lang, at));
    Some(view! { <p class="small muted">{line}</p> })
}
