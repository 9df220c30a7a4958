"""The real parts there are: where each comes from, what building it needs, and how it is built."""

from tests.parts.recipes import debian, go, image, node, python, rust

PARTS = (*debian.PARTS, *python.PARTS, *go.PARTS, *image.PARTS, *node.PARTS, *rust.PARTS)
