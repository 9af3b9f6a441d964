"""Every language has every text of the mails."""

import gettext
import re
from pathlib import Path

import pytest
from django.conf import settings

APP = Path(__file__).parent.parent
PATTERNS = [
    r"""\b_\(\s*"([^"]+)"\s*\)""",
    r"""{% translate "([^"]+)" %}""",
    r"""{% blocktranslate %}(.+?){% endblocktranslate %}""",
]
OTHERS = [code for code, _ in settings.LANGUAGES if code != "en"]


def find_texts():
    files = [*APP.glob("*.py"), *APP.glob("pages/*.py"), *APP.glob("templates/**/*")]
    texts = "".join(file.read_text("utf-8") for file in files if file.is_file())
    # Long texts are written in parts.
    texts = re.sub(r"\"\n\s+\"", "", texts)
    found = {text for pattern in PATTERNS for text in re.findall(pattern, texts)}
    return {re.sub(r"{{ (\w+) }}", r"%(\1)s", text) for text in found}


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_is_translated(language):
    path = APP / f"locale/{language}/LC_MESSAGES/django.mo"
    with path.open("rb") as file:
        translated = gettext.GNUTranslations(file)

    texts = find_texts()

    assert len(texts) > 20
    missing = {text for text in texts if translated.gettext(text) == text}
    assert not missing


@pytest.mark.parametrize("language", OTHERS)
def test_the_compiled_texts_are_those_of_the_source(language):
    folder = APP / f"locale/{language}/LC_MESSAGES"
    source = dict(
        re.findall(
            r'^msgid "(.+)"\nmsgstr "(.+)"$',
            (folder / "django.po").read_text("utf-8"),
            re.MULTILINE,
        )
    )
    with (folder / "django.mo").open("rb") as file:
        translated = gettext.GNUTranslations(file)

    assert source.keys() == find_texts()
    assert {text: translated.gettext(text) for text in source} == source
