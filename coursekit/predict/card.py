"""A model's card: what it is and how far to trust it, for people."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping
from typing import Any

from coursekit.core.wording import listing, percent, plural

_SHARES = ("accuracy", "error_rate")


def card(manifest: Mapping[str, Any]) -> str:
    """The manifest in Markdown; what stands in it is shown as text, whatever it is."""
    facts = {
        "Trained on": _data(manifest["data"]),
        "When": _plain(manifest["created"]),
        "Recipe": _recipe(manifest["recipe"]),
        "Pictures": _preprocessing(manifest["preprocessing"]),
        "Unsure": _unsure(manifest),
        "Heatmaps": _heatmaps(manifest["heatmap"]),
        "Made with": _pairs(manifest["versions"]),
    }
    labels = manifest["labels"]
    lines = [
        f"## {_plain(manifest['name'])}",
        "",
        f"Tells apart {plural(len(labels), 'label')}: {_plain(listing(labels, most=12))}.",
        "",
        *(f"- **{title}**: {text}" for title, text in facts.items() if text),
        "",
        *_scores(manifest["scores"]),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _scores(scores: list[dict[str, Any]]) -> Iterator[str]:
    if not scores:
        yield "No score is known: this model was not tried on data with known labels."
        return
    yield "| score | value | on | also used for choosing |"
    yield "| --- | --- | --- | --- |"
    for score in scores:
        metric, value = score["metric"], score["value"]
        shown = percent(value) if metric in _SHARES else f"{value:.4g}"
        data = f"{plural(score['n'], 'item')} of {_plain(score['data'])} data"
        choosing = "yes, so expect a little worse" if score["used_for_choosing"] else "no"
        yield f"| {_plain(metric)} | {shown} | {data} | {choosing} |"


def _data(data: Mapping[str, Any]) -> str:
    parts = [_plain(data["source"])] if data.get("source") else []
    counts = {"train": "for training", "valid": "for validation"}
    parts += [
        f"{plural(data[key], 'item')} {purpose}"
        for key, purpose in counts.items()
        if isinstance(data.get(key), int)
    ]
    if data.get("digest"):
        parts.append(f"digest {_plain(data['digest'])}")
    return ", ".join(parts)


def _recipe(recipe: Mapping[str, Any]) -> str:
    """Architecture, phases of training and whatever else is a plain value; the rest is data."""
    model, phases = recipe.get("model"), recipe.get("phases")
    parts = [_plain(model.get("architecture", ""))] if isinstance(model, dict) else []
    if isinstance(phases, list):
        rows = recipe.get("history")
        ran = rows if isinstance(rows, list) else []
        parts += [
            _phase(phase, ran[k : k + 1]) if isinstance(phase, dict) else _plain(phase)
            for k, phase in enumerate(phases)
        ]
        parts += _ended(recipe.get("ended"), phases)
    plain = {k: v for k, v in recipe.items() if k != "format" and not isinstance(v, dict | list)}
    return ", ".join(part for part in [*parts, _pairs(plain)] if part)


def _ended(ended: Any, phases: list[Any]) -> Iterator[str]:
    """Where the training ended, and what came before it, as far as that is not what was planned."""
    if not isinstance(ended, dict):
        return
    epochs = [phase.get("epochs") for phase in phases if isinstance(phase, dict)]
    planned = sum(n for n in epochs if isinstance(n, int))
    if ended.get("epochs") != planned:
        yield f"ended after {_plain(ended.get('epochs'))} of these {planned}"
    if ended.get("kept") not in (None, 0, ended.get("epochs")):
        yield f"with the weights of number {_plain(ended['kept'])}, the best"
    if earlier := ended.get("earlier_fits"):
        yield f"after {plural(earlier, 'fit')} before" if isinstance(earlier, int) else ""


def _phase(phase: Mapping[str, Any], ran: list[Any]) -> str:
    schedule, rates = phase.get("schedule"), phase.get("rates")
    cached = any(isinstance(row, dict) and row.get("cached") is True for row in ran)
    unit = "passes over remembered features for" if cached else "epochs of"
    words = f"{_plain(phase.get('epochs', '?'))} {unit} {_plain(phase.get('name', 'the model'))}"
    if isinstance(schedule, dict):
        words += f" ({_plain(schedule.get('name', ''))})"
    return (
        f"{words} at rates up to {_plain(rates[-1])}"
        if isinstance(rates, list) and rates
        else words
    )


def _preprocessing(values: Mapping[str, Any]) -> str:
    size = values["size"]
    shape = size if isinstance(size, list | tuple) else (size, size)
    return f"{values['method']} to {shape[0]} x {shape[1]} pixels (height x width)"


def _unsure(manifest: Mapping[str, Any]) -> str:
    how = _plain(manifest["unsure"].get("how", ""))
    below = f"said below {percent(manifest['threshold'])}"
    softened = f"probabilities softened by a temperature of {manifest['temperature']:.3g}"
    return f"{below}; {softened}. {how}".strip()


def _heatmaps(available: bool | str) -> str:
    if available is True:
        return "class activation maps"
    return f"none. {_plain(available)}" if available else "none"


def _pairs(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{_plain(key)} {_plain(value)}" for key, value in values.items())


def _plain(value: object) -> str:
    """Text that Markdown shows as it is: no HTML, no table cell or line of its own."""
    text = html.escape(" ".join(str(value).split()), quote=False)
    return "".join(f"\\{sign}" if sign in "\\`*_[]|#" else sign for sign in text)
