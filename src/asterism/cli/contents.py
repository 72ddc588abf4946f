"""The table of contents: every command with its line of help, and the module that brings it.

`asterism --help` is printed from here without importing what the commands need.
"""

from collections.abc import Mapping

from asterism.kernel.words import N_

#: Commands by the module of this package that brings them: only what is asked for is imported.
CONTENTS: Mapping[str, Mapping[str, str]] = {
    "data": {
        "init": N_("Prepare a home: settings, ledger, warehouse."),
        "import": N_("Load a bank's files through a mapping."),
        "day": N_("Run one day of the loop; a day that was cut short goes on."),
    },
    "quarantine": {
        "quarantine": N_("Rows set aside on import: see them, correct them, load them."),
    },
    "audiences": {
        "audience": N_("Which customers: count an audience."),
        "tags": N_("What is known of customers: the tag catalogue."),
    },
    "customers": {"customer": N_("Show what is known of one customer.")},
    "consent": {
        "consent": N_("What customers agree to."),
        "blacklist": N_("Customers who are left alone."),
    },
    "policy": {"policy": N_("How often and when customers are contacted.")},
    "planning": {
        "plan": N_("Solve a day's allocation without sending anything."),
        "limits": N_("What all strategies share in a day."),
    },
    "rehearsal": {"rehearse": N_("What a strategy would have done; nothing is sent.")},
    "why": {"why": N_("Why, and why not: one customer and every strategy.")},
    "strategies": {"strategy": N_("Strategies: what to say to whom.")},
    "experiments": {
        "review": N_("What strategies earned, with intervals."),
        "experiment": N_("Experiments: how large they must be."),
    },
    "people": {
        "user": N_("People who may log in."),
        "key": N_("Keys of the bank's other systems."),
    },
    "serving": {
        "demo": N_("Build a simulated bank, run the loop, open the console."),
        "serve": N_("Serve the console and the API."),
        "up": N_("Run everything in one process: console, API, sending."),
        "doctor": N_("Check this installation; says what to do next."),
    },
}
