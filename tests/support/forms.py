"""A page's form as a browser would send it."""

import re

from httpx2 import Response


def fields(page: Response) -> dict[str, str]:
    """What a browser would send of the settings' form if somebody pressed the button at once."""
    return fields_of(page.text)


def fields_of(text: str) -> dict[str, str]:
    """The same, of the page's source."""
    form = text.partition('<form class="entries"')[2].partition("</form>")[0]
    sent: dict[str, str] = {}
    for tag in re.findall(r"<input [^>]*>", form):
        told = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if told.get("type") not in {"radio", "checkbox"} or " checked" in tag:
            sent[told["name"]] = told.get("value", "")
    for name, options in re.findall(r'<select [^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        sent[name] = chosen[1] if chosen else ""
    return sent | dict(re.findall(r'<textarea [^>]*name="([^"]+)"[^>]*>\n?(.*?)</textarea>', form, re.DOTALL))
