"""What the machine has, what holds its memory, and in words what that means. No torch.

`machine.status()` is the machine now; `machine.sampler.sampler` reads it once a second.
"""

from coursekit.machine.reader import status as status
