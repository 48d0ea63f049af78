# Front page, catalogue of classes, the plan's progress, desk and overview

dashboard-title = Luoyang schools for private entrepreneurs
dashboard-lead = One city school and an academy in each of the nine counties hold classes for every private entrepreneur. Find a class, enrol, and see your timetable here.
dashboard-see-classes = Find a class
dashboard-next = Next classes
dashboard-all-classes = All classes
dashboard-no-classes = No classes ahead
dashboard-no-classes-text = New classes appear here as soon as they are published. Please look again in a few days.
dashboard-no-classes-desk = Classes appear here when you have made and published them.
dashboard-planned-text = This academy is being prepared. Its classes will be published here.
dashboard-to-classes = Make a class
dashboard-see-ended = See past classes
dashboard-see-current = See all current classes
dashboard-figures = The year in figures
dashboard-figures-of = { $year } in figures
dashboard-figure-schools = Schools open
dashboard-figure-classes = Classes this year
dashboard-figure-people = People trained
dashboard-figure-hours = Hours taught
dashboard-schools = Schools
dashboard-no-schools = No schools yet
dashboard-school-classes = { $n ->
    [0] No classes ahead
    [one] One current class
   *[other] { $n } current classes
}
dashboard-school-all-classes = All classes of this school
dashboard-map-label = Sketch map of the schools of { $name }: a full disc is open, a dashed ring is planned
dashboard-seats = { $n ->
    [one] one seat
   *[other] { $n } seats
}
dashboard-city-school = City school

dashboard-classes = Classes
dashboard-class = Class
dashboard-filter = Filter classes
dashboard-words = Words in the title
dashboard-theme = Theme
dashboard-any-county = All counties
dashboard-any-theme = All themes
dashboard-find = Find
dashboard-shown-current = Current
dashboard-shown-enrolling = Enrolling
dashboard-shown-published = Enrolment opens soon
dashboard-shown-running = Running
dashboard-shown-ended = Ended
dashboard-shown-cancelled = Cancelled
dashboard-shown-all = All but cancelled
dashboard-none-found = No class fits
dashboard-none-found-text = Try another county, theme or state, or clear the filter.
dashboard-from-to = { $from } to { $to }
dashboard-date-open = Dates to be announced
dashboard-waiting = { $n } on the waitlist
dashboard-offer-later = Enrolment opens { $at }
dashboard-offer-unknown = Enrolment opens later
dashboard-offer-open = { $n ->
    [one] One place left
   *[other] { $n } places left
}
dashboard-offer-full = Full, waitlist open
dashboard-offer-over = Enrolment closed
dashboard-offer-running = Running
dashboard-offer-ended = Ended
dashboard-offer-cancelled = Cancelled

dashboard-plan-year = { $year }
dashboard-plan-edit = Change the plan
dashboard-plan-counties = Progress by county
dashboard-plan-how = Done / target. Classes and places leave out drafts and cancelled classes; hours are of lessons that are over; people came to at least one lesson, and somebody taught in several counties counts once in the total.
dashboard-total = Total
dashboard-no-plan = No training plan yet
dashboard-no-plan-text = Targets and progress of the counties will be shown here.
dashboard-first-steps = Add this year's training plan first, then open the schools that teach; the counties can make classes then.

dashboard-desk-lead = { $n ->
    [0] { $day }: nothing waits for you.
    [one] { $day }: one thing waits for you.
   *[other] { $day }: { $n } things wait for you.
}
dashboard-today = Lessons today
dashboard-no-lessons-today = No lesson today.
dashboard-waiting-for-you = Waiting for you
dashboard-nothing-waits = All done.
dashboard-queues = Waitlists
dashboard-own-classes = Your classes
dashboard-no-own-title = No classes yet
dashboard-no-own-classes = Classes appear here when you are named as their class teacher.
dashboard-no-own-classes-desk = Make the first one: it stays a draft until you publish it.
dashboard-no-desk = Nothing to do here for now
dashboard-no-desk-text = Your enrolments, timetable and messages are on your own page.
dashboard-task-decide = Decide on applications: { $title }
dashboard-task-leave = Decide on leave: { $title }
dashboard-task-walk-in = Asks to be added at the door: { $title }
dashboard-task-close = Close attendance: { $title }
dashboard-task-import = Finish the roster import: { $title }
dashboard-n-applications = { $n ->
    [one] one application
   *[other] { $n } applications
}
dashboard-n-people = { $n ->
    [one] one person
   *[other] { $n } people
}
dashboard-n-rows = { $n ->
    [one] one row to write
   *[other] { $n } rows to write
}
dashboard-import-running = Being written
dashboard-came-of = { $came } came of { $expected }
dashboard-taken = { $approved } / { $capacity } approved
dashboard-time = Time
dashboard-lesson = Lesson
dashboard-lessons = Lessons
dashboard-place = Venue and teacher
dashboard-came = Came / expected
dashboard-wall = Wall
dashboard-wall-of = Wall: { $topic }
dashboard-board = Board
dashboard-board-of = Board: { $topic }
dashboard-class-draft = Draft
dashboard-class-published = Published
dashboard-class-enrolling = Enrolling
dashboard-class-running = Running
dashboard-class-closed = Closed
dashboard-class-archived = Archived
dashboard-class-cancelled = Cancelled

dashboard-city-title = City overview
dashboard-city-waiting = Waiting in the city
dashboard-waits-submitted = Applications to decide
dashboard-waits-walk-ins = People at the door who ask to be added
dashboard-waits-leaves = Leaves to decide
dashboard-waits-unclosed = Lessons over, attendance not closed
dashboard-waits-imports = Roster imports not finished
dashboard-waits-waitlisted = People on waitlists
dashboard-waits-undelivered = Messages that could not be delivered
dashboard-by-state = Classes by state
dashboard-city-schools = Enrolment and attendance by school
dashboard-rates-how = Enrolment is approved ÷ places. Attendance is (present + late) ÷ lessons held, of lessons whose attendance is closed, approved leave not counted.
dashboard-enrolled = Approved / places
dashboard-waitlist = Waitlist
dashboard-attendance = Attendance
dashboard-trend = Trend by month
dashboard-trend-attendances = Attendances in the last 12 months
dashboard-trend-hours = Hours taught in the last 12 months
dashboard-attendances = Attendances
dashboard-hours = Hours
dashboard-month = Month
dashboard-month-of = { $month } ’{ $year }
dashboard-month-1 = Jan
dashboard-month-2 = Feb
dashboard-month-3 = Mar
dashboard-month-4 = Apr
dashboard-month-5 = May
dashboard-month-6 = Jun
dashboard-month-7 = Jul
dashboard-month-8 = Aug
dashboard-month-9 = Sep
dashboard-month-10 = Oct
dashboard-month-11 = Nov
dashboard-month-12 = Dec

dashboard-lessons-held = Lessons held
dashboard-lessons-open = Lessons with attendance to close
dashboard-no-lessons = No lesson fits
dashboard-closed = Attendance closed
dashboard-not-closed = Attendance open
dashboard-first-page = Back to the first page
dashboard-trained = People trained
dashboard-trained-lead = Everybody who came to at least one lesson, late or leaving early included.
dashboard-nobody-trained = Nobody came to a lesson yet
dashboard-firm = Firm
dashboard-way-people = People
dashboard-way-firms = Firms
dashboard-way-devices = Scanners
dashboard-firm-programme = Benchmarking
dashboard-firm-no-pilot = Not a pilot firm
dashboard-firm-cohort = Cohort
dashboard-firm-state = State
dashboard-firm-stage = Stage
dashboard-firm-score = Verified total
dashboard-firm-no-score = None yet
dashboard-firm-grade = Grade
dashboard-pilot-nominated = Nominated
dashboard-pilot-screened = Screened
dashboard-pilot-chosen = Chosen
dashboard-pilot-declined = Not chosen
dashboard-pilot-withdrawn = Withdrawn
dashboard-pilot-substituted = Substituted
dashboard-pilot-terminated = Terminated
dashboard-pilot-completed = Completed
dashboard-firm-classes = In classes
dashboard-firm-class = Class
dashboard-firm-no-classes = Nobody is in a class yet
dashboard-firm-no-classes-text = Once people of this firm enrol, their classes, states and attendance stand here.
dashboard-firm-rate = Attendance
dashboard-firm-rate-of = { $rate }% ({ $attended } / { $counted })
dashboard-firm-no-rate = No lesson yet
dashboard-n-actions = { $n ->
    [one] { $n } action
   *[other] { $n } actions
}
dashboard-task-late-actions = Late actions of pilot firms
dashboard-task-action-evidence = Evidence of actions to judge
