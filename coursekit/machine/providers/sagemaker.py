"""Amazon SageMaker: Studio, and notebook instances."""

import json
from datetime import date
from typing import Any

from coursekit.machine.providers.provider import Provider
from coursekit.machine.providers.signs import Signs

METADATA = "opt/ml/metadata/resource-metadata.json"


def metadata(signs: Signs) -> dict[str, Any]:
    """What SageMaker says of the machine; empty elsewhere."""
    try:
        found = json.loads(signs.text(METADATA) or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def is_notebook_instance(signs: Signs) -> bool:
    """Whether it is a notebook instance."""
    return ":notebook-instance/" in str(metadata(signs).get("ResourceArn"))


def is_studio(signs: Signs) -> bool:
    """Whether it is an application of Studio."""
    return not is_notebook_instance(signs) and bool(
        metadata(signs).get("DomainId") or metadata(signs).get("AppType")
    )


STUDIO = Provider(
    name="SageMaker Studio",
    recognise=is_studio,
    stop="In SageMaker Studio, stop the application: that ends its instance, too. In Studio "
    "Classic, choose Running Terminals and Kernels > Shut Down.",
    delete="In SageMaker Studio, delete the space: that deletes its disk with your files.",
    still_costs=(
        "The space's disk (an Amazon EBS volume), until the space is deleted.",
        "SageMaker endpoints, EMR clusters and S3 buckets that were made from Studio.",
    ),
    limits=(
        "Idle shutdown acts only where it was set up, and never while a kernel or a terminal "
        "is open.",
    ),
    source="https://docs.aws.amazon.com/sagemaker/latest/dg/studio-updated-running-stop.html",
    read=date(2026, 11, 26),
    more=(
        "https://docs.aws.amazon.com/sagemaker/latest/dg/studio-updated-idle-shutdown.html",
        "https://github.com/awsdocs/amazon-sagemaker-developer-guide/blob/4e43e48e6e024441770057601c3d37ed2093477b/doc_source/notebooks-run-and-manage-shut-down.md",
    ),
)

NOTEBOOK_INSTANCE = Provider(
    name="SageMaker notebook instance",
    recognise=is_notebook_instance,
    stop="In the SageMaker console, stop the notebook instance; or run: "
    "aws sagemaker stop-notebook-instance --notebook-instance-name NAME",
    delete="In the SageMaker console, stop the notebook instance, then delete it.",
    still_costs=(
        "The notebook instance's disk (its ML storage volume), until it is deleted.",
        "Endpoints, and S3 buckets with data and models.",
    ),
    source="https://docs.aws.amazon.com/sagemaker/latest/dg/API_StopNotebookInstance.html",
    read=date(2026, 11, 26),
    more=(
        "https://github.com/awsdocs/amazon-sagemaker-developer-guide/blob/2c45e4e2e751350a1d2f165392acced9ceac1844/doc_source/ex1-cleanup.md",
        "https://github.com/awsdocs/amazon-sagemaker-developer-guide/blob/19f00ed6774be091059b86c9c32806cb5ca7ee75/doc_source/nbi-metadata.md",
    ),
    command="aws sagemaker stop-notebook-instance --notebook-instance-name "
    f'"$(jq --raw-output .ResourceName /{METADATA})"',
)
