"""One day of the loop: data in, insight, review, decisions, touches out."""

from asterism.loop.bank import Bank
from asterism.loop.day import DayReport, run_day
from asterism.loop.feeds import Feed, add_feed, feeds
from asterism.loop.sending import send_what_is_due, sending

__all__ = [
    "Bank",
    "DayReport",
    "Feed",
    "add_feed",
    "feeds",
    "run_day",
    "send_what_is_due",
    "sending",
]
