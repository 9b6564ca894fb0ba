import re

import pytest

from pellucid import errors
from pellucid.edge import status_of
from pellucid.errors import PellucidError

TREE = {
    kind.__name__: kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, PellucidError)
}


def test_the_tree_is_drawn_as_it_is() -> None:
    drawn: list[tuple[int, str]] = [
        (len(line) - len(line.lstrip(" │├└─")), name[0])
        for line in (errors.__doc__ or "").splitlines()
        if (name := re.search(r"\b[A-Z][A-Za-z]+(?=\s{2,}|$)", line)) and name[0] in TREE
    ]
    above: dict[int, str] = {}
    parents = {}
    for depth, name in drawn:
        above[depth] = name
        parents[name] = above.get(depth - 4, "Exception")

    assert parents == {name: kind.__base__.__name__ for name, kind in TREE.items()}


@pytest.mark.parametrize("name", TREE)
def test_the_drawing_says_what_each_answers_with(name: str) -> None:
    (line,) = [line for line in (errors.__doc__ or "").splitlines() if re.search(rf"\b{name}\b", line)]
    told = re.search(r"\(?(?:HTTP )?(\d{3})\)", line)

    if told:
        assert status_of(TREE[name]("x")) == int(told[1])
