# Check-in: the wall, the phone, scanning people's codes, walk-ins, scanners

attendance-status-present = Present
attendance-status-late = Late
attendance-status-left_early = Left early
attendance-status-excused = On leave
attendance-status-absent = Absent

attendance-checkin-title = Check in
attendance-checkin-button = Check in as { $name }
attendance-checkin-who = You are signed in as { $name }. If that is not you, sign out and scan again.
attendance-sign-in-first = Sign in to check in
attendance-sign-in-keeps-time = Your arrival is the moment you scanned, however long signing in takes. You can register on the sign-in page.
attendance-check-in = Check in

attendance-fact-who = Participant
attendance-fact-lesson = Lesson
attendance-fact-class = Class
attendance-fact-time = Time
attendance-fact-venue = Venue
attendance-fact-at = Checked in at

attendance-answer-present = Checked in
attendance-answer-present-text = You are on time.
attendance-answer-late = Checked in, late
attendance-answer-late-text = The lesson had begun some time ago, so this counts as late. If that is wrong, tell the class teacher.
attendance-answer-left_early = Left early
attendance-answer-left_early-text = The class teacher recorded this. If it is wrong, tell them.
attendance-answer-excused = On leave
attendance-answer-excused-text = You are on leave for this lesson. If you are here after all, tell the class teacher.
attendance-answer-absent = Absent
attendance-answer-absent-text = The class teacher recorded this. If you are here, tell them.
attendance-next-title = Next lesson
attendance-to-me = My classes and attendance
attendance-see-class = See the class and its timetable

attendance-refused-not-on-roster = Not on the roster of this class; you can ask to be added
attendance-refused-too-early = Check-in has not opened yet. Come back after { $opens }.
attendance-refused-too-early-title = Too early
attendance-refused-closed = Check-in for this lesson is over. If you are here, ask the class teacher to record it.
attendance-refused-closed-title = Check-in is over
attendance-refused-cancelled = This lesson is cancelled; there is nothing to check in to
attendance-refused-cancelled-title = Lesson cancelled
attendance-ticket-old = You scanned more than 5 minutes ago. Scan the code on the wall again.

attendance-scan-again-title = Please scan again
attendance-scan-again-text = The code on the wall changes every 15 seconds. Scan the one it shows now.
attendance-type-instead = Can't scan? Type the code
attendance-q-title = Type the check-in code
attendance-q-lead = Type the 8 characters beside the code on the wall.
attendance-q-old = That code is past. Scan the one on the wall now, or type it.
attendance-q-code = Check-in code
attendance-q-code-hint = Capitals don't matter, and you can leave out the hyphen
attendance-q-wrong = The code has 8 letters and digits. Compare it with the wall and try again.
attendance-q-go = Continue

attendance-walk-in-none-title = You are not on the roster
attendance-walk-in-none-text = { $name }, you can ask to be added to this class. The staff see it at once.
attendance-ask-to-be-added = Ask to be added
attendance-walk-in-asked-title = Asked. Please wait a moment.
attendance-walk-in-asked-text = { $name }, the staff can see your request. When they agree you are checked in at once; this page looks again by itself.
attendance-walk-in-refused-title = Not added
attendance-walk-in-refused-text = { $name }, the staff did not add you to this class. Ask at the check-in desk if you have questions.
attendance-walk-in-why = Reason: { $why }
attendance-look-again = Look again
attendance-walk-in-on-roster = You are on the roster already: simply check in
attendance-walk-in-decided = Somebody has decided about this already
attendance-walk-in-class-full = The class is full. Raise its capacity first.
attendance-notice-walk-in-added = You were added to the class of “{ $topic }” and checked in
attendance-notice-walk-in-refused = You were not added to the class of “{ $topic }”: { $why }

attendance-wall-title = Check-in wall · { $topic }
attendance-wall-code-label = Check-in code
attendance-wall-scan = Scan to check in
attendance-wall-type = or open { $address } and type
attendance-wall-of = here, of { $n }
attendance-wall-arrived = Arrived
attendance-wall-name = { $surname }
attendance-wall-opens = Check-in opens at { $opens }
attendance-wall-over = This lesson is over
attendance-wall-closed = Check-in for this lesson is over
attendance-wall-lost = The connection is lost and the code may be past. Reconnecting …

attendance-live-lost = The connection is lost. Reconnecting …
attendance-live-arrived = { $n } here, of { $of }
attendance-live-waiting = { $n ->
    [one] One person at the door asks to be added
   *[other] { $n } people at the door ask to be added
}

attendance-close-before-start = The lesson has not begun; its attendance can't be closed yet
attendance-closed-reopen-first = Attendance is closed. Reopen it first.

attendance-why-missing = Give a reason
attendance-too-long = At most { $max } characters
attendance-control-characters = There are characters in it that can't be used; remove them and try again

attendance-scan-title = Scan people's codes
attendance-scan-start = Open the camera
attendance-scan-blocked = The camera can't be opened. Allow it in the browser, or type the code below.
attendance-scan-missing = This browser can't scan in a page. Scan the person's code with the phone's own camera app, open the link and press “Check in”; or type the code below.
attendance-scan-typed = Type the code
attendance-scan-code = Person's code
attendance-scan-code-hint = The letters and digits below the person's QR code
attendance-code-missing = Type the code
attendance-code-unknown = There is no such code; compare it again
attendance-scan-in = { $name } is checked in ({ $at })
attendance-scan-late = { $name } is checked in, late ({ $at })
attendance-scan-again = { $name } was checked in already ({ $at })
attendance-scan-by-hand = { $name } was marked by hand; the scan changed nothing

attendance-my-code-title = My code
attendance-my-code-label = My QR code
attendance-my-code-help = Show it at the check-in desk, to the staff or to a scanner. Don't pass it on.
attendance-person-title = Check in { $name }
attendance-person-lead = Their lessons today in the classes you look after.
attendance-person-none = No lesson of theirs today
attendance-person-none-text = They may be in none of your classes, or not on the roster. They can scan the wall and ask to be added.

attendance-devices-title = Scanners
attendance-devices-lead = Gates and tablets check people in with a token. It is shown once; when it is lost, revoke the scanner and register it again.
attendance-devices-none = No scanners yet
attendance-devices-none-text = Register the first one below and enter its token in the device.
attendance-device-new = Register a scanner
attendance-device-name = Name
attendance-device-name-hint = For example: tablet at the east door
attendance-device-name-missing = Give the scanner a name
attendance-device-school = School
attendance-device-school-missing = Choose a school
attendance-device-register = Register
attendance-device-registered = Registered
attendance-device-seen = Last used
attendance-device-never = Never
attendance-device-state = State
attendance-device-token-title = Registered. Write down the token now.
attendance-device-token-text = It is shown this once and can't be seen again after you leave this page.
attendance-device-revoke = Revoke
attendance-device-revoke-sure = Revoke “{ $name }”?
attendance-device-revoke-text = It can check nobody in from this moment, and this can't be taken back.
attendance-device-revoked-at = Revoked { $at }
attendance-device-revoked = “{ $name }” is revoked
attendance-notice-reminder = Reminder: “{ $topic }” of “{ $class }”, { $when }, at { $venue }
attendance-notice-reminder-no-venue = Reminder: “{ $topic }” of “{ $class }”, { $when }; the place will follow
