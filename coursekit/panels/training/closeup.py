"""One step looked at closely, as HTML."""

from __future__ import annotations

import io
from base64 import b64encode
from html import escape
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from coursekit.core.wording import percent, plural
from coursekit.panels.ask import ask

if TYPE_CHECKING:
    from coursekit.learn.closeup import Closeup, Item

SIDE = 96


def closeup_html(it: Closeup | None) -> str:
    """The step's photos with what the model said, its loss and gradient, weights in numbers."""
    if it is None:
        return ""
    items = "".join(map(figure, it.items))
    kind = "photo" if any(item.picture is not None for item in it.items) else "item"
    shown = f", {len(it.items)} of them here" if it.size > len(it.items) else ""
    return (
        f"<section class='ck-closeup' aria-label='Step {it.step} close up'>"
        f"<h3>Step {it.step:,} close up</h3>"
        f"<p>The model looked at {plural(it.size, kind)}{shown}. Before the step their mean "
        f"loss was {it.loss:.3f}. The gradient has a length of {it.gradient:.3g}; with a learning "
        f"rate of {it.lr:.3g} all weights together moved by {it.moved:.3g}.</p>"
        f"<div class='ck-samples'>{items}</div>{weights(it)}"
        f"<div class='ck-terms'>{ask('batch')}{ask('loss')}{ask('gradient')}{ask('learning rate')}"
        f"{ask('weights')}</div></section>"
    )


def figure(item: Item) -> str:
    """A photo, its label, what the model said, in words whether that is right."""
    right = item.predicted == item.label
    said = "right" if right else f"said {item.predicted}"
    sure = "" if item.probability is None else f" ({percent(item.probability, 0)})"
    loss = "" if item.loss is None else f"<br>loss {item.loss:.2f}"
    words = f"{item.label}: {said}{sure}"
    title = escape(words, quote=True)
    shown = item.picture
    picture = "" if shown is None else f"<img src='{source(shown)}' alt='{title}'>"
    return (
        f"<figure title='{title}'>{picture}<figcaption><strong>{breakable(item.label)}</strong>"
        f"<br>{breakable(said + sure)}{loss}</figcaption></figure>"
    )


def breakable(words: str) -> str:
    """A name as HTML that may go on in the next line after each `_`."""
    return escape(words).replace("_", "_<wbr>")


def source(picture: NDArray[np.uint8]) -> str:
    """A picture as a data address."""
    image = Image.fromarray(picture)
    if min(image.size) < SIDE:
        image = image.resize((SIDE, SIDE), Image.Resampling.NEAREST)
    image.thumbnail((2 * SIDE, 2 * SIDE))
    jpeg = io.BytesIO()
    image.save(jpeg, "JPEG", quality=80)
    return f"data:image/jpeg;base64,{b64encode(jpeg.getvalue()).decode()}"


def weights(it: Closeup) -> str:
    """The table of the weights that moved most."""
    rows = "".join(
        f"<tr><th scope='row'>{escape(w.name)}</th><td>{w.before:+.5f}</td><td>{w.after:+.5f}</td>"
        f"<td>{w.gradient:+.5f}</td></tr>"
        for w in it.weights
    )
    return (
        "<div class='ck-scroll' tabindex='0' role='group' aria-label='Weights'><table>"
        "<caption>Weights of the last layer that moved most</caption>"
        "<thead><tr><th scope='col'>weight</th><th scope='col'>before</th><th scope='col'>after"
        f"</th><th scope='col'>gradient</th></tr></thead><tbody>{rows}</tbody></table></div>"
    )
