gates-no-pilot = Your firm is not in the benchmarking programme
gates-no-pilot-text = Counties nominate pilot firms and the city chooses among them. If you would like to take part, talk to your county's federation of industry and commerce. Classes are open to you all the same.
gates-to-classes = See the classes that take enrolments
gates-own-lead = Your firm in the benchmarking programme.
gates-to-seats = Seats of the firm
gates-nominated-on = Nominated on { $day }

gates-state-nominated = Nominated
gates-state-screened = Screened
gates-state-chosen = Chosen
gates-state-declined = Not chosen
gates-state-withdrawn = Withdrawn
gates-state-substituted = Substituted
gates-state-terminated = Terminated
gates-state-completed = Completed
gates-state-text-nominated = The county has nominated the firm; the city screens next. Once it is chosen, its four stages and what its next gate asks for stand here.
gates-state-text-screened = The firm has been screened; the city chooses next. Once it is chosen, its four stages and what its next gate asks for stand here.
gates-state-text-chosen = The firm is chosen and about to begin.
gates-state-text-declined = The firm was not chosen for this cohort. Its county can nominate it for a later one.
gates-state-text-withdrawn = The firm has left this cohort; the history below says why.
gates-state-text-substituted = Another firm has taken this firm's place; the history below says why.
gates-state-text-terminated = The city has ended the firm's part; the record of its gates says why.
gates-state-text-completed = All four stages are passed: the programme is completed.

gates-track = The four stages
gates-passed = Passed
gates-passed-on = Passed { $day }
gates-open-until = Conditions until { $day }
gates-ahead = Ahead
gates-at-open = In progress
gates-at-county = With the county
gates-at-city = With the city

gates-met = Met
gates-unmet = Not met
gates-conditions = Conditions of the gate
gates-held = { $held } of { $all } met
gates-gate-of = Gate of { $stage }

gates-next-gate = Next gate: { $stage }
gates-home-missing = { $n ->
    [one] One condition is missing:
   *[other] { $n } conditions are missing:
}
gates-home-ready = Every condition is met: you can apply.
gates-home-ready-other = Every condition is met: the firm can apply.
gates-home-waits-for-condition = This stage's conditions are met. Once what was left open at the last gate is recorded as met, you can apply.
gates-home-lies = { $place } since { $since }.
gates-go-open = Apply
gates-go-county = Check it
gates-go-city = Decide
gates-see-all = See all conditions

gates-open-title = Gate of { $stage } passed on conditions, to be met by the end of { $day }
gates-open-text = If any of them is not met by then, the firm goes back to that stage by itself. Until they are met it can't apply for the next gate.
gates-open-met = These conditions are met now. Once that is recorded, the firm can apply for the next gate; otherwise they are looked at when the date is over.
gates-open-link = See the gate

gates-next-action = Next action due
gates-no-action = No action is under way.
gates-no-action-own = No action is under way. Once the levels are verified, plan actions against the gaps.
gates-action-hint = { $owner } · due { $day } · { $progress }% done
gates-action-late = Late · { $when }
gates-actions-late = { $n } actions are late.
gates-all-actions = All actions

gates-returned = Returned
gates-returned-title = Returned to you
gates-returned-gate = Application for the gate of { $stage }
gates-returned-gate-date = The conditions were not met by their date: back to this stage.
gates-returned-assessment = Self-assessment
gates-returned-evidence = { $n ->
    [one] One piece of evidence was refused
   *[other] { $n } pieces of evidence were refused
}
gates-returned-na = { $n ->
    [one] One “not applicable” was refused
   *[other] { $n } “not applicable” were refused
}
gates-returned-actions = { $n ->
    [one] The evidence of one action was refused
   *[other] The evidence of { $n } actions was refused
}

gates-latest = Latest decisions
gates-no-decisions = No application and no decision yet.
gates-whole-record = The whole record
gates-history = History

gates-no-gate = The firm is: { $state }. No gate is open.
gates-live-text = These figures are as of { $day }.
gates-condition-open = What was left open at the last gate is not met yet: the firm can't apply.
gates-cannot-apply = { $n ->
    [one] One condition is not met.
   *[other] { $n } conditions are not met.
} The firm can apply when all are. Each condition leads to where it is met.
gates-firm-can-apply = Every condition is met: the firm's contact can apply.
gates-note = A word to the county
gates-note-hint = For example where the evidence lies, or what to look at.
gates-apply = Apply for the gate of { $stage }
gates-waits-county = With the county for its first check since { $since }.
gates-waits-city = With the city for its decision since { $since }.
gates-check-label = Result of the first check
gates-forward = Agree and send to the city
gates-forward-hint = What was handed in is true and complete.
gates-return = Return to the firm
gates-return-hint = The firm can apply again.
gates-opinion = Opinion
gates-opinion-hint = The firm and the city read it. When you return it, say what is missing.
gates-check-submit = Record the check
gates-decide-label = Decision
gates-pass = Pass
gates-pass-hint = The firm goes on to { $next }.
gates-pass-last-hint = The firm completes the programme.
gates-conditional = Pass on conditions
gates-conditional-hint = { $n ->
    [one] The firm goes on; the condition that fails now must hold by a date, or it comes back by itself.
   *[other] The firm goes on; the { $n } conditions that fail now must hold by a date, or it comes back by itself.
}
gates-cannot-pass = { $n ->
    [one] Something changed since the application: one condition is not met now, so a plain pass is not possible.
   *[other] Something changed since the application: { $n } conditions are not met now, so a plain pass is not possible.
}
gates-due = To be met by
gates-due-hint = For a pass on conditions; the day itself still counts.
gates-why = Reason
gates-why-hint = Kept in the record with the figures of this moment; the firm and the county read it.
gates-decide-submit = Record the decision
gates-terminate = Terminate
gates-terminate-title = End the part of { $firm } in the programme?
gates-terminate-text = The firm leaves the cohort and its place becomes free; what is recorded stays. This can't be undone.
gates-terminate-why = Reason for terminating
gates-terminate-yes = Terminate
gates-settle = Record that the conditions are met
gates-record = Record
gates-record-text = Every step: who, when, why, and the figures of that moment. Nothing in it is ever changed.
gates-figures-then = The figures then: { $held }
gates-step-applied = the firm's application
gates-step-county = the county's first check
gates-step-city = the city's decision
gates-step-due = conditions
gates-verdict-applied = Applied
gates-verdict-forwarded = Forwarded
gates-verdict-returned = Returned
gates-verdict-passed = Passed
gates-verdict-conditional = Passed on conditions
gates-verdict-met = Conditions met
gates-verdict-came_back = Came back
gates-verdict-terminated = Terminated
gates-line-due = To be met by the end of { $day }
gates-line-was-due = The date was { $day }

gates-desk = Gates
gates-desk-lead = Applications that wait for a check or a decision, oldest first; passes on conditions by their date.
gates-list-county = With the county
gates-list-city = With the city
gates-list-conditions = On conditions
gates-empty-county = No application waits for the county
gates-empty-city = No application waits for the city
gates-empty-conditions = No condition is open
gates-empty-text = Applications appear here as soon as firms make them, and a message tells you.
gates-column-firm = Firm
gates-column-county = County
gates-column-held = Conditions at the last step
gates-column-since = Since
gates-column-due = By
gates-task-waiting = Applications for a gate
gates-n-waiting = { $n ->
    [one] One firm
   *[other] { $n } firms
}

gates-moved = The firm is not at this stage any more. Reload the page and look again.
gates-stale = Something changed since you opened the page, so nothing was saved. Look at the figures as they are now and send it again.
gates-not-running = This firm is not at work in the programme, so nothing can be done at its gate.
gates-already-applied = The application has been made and is being looked at.
gates-not-with-county = This application is not with the county: somebody has dealt with it, or the firm has not applied.
gates-not-with-city = This application is not with the city: the county has not checked it, or somebody has decided.
gates-nothing-fails = Every condition is met: pass it plainly.
gates-nothing-open = No condition is open.
gates-date-over = The date is over: the program looks at the conditions by itself, and the result will be here shortly.
gates-verdict-missing = Choose one
gates-opinion-missing = Write an opinion
gates-why-missing = Write a reason
gates-due-missing = Enter a date such as 2026-12-31
gates-due-range = The date is tomorrow at the earliest and at most { $days } days away
gates-done-applied = Applied. The county checks next.
gates-done-checked = The first check is recorded.
gates-done-decided = The decision is recorded, and the firm and its county have been told.
gates-done-settled = Recorded: the conditions are met.

gates-notice-applied = { $firm } applies for the gate of { $stage ->
    [seek] Seek
    [compare] Compare
    [improve] Improve
   *[uplift] Uplift
}: the county checks first
gates-notice-forwarded = { $firm }: the county has sent the application for the gate of { $stage ->
    [seek] Seek
    [compare] Compare
    [improve] Improve
   *[uplift] Uplift
} to the city
gates-notice-returned-county = { $firm }: the county has returned the application for the gate of { $stage ->
    [seek] Seek
    [compare] Compare
    [improve] Improve
   *[uplift] Uplift
}; its opinion says why
gates-notice-returned-city = { $firm }: the city has returned the application for the gate of { $stage ->
    [seek] Seek
    [compare] Compare
    [improve] Improve
   *[uplift] Uplift
}; the record says why
gates-notice-passed = { $firm } has passed the gate of { $stage ->
    [seek] Seek
    [compare] Compare
    [improve] Improve
   *[uplift] Uplift
}
gates-notice-conditional = { $firm } has passed the gate of { $stage ->
    [seek] Seek
    [compare] Compare
    [improve] Improve
   *[uplift] Uplift
} on conditions, to be met by the end of { $en }
gates-notice-terminated = The city has ended the part of { $firm } in the programme; the record says why
gates-notice-met = { $firm }: the conditions of the gate of { $stage ->
    [seek] Seek
    [compare] Compare
    [improve] Improve
   *[uplift] Uplift
} are met
gates-notice-came-back = { $firm }: the conditions were not met by { $en }; back to { $stage ->
    [seek] Seek
    [compare] Compare
    [improve] Improve
   *[uplift] Uplift
}

gates-figures-least = { $have } now, { $need } needed
gates-figures-most = { $have } now, at most { $need }
gates-figures-days = { $have } days late at most now, { $need } days allowed
gates-figures-points = down by { $have } points at most now, { $need } allowed
gates-figures-rise = total { $points }, grade { $grades }; needed: total { $need } or grade { $more }
gates-nothing-least = nothing to measure yet, { $need } needed
gates-nothing-most = nothing to measure yet, at most { $need }
gates-nothing-rise = nothing to measure yet; needed: total { $need } or grade { $more }
gates-truth-yes = Yes
gates-truth-no = Not yet
gates-short-by = , { $by } short
gates-over-by = , { $by } too much
gates-lacking = Missing: { $names }
gates-lacking-more = { $names } and others, { $n } in all
gates-lacking-actions = { $n ->
    [one] One action stands in the way
   *[other] { $n } actions stand in the way
}

gates-condition-profile = Complete profile
gates-condition-self_assessment = Self-assessment answered
gates-condition-self_assessment_submitted = Self-assessment handed in
gates-condition-primary_benchmark = One primary benchmark
gates-condition-benchmark_dated = Levels of the benchmark with a source, at most 24 months old
gates-condition-benchmark_dimensions = Dimensions that the benchmark covers
gates-condition-benchmark_weight = Weight that the benchmark covers
gates-condition-verified = Every indicator verified
gates-condition-root_causes = Root causes of the largest gaps
gates-condition-targets = Targets
gates-condition-target_dimensions = Dimensions with a target
gates-condition-target_actions = A complete action for every target
gates-condition-completion = Weighted completion of actions
gates-condition-cancelled = Cancelled actions
gates-condition-late = Lateness of first-priority actions
gates-condition-done_proved = Accepted evidence for actions done
gates-condition-reassessed = Re-assessment verified
gates-condition-closure = Closure of the gaps
gates-condition-rise = Rise of total or grade
gates-condition-dimension_fall = Fall of any one dimension
gates-condition-written_in = Actions written into the firm’s rules

gates-unmet-profile = { gates-condition-profile }: { $have } now, { $need } needed
gates-unmet-self_assessment = { gates-condition-self_assessment }: { $have } now, { $need } needed
gates-unmet-self_assessment_submitted = { gates-condition-self_assessment_submitted }: not yet
gates-unmet-primary_benchmark = { gates-condition-primary_benchmark }: { $have } now, { $need } needed
gates-unmet-benchmark_dated = { gates-condition-benchmark_dated }: { $have } now, { $need } needed
gates-unmet-benchmark_dimensions = { gates-condition-benchmark_dimensions }: { $have } now, { $need } needed
gates-unmet-benchmark_weight = { gates-condition-benchmark_weight }: { $have } now, { $need } needed
gates-unmet-verified = { gates-condition-verified }: { $have } now, { $need } needed
gates-unmet-root_causes = { gates-condition-root_causes }: { $have } now, { $need } needed
gates-unmet-targets = { gates-condition-targets }: { $have } now, { $need } needed
gates-unmet-target_dimensions = { gates-condition-target_dimensions }: { $have } now, { $need } needed
gates-unmet-target_actions = { gates-condition-target_actions }: { $have } now, { $need } needed
gates-unmet-completion = { gates-condition-completion }: { $have } now, { $need } needed
gates-unmet-cancelled = { gates-condition-cancelled }: { $have } now, at most { $need }
gates-unmet-late = { gates-condition-late }: { $have } now, at most { $need }
gates-unmet-done_proved = { gates-condition-done_proved }: { $have } now, { $need } needed
gates-unmet-reassessed = { gates-condition-reassessed }: not yet
gates-unmet-closure = { gates-condition-closure }: { $have } now, { $need } needed
gates-unmet-rise = { gates-condition-rise }: { $have } now, { $need } needed
gates-unmet-dimension_fall = { gates-condition-dimension_fall }: { $have } now, at most { $need }
gates-unmet-written_in = { gates-condition-written_in }: { $have } now, { $need } needed
