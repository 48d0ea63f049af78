# Schools, venues, teachers and the training plan

schools-school = School
schools-county = County
schools-all = All schools
schools-yours = Your schools
schools-list-lead = { $all } schools, { $open } of them open.
schools-state = State
schools-state-open = Open
schools-state-planned = Planned
schools-opened-on = Opened on
schools-not-yet = Not open yet
schools-address = Address
schools-address-hint = With the house number: people find their way by it
schools-no-address = Address to be announced
schools-contact = Telephone
schools-contact-hint = Landline or mobile, such as 0379-65912345. It is shown to everybody.
schools-not-given = Not given
schools-do = Actions
schools-edit = Change address and telephone
schools-edit-title = Change the school's address and telephone
schools-save = Save
schools-saved = Saved.
schools-public-page = Public page
schools-planned-note = This academy is being prepared. Venues and teachers can be entered already; the city opens it.

schools-open = Open
schools-open-named = Open { $name }
schools-open-lead = Enter the day of opening, the address and the telephone.
schools-open-sure = Open { $name }?
schools-open-text = The public page will say that it is open, and the county can start classes. A mistake can be corrected.
schools-open-yes = Yes, open it
schools-opened = The opening is saved.
schools-correct = Correct the opening
schools-correct-named = Correct the opening: { $name }
schools-unopen = Back to planned
schools-unopen-sure = Set { $name } back to planned?
schools-unopen-text = Only a school without classes can be set back. Address and telephone stay; the day of opening is cleared.
schools-unopen-yes = Yes, back to planned
schools-unopened = The school is planned again.
schools-has-classes = This school has { $n } classes, so it cannot be set back to planned.
schools-opened-missing = Choose the day of opening
schools-opened-future = The day of opening cannot be after today
schools-opened-early = The day of opening is too early: check the year

schools-venues = Venues
schools-venue-add = Add a venue
schools-venue-name = Name of the venue
schools-venue-name-hint = For example: County Party School, main hall
schools-venue-address-hint = Leave empty when it is the school's own address
schools-seats = Seats
schools-no-venues = No venue yet
schools-no-venues-text = Lessons need a venue: add the first one.
schools-venue-retire = Retire this venue
schools-venue-retire-text = { $n ->
    [0] New lessons can no longer use it; past lessons stay. It can be taken back into use at any time.
    [one] One lesson to come is planned here and will not move by itself: change it in the timetable. New lessons can no longer use this venue. It can be taken back into use at any time.
   *[other] { $n } lessons to come are planned here and will not move by themselves: change them in the timetable. New lessons can no longer use this venue. It can be taken back into use at any time.
}
schools-venue-retired = The venue is retired. To undo, see “Retired venues” below.
schools-retired-venue = Retired venues ({ $n })
schools-venue-name-missing = Enter the name of the venue
schools-venue-taken = This school has a venue of that name: choose another name
schools-seats-wrong = Seats must be a whole number from { $min } to { $max }

schools-teachers = Teachers
schools-teacher-add = Add a teacher
schools-teacher-name = Name
schools-teacher-title = Position or title
schools-teacher-title-hint = For example: Professor, Henan University of Science and Technology. It is shown to everybody.
schools-phone = Mobile number
schools-phone-hint = Not shown to the public
schools-account = Account
schools-linked = Linked
schools-not-linked = Not linked
schools-link = Link to the account that signs in with this number
schools-link-hint = The teacher then sees the own timetable after signing in
schools-link-now = Linked now: { $name }
schools-no-teachers = No teacher yet
schools-no-teachers-text = Lessons need a teacher: add the first one.
schools-teacher-retire = Retire this teacher
schools-teacher-retire-text = { $n ->
    [0] New lessons can no longer name this teacher; past lessons stay. This can be undone at any time.
    [one] One lesson to come names this teacher and will not change by itself: change it in the timetable. New lessons can no longer name this teacher. This can be undone at any time.
   *[other] { $n } lessons to come name this teacher and will not change by themselves: change them in the timetable. New lessons can no longer name this teacher. This can be undone at any time.
}
schools-teacher-retired = The teacher is retired. To undo, see “Retired teachers” below.
schools-retired-teacher = Retired teachers ({ $n })
schools-teacher-name-missing = Enter the teacher's name
schools-teacher-taken = A teacher of that name, title and number is there already
schools-no-account = No account signs in with this number: check it, or ask the teacher to register
schools-link-needs-phone = Enter the mobile number to link an account
schools-retire-sure = Retire “{ $name }”?
schools-retire-yes = Yes, retire
schools-restore = Take back into use
schools-restored = Back in use.

schools-text-long = Too long: at most { $max } characters
schools-text-control = There are invisible control characters in it: remove them
schools-address-missing = Enter the address
schools-phone-wrong = Enter a telephone number of 7 to 13 digits; hyphens are fine
schools-conflict = Somebody changed this just now; your change is not saved yet
schools-conflict-title = Somebody else changed this just now
schools-conflict-text = Below is what is stored now; the form holds what you typed. Compare, change what is needed, and save again: then yours will be kept.

schools-plan = Training plan
schools-plan-of = { $year }
schools-plan-add = Add the plan of { $year }
schools-plan-add-lead = The themes and targets of { $year } are copied and can be changed afterwards.
schools-plan-first-lead = There is no plan yet. Add this year's first, then its themes and targets.
schools-plan-added = Added. Themes and targets can be changed here.
schools-plan-edit = Change the training plan of { $year }
schools-plan-words = Names and summary
schools-plan-progress = Progress
schools-plan-year-taken = There is a plan of { $year } already
schools-plan-default-name = Heluo training plan for private entrepreneurs
schools-plan-default-summary = Organised, at scale, systematic, in class, refined: every private entrepreneur of the city gets a place in a classroom, so that firms and the people who lead them stay healthy.
schools-name-zh = Chinese name
schools-name-en = English name
schools-name-zh-missing = Enter the Chinese name
schools-name-en-missing = Enter the English name
schools-summary-zh = Chinese summary
schools-summary-en = English summary
schools-themes = Themes
schools-theme-add = Add a theme
schools-theme-taken = This plan has a theme of that name
schools-theme-used = { $n } classes use this theme, so it cannot be removed
schools-theme-remove = Remove this theme
schools-theme-remove-sure = Remove the theme “{ $name }”?
schools-theme-remove-text = It cannot be undone, but the theme can be added anew. A theme that classes use cannot be removed.
schools-theme-remove-yes = Yes, remove
schools-theme-removed = The theme is removed.
schools-no-themes = No theme yet
schools-no-themes-text = Classes choose a theme when they are made, and people find classes by it.
schools-targets = Targets of the counties
schools-targets-of = Targets of the counties in { $year }
schools-targets-lead = For the whole year. Enter 0 where nothing is asked.
schools-target-classes = Classes
schools-target-places = Places
schools-target-hours = Hours taught
schools-target-people = People trained
schools-target-wrong = Enter a whole number from { $min } to { $max }
