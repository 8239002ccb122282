from __future__ import annotations

import json

from coursekit.app.doctor.examination import Examined
from coursekit.app.doctor.finding import broken, fine, worth_knowing
from coursekit.app.doctor.masking import Mask
from coursekit.app.doctor.report import WIDTH, as_json, farewell, heading, paragraph, summary

COMMAND = "python -m pip install " + "'ipywidgets>=8' " * 12
FOUND = [
    Examined("python", 0.2, (fine("Python 3.13."), worth_knowing("Long " * 40, "Rest."))),
    Examined("widgets", 1.5, (broken("No widgets.", COMMAND),)),
]


def test_each_finding_has_its_state_in_words_and_its_remedy_below() -> None:
    said = paragraph(FOUND[0])
    assert said.splitlines()[1] == "python (0.2 s)"
    assert "  fine           Python 3.13." in said.splitlines()
    assert "  worth knowing  Long Long" in said
    assert said.splitlines()[-1].strip() == "What to do: Rest."
    assert max(map(len, said.splitlines())) <= WIDTH


def test_a_command_is_not_wrapped_so_that_it_can_be_copied() -> None:
    assert paragraph(FOUND[1]).splitlines()[-1].endswith(f"What to do: {COMMAND}")


def test_the_end_counts_and_says_that_nothing_was_sent() -> None:
    assert summary(FOUND) == "1 broken, 1 worth knowing and 1 fine."
    assert "look it over first" in farewell(False)
    assert "Nothing was sent anywhere" in farewell(False)
    assert "the report was sent nowhere" in farewell(True)


def test_json_has_the_keys_that_the_documentation_names() -> None:
    said = json.loads(as_json(FOUND, Mask(), asked=False))
    assert sorted(said) == [
        *("checks", "coursekit", "format", "note", "python", "state", "system", "versions"),
    ]
    assert (said["format"], said["state"]) == (1, "broken")
    assert [it["state"] for it in said["checks"]] == ["worth knowing", "broken"]
    assert said["checks"][1] == {
        "check": "widgets",
        "state": "broken",
        "seconds": 1.5,
        "findings": [{"state": "broken", "says": "No widgets.", "remedy": COMMAND}],
    }
    assert said["versions"]["ipywidgets"].startswith("8.")


def test_a_check_without_findings_is_fine() -> None:
    assert Examined("reach", 0.1, ()).state == "fine"


def test_the_heading_names_versions_and_masks_the_system() -> None:
    import platform

    said = heading(Mask(hosts=frozenset({platform.platform()})))
    assert f"Python {platform.python_version()}, <host>" in said
    assert "ipywidgets 8" in said
