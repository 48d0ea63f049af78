"""Reads calendars as a strict program does: whatever icalendar mends or wonders at is a fault."""

import sys
from datetime import datetime

import icalendar


def faults(raw: bytes):
    """What is wrong with a calendar by RFC 5545 and 7986."""
    lines = raw.split(b"\r\n")
    if lines.pop() != b"" or any(b"\n" in line or b"\r" in line for line in lines):
        yield "a line does not end with CR LF"
    if any(len(line) > 75 for line in lines):
        yield "a line is longer than 75 octets"
    calendars = icalendar.Calendar.from_ical(raw, multiple=True)
    if len(calendars) != 1:
        yield f"{len(calendars)} calendars in a file"
    calendar = calendars[0]
    for component in calendar.walk():
        for where, what in component.errors:
            yield f"{component.name}: {where}: {what}"
    if missing := calendar.get_missing_tzids():
        yield f"no VTIMEZONE for {missing}"
    if unfolded(calendar.to_ical(sorted=False)) != unfolded(raw):
        yield "read and written again it is another"
    uids = [event.uid for event in calendar.events]
    if len(set(uids)) != len(uids):
        yield "two events under one UID"
    for event in calendar.events:
        if not (isinstance(event.start, datetime) and event.start.tzinfo and event.start < event.end):
            yield f"{event.uid}: from {event.start} to {event.end}"
        if event.stamp is None or event.sequence is None:
            yield f"{event.uid}: no DTSTAMP or SEQUENCE"


def unfolded(raw: bytes) -> bytes:
    """Where a long line is broken is the writer's choice."""
    return raw.replace(b"\r\n ", b"")


def main(paths):
    failed = 0
    for path in paths:
        with open(path, "rb") as file:
            found = list(faults(file.read()))
        failed += bool(found)
        for fault in found:
            print(f"{path}: {fault}")
    print(f"calendars: {len(paths) - failed} passed, {failed} failed")
    return 1 if failed else 0


sys.exit(main(sys.argv[1:]))
