"""Colours that a foundation may have."""

READABLE = 4.5


def contrast_with_white(colour: str) -> float:
    """The contrast ratio of `#rrggbb` and white, 1 to 21 (WCAG 2.2, relative luminance); text needs 4.5."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels)  # noqa: PLR2004 - sRGB
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)
