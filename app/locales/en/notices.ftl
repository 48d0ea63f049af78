notices-title = Messages
notices-unread = { $n } unread
notices-read-all = Mark all as read
notices-read = Mark as read
notices-new = Unread
notices-open = Open
notices-none = No messages yet
notices-none-text = You will be told here about your enrolments, places from the waitlist and changes of lessons.
