"""The watchdog: a process that shuts a forgotten machine down, only when it was told to.

`arm` starts it, `off` ends it, `state` says how it stands; a panel and a terminal read the same.
"""

from coursekit.machine.watchdog.arming import arm as arm
from coursekit.machine.watchdog.arming import off as off
from coursekit.machine.watchdog.standing import State as State
from coursekit.machine.watchdog.standing import state as state
from coursekit.machine.watchdog.words import sentence as sentence
