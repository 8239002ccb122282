from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from coursekit.app.doctor.masking import EVERYBODYS, Mask, mask_of_here

LETTERS = st.characters(categories=["L", "N"], include_characters="_-.")
NAMES = st.text(LETTERS, min_size=3, max_size=16).filter(lambda it: it.strip("._-") == it)
SECRETS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=8, max_size=30)
PLAIN = st.text(st.characters(codec="ascii", categories=["L", "P", "Zs"]), max_size=40)
SAID = (
    "{home}/photos/cat.jpg can't be read",
    'File "{home}/x.py", line 3, in <module>',
    "file://{home}",
    "/srv/{name}/runs and /home/{name}/x",
    "C:\\Users\\{name}\\x.py",
    r"FileNotFoundError('C:\\Users\\{name}\\x.py')",
    "/Users/{name}",
    "{name}@{host}:~$",
    "password authentication failed for user {name}",
    "{home}",
    "connection to {host}.local refused",
    "{name}",
)


def somebody(name: str, host: str) -> Mask:
    return Mask(frozenset({f"/home/{name}"}), frozenset({name}), frozenset({host}))


def words(text: str) -> list[str]:
    """What is left, without the words that stand for what was taken out."""
    for instead in ("<user>", "<host>", "<secret>"):
        text = text.replace(instead, " ")
    return text.casefold().replace("/", " ").replace("\\", " ").split()


@given(NAMES, NAMES, st.sampled_from(SAID), PLAIN)
def test_neither_name_nor_host_is_left_in_any_place(
    name: str, host: str, said: str, around: str
) -> None:
    assume({name.lower(), host.lower()}.isdisjoint(EVERYBODYS))
    assume(name.casefold() not in (around + said).casefold())
    assume(host.casefold() not in (around + said).casefold())
    text = f"{around} {said.format(name=name, host=host, home=f'/home/{name}')} {around}"
    masked = somebody(name, host)(text)
    assert not {name.casefold(), host.casefold()} & set(words(masked))
    assert f"/{name}" not in masked


@given(NAMES, NAMES, st.sampled_from(SAID), PLAIN)
def test_masking_twice_is_masking_once(name: str, host: str, said: str, around: str) -> None:
    mask = somebody(name, host)
    once = mask(f"{around} {said.format(name=name, host=host, home=f'/home/{name}')}")
    assert mask(once) == once


@given(
    SECRETS,
    st.sampled_from(
        ["postgresql://kim:{}@db/course", "the token {} is wrong", "https://x.org/?token={}&a=b"]
    ),
)
def test_no_secret_of_the_environment_is_left(secret: str, said: str) -> None:
    text = said.format(secret)
    assume(secret not in said + "<secret>")
    mask = mask_of_here({"HOME": "/home/kim", "HF_TOKEN": secret})
    assert secret not in mask(text)
    assert secret not in json.dumps(mask(text), ensure_ascii=False)


@pytest.mark.parametrize("name", ["KAGGLE_KEY", "OPENAI_KEY", "DB_PASS", "MYSQL_PWD", "MY_AUTH"])
def test_variables_that_are_called_like_secrets_are_hidden(name: str) -> None:
    assert mask_of_here({name: "0123456789"})("it is 0123456789.") == "it is <secret>."


def test_the_folder_that_somebody_works_in_is_no_secret() -> None:
    assert mask_of_here({"PWD": "/srv/course"})("in /srv/course") == "in /srv/course"


@given(SECRETS)
def test_a_password_in_an_address_needs_no_variable_to_be_hidden(password: str) -> None:
    assume(not set(password) & set("/?#[]@<>'\" "))
    said = Mask()(f"can't open postgresql+psycopg://kim:{password}@db.school.org:5432/course")
    assert said == "can't open postgresql+psycopg://<secret>@db.school.org:5432/course"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("/home/kim/x", "~/x"),
        ("/home/kim", "~"),
        ("It is in /home/kim.", "It is in ~."),
        ("/home/kim-old/x", "/home/<user>/x"),
        ("/home/kimono/x", "/home/<user>/x"),
        ("/mnt/home/kim/x", "/mnt/home/<user>/x"),
        ("/home/kim_backup", "/home/<user>"),
        ("kimono", "kimono"),
        ("Kim's", "<user>'s"),
        ("kim2", "<user>2"),
        ("kims-laptop.local", "<host>.local"),
        ("the database anna:pas@db/course", "the database <secret>@db/course"),
        ("postgresql://anna:p@s/w@db/course", "postgresql://<secret>@db/course"),
        ("JUPYTER_TOKEN=0123456789", "JUPYTER_TOKEN=<secret>"),
        ('{"password": "abc"}', '{"password": "<secret>"}'),
        ("Authorization: token 0123456789abcdef", "Authorization: token <secret>"),
        ("hf_abcdefghijklmnopqrstuvwxyz is no good", "<secret> is no good"),
        ("WANDB_KEY=0123456789", "WANDB_KEY=<secret>"),
        ("the token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJraW0ifQ.c2ln", "the token <secret>"),
        ("ya29.a0AfH6SMBx1234567890", "<secret>"),
        (r"C:\Users\Bob Smith\x.py", r"C:\Users\<user>\x.py"),
        (r"C:\Users\bob and D:\x", r"C:\Users\<user> and D:\x"),
        ("The keyboard: QWERTY; monkey: 3", None),
        ("The server refused the name or the password.", None),
        ("https://pytorch.org/get-started", None),
        ('python -m pip install "ipywidgets>=8.1.5"', None),
        ("~/x and <user>", None),
    ],
)
def test_what_is_masked_and_what_stays(text: str, masked: str | None) -> None:
    mask = Mask(frozenset({"/home/kim"}), frozenset({"kim"}), frozenset({"kims-laptop"}))
    assert mask(text) == (text if masked is None else masked)


@pytest.mark.parametrize("name", ["root", "jovyan", "a", "ab"])
def test_a_name_that_tells_nothing_or_is_in_every_word_goes_from_paths_alone(name: str) -> None:
    mask = Mask(frozenset(), frozenset({name}))
    said = f"a root certificate of jovyan is ab, in /srv/{name}/x"
    assert mask(said) == "a root certificate of jovyan is ab, in /srv/<user>/x"


def test_windows_paths_are_masked_as_programs_write_them() -> None:
    mask = Mask(frozenset({"C:\\Users\\Kim Lee"}), frozenset({"Kim Lee"}))
    assert mask("C:\\Users\\Kim Lee\\x.py") == "~\\x.py"
    assert mask("c:/users/kim lee/x.py") == "~/x.py"
    assert mask(repr("C:\\Users\\Kim Lee\\x.py")) == r"'~\\x.py'"


def test_accents_are_known_in_both_forms_and_in_addresses() -> None:
    mask = Mask(frozenset({"/home/jürgen"}), frozenset({"jürgen"}))
    for written in ("jürgen", "ju\u0308rgen", "j%C3%BCrgen"):
        assert mask(f"/home/{written}/x") == "~/x"
        assert mask(f"of {written}") == "of <user>"


def test_this_machines_names_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/data/kim")
    monkeypatch.setattr("socket.gethostname", lambda: "kims-pc.school.org")
    mask = mask_of_here({"USER": "kim", "JUPYTERHUB_USER": "kimlee", "DB": "x://lee:pass%20word@b"})
    said = f"{Path.home()}/x kim kimlee lee kims-pc kims-pc.school.org pass word pass%20word"
    assert mask(said) == "~/x <user> <user> <user> <host> <host> <secret> <secret>"


@pytest.mark.parametrize(("home", "users"), [("/export/home/kim", {"kim"}), ("/data", set())])
def test_a_home_names_its_owner_only_where_homes_are_called_so(
    monkeypatch: pytest.MonkeyPatch, home: str, users: set[str]
) -> None:
    before = mask_of_here({}).users
    monkeypatch.setenv("HOME", home)
    assert mask_of_here({}).users - before == users
    assert mask_of_here({})(f"{home}/x") == "~/x"


def test_an_account_without_name_and_home_has_a_mask(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a container that runs with a number for a user."""
    for name in ("HOME", "USER", "LOGNAME", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("os.getuid", lambda: 1234567)
    assert mask_of_here({})("/srv/x of root") == "/srv/x of root"


def test_a_home_that_is_the_root_does_not_become_every_slash(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HOME", "/")
    assert mask_of_here({})("/srv/x") == "/srv/x"
