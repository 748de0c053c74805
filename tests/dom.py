"""HTML as a small tree that can be searched and compared, for the tests of pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"br", "hr", "img", "input", "link", "meta"})


@dataclass
class Node:
    """One element; text is kept in `children` with white space squeezed."""

    tag: str
    attrs: dict[str, str]
    children: list[Node | str] = field(default_factory=list)

    def walk(self) -> Iterator[Node]:
        yield self
        for child in self.children:
            if isinstance(child, Node):
                yield from child.walk()

    def all(self, tag: str, **attrs: str) -> list[Node]:
        """Every element of that tag carrying these attributes (`data_hx_post` is `data-hx-post`)."""
        wanted = {name.replace("_", "-"): value for name, value in attrs.items()}
        return [n for n in self.walk() if n.tag == tag and wanted.items() <= n.attrs.items()]

    def by_id(self, ident: str) -> Node:
        return next(n for n in self.walk() if n.attrs.get("id") == ident)

    def text(self) -> str:
        parts = [c if isinstance(c, str) else c.text() for c in self.children]
        return " ".join(" ".join(parts).split())

    def replaced(self, ident: str, other: Node) -> Node:
        """The same tree with `other` where the element `ident` was: what an htmx outerHTML swap does."""
        return self._map(lambda n: other if n.attrs.get("id") == ident else None)

    def _map(self, change: Callable[[Node], Node | None]) -> Node:
        changed = change(self)
        if changed is not None:
            return changed
        children = [c if isinstance(c, str) else c._map(change) for c in self.children]
        return Node(self.tag, self.attrs, children)


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Node("#document", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(node)
        if tag not in VOID:
            self.open.append(node)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        squeezed = " ".join(data.split())
        if squeezed:
            self.open[-1].children.append(squeezed)


def parse(html: str) -> Node:
    """The tree of a page or a fragment; a badly nested tag is an AssertionError."""
    builder = _Builder()
    builder.feed(html)
    builder.close()
    assert builder.open == [builder.root], "an element is left open"
    return builder.root
