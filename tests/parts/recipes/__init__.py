"""The real parts there are: where each comes from, what building it needs, and how it is built."""

from tests.parts.recipes import debian, go, image, python, rust

PARTS = (*debian.PARTS, *python.PARTS, *go.PARTS, *image.PARTS, *rust.PARTS)
