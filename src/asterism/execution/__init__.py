"""Doing it: touches, the outbox, channels and people's work lists."""

from asterism.execution.dispatch import Desk, dispatch
from asterism.execution.history import assignments, contacts, delivered
from asterism.execution.plan import plan_touches, touch_id
from asterism.execution.queue import queue_touches, recall_touches
from asterism.execution.receipts import record_receipts
from asterism.execution.refusals import Refusal, record_refusals
from asterism.execution.slots import AppOffer, app_slot, record_click, record_impression
from asterism.execution.worklist import WorkItem, WorkResult, notes_of, record_result, work_items

__all__ = [
    "AppOffer",
    "Desk",
    "Refusal",
    "WorkItem",
    "WorkResult",
    "app_slot",
    "assignments",
    "contacts",
    "delivered",
    "dispatch",
    "notes_of",
    "plan_touches",
    "queue_touches",
    "recall_touches",
    "record_click",
    "record_impression",
    "record_receipts",
    "record_refusals",
    "record_result",
    "touch_id",
    "work_items",
]
