# Words that every page shares: buttons, hints, header and footer

ui-brand = Heluo
ui-service = Schools for entrepreneurs
ui-service-full = Heluo · Luoyang schools for entrepreneurs, and benchmarking
ui-footer = Every page works without scripts. Every figure is counted from the data.
ui-skip = Skip to the main content
ui-places = Main places
ui-crumbs = You are here
ui-views = Views
ui-pages = Pages
ui-demo = Demonstration
ui-demo-text = People and firms are made up, and the passwords are public.
ui-noscript = This page does not refresh by itself. Open it again to see the latest.

ui-problem = There is a problem
ui-error = Error:{" "}
ui-optional = {" "}(optional)
ui-next = Next
ui-previous = Previous
ui-search = Search
ui-back = Back
ui-print-how = Print this page from your browser (Ctrl+P) on A4.

ui-me = My page
ui-inbox = Messages
ui-inbox-unread = Messages ({ $n } unread)
ui-unread = { $n } unread messages
ui-profile = My details
ui-security = Password and devices
ui-sign-in = Sign in
ui-sign-out = Sign out
ui-theme = Appearance
ui-theme-light = Light
ui-theme-dark = Dark
ui-theme-system = Same as the system

ui-today = today
ui-tomorrow = tomorrow
ui-yesterday = yesterday
ui-in-days = { $n ->
    [one] in one day
   *[other] in { $n } days
}
ui-days-ago = { $n ->
    [one] one day ago
   *[other] { $n } days ago
}
ui-at-most = At most { $n } characters.
