bench-programme = Benchmarking
bench-own-firm = Own firm
bench-view-home = Overview
bench-view-assessment = Self-assessment
bench-view-verification = Verification
bench-view-benchmark = Benchmark and gaps
bench-view-actions = Actions
bench-view-gate = Gate
bench-view-results = Results
bench-stage-seek = Seek
bench-stage-compare = Compare
bench-stage-improve = Improve
bench-stage-uplift = Uplift
bench-history-older = { $n ->
    [one] One older line
   *[other] { $n } older lines
}
bench-by-calendar = By the calendar
bench-event = { $what ->
    [nominated] Nominated by the county
    [screened] Screened
    [chosen] Chosen
    [declined] Not chosen
    [withdrawn] Withdrawn
    [substituted] Substituted
    [edited] Nomination edited
    [choice_undone] Choice undone
    [stepped_in] Chosen in another firm’s place
    [verifier_assigned] Verifier assigned
    [verifier_unassigned] Verifier taken off
    [framework_moved] Round moved to another version of the framework
    [score_frozen] Round closed, verified scores frozen
    [document_added] Document added to the nomination
    [document_removed] Document removed from the nomination
    [assessment_started] Self-assessment begun
    [assessment_submitted] Self-assessment handed in
    [assessment_returned] Self-assessment returned
    [verified] Verification completed
    [verification_reopened] Verification opened again
    [benchmark_entered] Benchmark entered
    [benchmark_changed] Benchmark changed
    [benchmark_chosen] Benchmark chosen
    [benchmark_dropped] Benchmark dropped
    [cause] Root cause written down
    [target] Target set
    [target_removed] Target removed
    [action] Action planned
    [action_cancelled] Action cancelled
    [gate_applied] Applied for the gate of { $stage }
    [gate_forwarded] Gate of { $stage }: checked by the county and sent to the city
    [gate_returned] Gate of { $stage }: returned
    [gate_passed] Passed the gate of { $stage }
    [gate_conditional] Passed the gate of { $stage } on conditions
    [gate_met] Conditions of the gate of { $stage } met
    [gate_came_back] Conditions not met by their date: back to { $stage }
    [gate_terminated] Terminated
   *[other] The firm's data changed
}
