# Enrolment, waitlist, roster

# Applying
enrolment-title = Enrol
enrolment-you = Who is enrolling
enrolment-you-wrong = Something wrong? Ask your county's coordinator to change it; you can enrol first.
enrolment-name = Name
enrolment-phone = Mobile number
enrolment-phone-hint = 11 digits, for signing in and for messages
enrolment-firm = Firm
enrolment-no-firm = No firm on record
enrolment-county = County
enrolment-position = Position
enrolment-note = Note
enrolment-note-hint = What the school should know: company, diet, access
enrolment-why = Reason
enrolment-apply = Enrol
enrolment-join-waitlist = Enrol on the waitlist
enrolment-closes = Enrolment closes: { $at }
enrolment-forecast = What happens then
enrolment-forecast-approved = There are places: yours is confirmed at once.
enrolment-forecast-submitted = The school's coordinator decides, and you are told.
enrolment-forecast-waitlisted = All places are taken for now: you will be number { $place } on the waitlist. When somebody leaves, the next in line moves up and is told at once.
enrolment-to-class = See the class
enrolment-mine = My enrolments
enrolment-find = See the classes
enrolment-none = No enrolments yet
enrolment-none-text = Choose a class that is enrolling on the front page; it takes one screen.
enrolment-cutoff = The waitlist moves up until { $at }.
enrolment-reason-given = Reason: { $reason }

enrolment-done-approved = Enrolled: your place is confirmed
enrolment-done-submitted = Sent: waiting for a decision
enrolment-done-waitlisted = Enrolled: number { $place } on the waitlist
enrolment-done-withdrawn = Withdrawn

enrolment-withdraw = Withdraw
enrolment-withdraw-title = Withdraw from “{ $class }”?
enrolment-withdraw-text = Your place goes to the first on the waitlist at once. If you come back, you queue at the end.
enrolment-withdraw-yes = Withdraw

# States
enrolment-state = State
enrolment-state-submitted = To decide
enrolment-state-approved = Approved
enrolment-state-waitlisted = Waitlist
enrolment-state-rejected = Not accepted
enrolment-state-withdrawn = Withdrawn
enrolment-state-replaced = Replaced
enrolment-state-lapsed = Waitlist ended
enrolment-state-place = Waitlist no. { $place }

enrolment-standing-submitted = Enrolled, waiting for a decision
enrolment-standing-approved = Enrolled, place confirmed
enrolment-standing-waitlisted = Enrolled, number { $place } on the waitlist
enrolment-standing-rejected = Not accepted
enrolment-standing-withdrawn = Withdrawn
enrolment-standing-replaced = A colleague has taken over
enrolment-standing-lapsed = The waitlist ended without a place

enrolment-next-submitted = The school's coordinator decides, and you are told.
enrolment-next-approved = Come as the timetable says and check in with your phone.
enrolment-next-waitlisted = When a place is free, the next in line by priority and time moves up and is told at once.
enrolment-next-rejected = Ask the school's coordinator if anything is unclear.
enrolment-next-withdrawn = You can enrol again.
enrolment-next-replaced = The place is the firm's; its contact decides who comes.
enrolment-next-lapsed = Welcome to the next term.

# Why not
enrolment-already = Already on this class's roster
enrolment-not-yet = Enrolment has not begun; it opens on { $when }
enrolment-over = Enrolment closed on { $when }
enrolment-closed-running = This class has begun and takes no more applications. To join, ask the school's coordinator.
enrolment-closed-cancelled = This class is cancelled
enrolment-closed-ended = This class has ended
enrolment-closed-not-open = This class is not open for enrolment yet
enrolment-full-for-good = All places are taken and the waitlist has ended
enrolment-no-held-seat = Your firm has no free seat in this class
enrolment-no-seat-at-the-door = No place can be given: the class is full, or others are waiting before
enrolment-nothing-to-withdraw = This enrolment is not on the roster any more
enrolment-nothing-to-replace = This seat can't change hands now; load the page again
enrolment-text-control = There are characters in it that can't be kept; type it again
enrolment-text-long = At most { $max } characters

# Messages
enrolment-notice-promoted = You moved up from the waitlist of “{ $class }”: your place is confirmed
enrolment-notice-approved = Your enrolment in “{ $class }” is approved
enrolment-notice-waitlisted = “{ $class }” is full: you are on its waitlist
enrolment-notice-rejected = Your enrolment in “{ $class }” was not accepted: { $why }
enrolment-notice-withdrawn = You were taken off “{ $class }”: { $why }
enrolment-notice-lapsed = The waitlist of “{ $class }” has ended; there was no place this time
enrolment-notice-added = You were added to “{ $class }”: your place is confirmed
enrolment-notice-added-waiting = You were added to the waitlist of “{ $class }”
enrolment-notice-replaced = A colleague has taken over your place in “{ $class }”
enrolment-notice-undone = The decision about “{ $class }” was taken back; it is being looked at again

# Roster
enrolment-tab-roster = Roster
enrolment-tab-add = Add people
enrolment-tab-import = Import
enrolment-tab-holds = Seats of firms
enrolment-export = Export to Excel
enrolment-views = By state
enrolment-view-live = On the roster
enrolment-view-submitted = To decide
enrolment-view-approved = Approved
enrolment-view-waitlisted = Waitlist
enrolment-view-ended = Ended
enrolment-search = Search name, initials, phone or firm
enrolment-all-counties = All counties
enrolment-sort = Order
enrolment-sort-queue = By the queue
enrolment-sort-name = By name
enrolment-sort-change = Last changed first
enrolment-applied = Applied
enrolment-priority = Priority
enrolment-priority-hint = Higher numbers move up first; usually 0
enrolment-priority-range = A priority is between −9 and 9
enrolment-priority-set = Priority…
enrolment-priority-yes = Set priority
enrolment-held = Firm's seat
enrolment-seat = Seat
enrolment-source = Came by
enrolment-source-self = own application
enrolment-source-desk = added by a coordinator
enrolment-source-import = imported
enrolment-source-firm = named by the firm
enrolment-source-walk_in = added at the door
enrolment-reason = Reason
enrolment-nobody = Nobody has enrolled yet
enrolment-nobody-text = Add people by hand, or import a list.
enrolment-nobody-found = Nobody fits
enrolment-nobody-found-text = Try other words, or a wider filter.
enrolment-show-all = Show the whole roster

enrolment-seats-all = All places
enrolment-seats-quota = Kept for { $county }
enrolment-seats-common = For everybody
enrolment-seats-held = Held for { $firm }
enrolment-in-line = { $submitted } to decide, { $waiting } on the waitlist

enrolment-select = Select
enrolment-select-one = Select { $name }
enrolment-select-all = Select this page
enrolment-selected = { $n } selected
enrolment-selected-plain = With those selected:
enrolment-none-selected = Select at least one person first
enrolment-too-many-selected = At most { $max } people at once
enrolment-decision-missing = Choose what to do
enrolment-reason-missing = Say why; the person will read it
enrolment-approve = Approve
enrolment-reject-open = Reject…
enrolment-reject-text = Only for those still to decide. They are told why.
enrolment-reject-reason = Why not accepted
enrolment-reject-yes = Reject
enrolment-takeoff-open = Take off…
enrolment-takeoff-text = Their places go to the waitlist.
enrolment-takeoff-yes = Take off
enrolment-takeoff-reason = Why taken off
enrolment-did-approve = Approved: { $approved }, to the waitlist: { $waitlisted }, no place: { $noseat }, skipped: { $left }
enrolment-did-reject = Rejected: { $rejected }, skipped: { $left }
enrolment-did-withdraw = Taken off: { $withdrawn }, moved up: { $promoted }, skipped: { $left }
enrolment-did-priority = Priority set for { $priority }, skipped: { $left }
enrolment-undo = Undo
enrolment-undo-text = A slip? The decision can be taken back within { $minutes } minutes.
enrolment-did-undo = Taken back for { $n }: to be decided again
enrolment-nothing-to-undo = Nothing to take back: too late, or changed since

enrolment-keys = Keyboard
enrolment-key-j = Next row (go into the table with Tab first)
enrolment-key-k = Row before
enrolment-key-x = Select or not
enrolment-key-shift = Select a range
enrolment-key-a = Select the whole page, or nothing
enrolment-key-enter = Open the row; Esc closes it
enrolment-key-slash = To the search
enrolment-key-help = Open this
enrolment-drawer = Details of a person
enrolment-drawer-close = Close

enrolment-history = History
enrolment-by = { $name }
enrolment-by-itself = by itself
enrolment-event-applied = Applied
enrolment-event-approved = Approved
enrolment-event-waitlisted = To the waitlist
enrolment-event-rejected = Rejected
enrolment-event-withdrawn = Withdrawn
enrolment-event-promoted = Moved up
enrolment-event-lapsed = Waitlist ended
enrolment-event-replaced = Replaced
enrolment-event-took_over = Took over the seat
enrolment-event-priority = Priority
enrolment-event-undone = Decision taken back
enrolment-event-changed = Changed

# Adding by hand
enrolment-add = Add to the roster
enrolment-add-known = People on record
enrolment-add-search = Search name, initials, phone or firm
enrolment-add-none = Nobody found
enrolment-add-none-text = Only people of your own county are found. Enter somebody new below.
enrolment-add-new = Somebody new
enrolment-add-new-yes = Enter and add
enrolment-name-missing = Enter a name
enrolment-region-wrong = Choose a county that you look after
enrolment-did-add = { $name } added, place confirmed
enrolment-did-add-waiting = { $name } added to the waitlist, number { $place }

# Seats of firms
enrolment-holds-none = No seats are held for firms
enrolment-holds-none-text = Hold seats for a firm, and its contact names who comes and may change it.
enrolment-hold-set = Hold seats
enrolment-hold-firm-hint = The firm's full name
enrolment-hold-firm-missing = Enter the firm's full name
enrolment-hold-firm-unknown = No such firm; enter its full name as on record
enrolment-hold-firm-twice = Several firms have this name; ask the city's administrator
enrolment-hold-seats = Seats held
enrolment-hold-seats-hint = 0 ends the hold
enrolment-hold-seats-wrong = Enter a whole number from 0 to { $max }
enrolment-hold-too-many = Not enough common places: at most { $free } can be held
enrolment-hold-below-used = { $used } are in use; no fewer than that
enrolment-hold-used = Named
enrolment-hold-until = Held until
enrolment-hold-until-hint = To the end of that day; then unused seats are for everybody
enrolment-hold-until-wrong = Enter a date
enrolment-hold-no-end = No end
enrolment-hold-released = Unused seats given back on { $at }
enrolment-hold-yes = Save
enrolment-did-hold = Saved: { $seats } seats held

# Firm contact
enrolment-firm-seats = Our firm's seats
enrolment-firm-lead = Name who attends. If plans change, send somebody else: the place and its approval stay.
enrolment-firm-none = No seats are held for your firm yet
enrolment-firm-none-text = For seats, ask the coordinator of your county's school.
enrolment-firm-until = Name people by { $at }; unused seats are then for everybody
enrolment-firm-filled = Named
enrolment-firm-name = Attendee
enrolment-firm-name-hint = People on record at your firm
enrolment-firm-name-yes = Name
enrolment-person-choose = Choose
enrolment-person-missing = Choose a person
enrolment-did-name = Named; the person is told
enrolment-replace = Replace
enrolment-replace-title = Who takes over from { $name }?
enrolment-replace-text = The seat passes at once and both are told. Past attendance stays.
enrolment-replace-by = Taking over
enrolment-replace-yes = Replace
enrolment-did-replace = Replaced
