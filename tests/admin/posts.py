"""What a browser would send: the fields of a form as the page shows them."""

from html.parser import HTMLParser


class _Fields(HTMLParser):
    def __init__(self):
        super().__init__()
        self.fields, self._select, self._area = {}, None, None

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        name = found.get("name")
        box = found.get("type") in ("checkbox", "radio")
        if tag == "input" and name and found.get("type") not in ("submit", "button", "file") and (not box or "checked" in found):
            self.fields.setdefault(name, found.get("value", "on" if box else ""))
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in found:
            self.fields[self._select] = found.get("value", "")
        elif tag == "textarea":
            self._area = name
            self.fields[name] = ""

    def handle_data(self, data):
        if self._area:
            self.fields[self._area] += data

    def handle_endtag(self, tag):
        if tag == "select":
            self._select = None
        elif tag == "textarea":
            self._area = None


def fields_of(response, **changes):
    """The form's fields with `changes`; None takes a field away (an unticked box)."""
    parser = _Fields()
    parser.feed(response.content.decode())
    fields = {**parser.fields, **changes}
    fields.pop("csrfmiddlewaretoken", None)
    fields.pop("action", None)
    fields.pop("select_across", None)
    return {name: value for name, value in fields.items() if value is not None}
