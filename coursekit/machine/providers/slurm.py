"""A job of Slurm, on a cluster."""

from datetime import date

from coursekit.machine.providers.provider import Provider
from coursekit.machine.providers.signs import Signs


def recognise(signs: Signs) -> bool:
    """Whether this runs in a job."""
    return bool(signs.env("SLURM_JOB_ID"))


SLURM = Provider(
    name="Slurm",
    recognise=recognise,
    stop="Run: scancel $SLURM_JOB_ID",
    delete="Run: scancel $SLURM_JOB_ID. Your files stay where they are.",
    still_costs=("Other jobs of yours, and what your cluster asks for files.",),
    limits=("The job ends at its time limit: first SIGTERM, then SIGKILL.",),
    source="https://slurm.schedmd.com/scancel.html",
    read=date(2026, 11, 26),
    more=("https://slurm.schedmd.com/sbatch.html",),
    command="scancel $SLURM_JOB_ID",
)
