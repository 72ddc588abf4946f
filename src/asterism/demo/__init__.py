"""A simulated bank run through the loop: what `asterism demo` shows."""

from asterism.demo.bank import DemoReport, live_until, run_demo
from asterism.demo.people import LOGIN_FILE, demo_logins

__all__ = ["LOGIN_FILE", "DemoReport", "demo_logins", "live_until", "run_demo"]
