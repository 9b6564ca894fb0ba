"""The banner that asks, in Chromium: nothing before a choice, a no as easy as a yes, and both remembered."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page

from browser.pages import PageServer, a_site
from browser.visitor import Visitor

LANGUAGES = {"en": "No", "de": "Nein", "fr": "Non", "es": "No", "it": "No", "nl": "Nee", "pl": "Nie", "pt": "Não"}


def a_page(**data: str) -> str:
    """A page with the banner before the usual snippet."""
    settings = " ".join(f'data-{name}="{value}"' for name, value in data.items())
    return f"""<!doctype html><html lang="en"><title>Home</title><link rel="icon" href="data:,">
        <main><h1>Lanterns</h1><button data-pellucid-consent>Privacy</button></main>
        <script src="/consent.js" {settings}></script>
        <script>
          addEventListener("ConsentChanged", ({{ detail }}) => (window.told = detail));
          _paq.push(['setTrackerUrl', '/matomo.php'], ['setSiteId', 1], ['trackPageView']);
        </script><script src="/matomo.js"></script>"""


def banner(page: Page) -> Locator:
    """The banner."""
    return page.get_by_role("dialog")


def answer(page: Page, text: str) -> None:
    """Give an answer."""
    banner(page).get_by_role("button", name=text, exact=True).click()


def test_nothing_is_sent_or_kept_before_a_choice(page: Page, page_server: PageServer, visitor: Visitor) -> None:
    page_server.page = a_page()
    page.goto(page_server.url())

    assert banner(page).is_visible()
    assert page_server.hits_when_settled(page) == []
    assert visitor.names() == set()


def test_a_yes_is_remembered_and_told(page: Page, page_server: PageServer, visitor: Visitor) -> None:
    page_server.page = a_page()
    page.goto(page_server.url())
    answer(page, "Yes")

    assert page_server.wait_for_hits(1)[0].said["consent"] == "1"
    assert "mtm_consent" in visitor.names()
    assert page.evaluate("window.told") == {"kind": "tracking", "given": True}
    assert visitor.days_left("mtm_consent") == pytest.approx(182, abs=0.1)
    page.goto(page_server.url("/page/next"))
    page_server.wait_for_hits(2)
    assert banner(page).count() == 0


def test_a_no_leaves_one_cookie_and_sends_nothing(page: Page, page_server: PageServer, visitor: Visitor) -> None:
    page_server.page = a_page()
    page.goto(page_server.url())
    answer(page, "No")

    for place in ("", "/page/next"):
        if place:
            page.goto(page_server.url(place))
        assert page_server.hits_when_settled(page) == []
        assert visitor.names() == {"mtm_consent_removed"}
        assert banner(page).count() == 0


def test_an_answer_can_be_changed_on_any_page(page: Page, page_server: PageServer, visitor: Visitor) -> None:
    page_server.page = a_page()
    page.goto(page_server.url())
    answer(page, "Yes")
    page_server.wait_for_hits(1)

    page.goto(page_server.url("/page/next"))
    page_server.wait_for_hits(2)
    page.get_by_role("button", name="Privacy").click()
    answer(page, "No")
    page.goto(page_server.url("/page/third"))

    assert len(page_server.hits_when_settled(page)) == 2
    assert visitor.names() == {"mtm_consent_removed"}


def test_a_no_to_cookies_is_counted_without_one(page: Page, page_server: PageServer, visitor: Visitor) -> None:
    page_server.page = a_page(kind="cookies")
    page.goto(page_server.url())
    answer(page, "No")

    page_server.wait_for_hits(1)
    page.goto(page_server.url("/page/next"))
    page_server.wait_for_hits(2)
    assert banner(page).count() == 0
    assert visitor.names() == {"mtm_cookie_consent"}


def test_a_yes_to_cookies_keeps_them_and_can_be_taken_back(
    page: Page, page_server: PageServer, visitor: Visitor
) -> None:
    page_server.page = a_page(kind="cookies")
    page.goto(page_server.url())
    answer(page, "Yes")
    page_server.wait_for_hits(1)
    page.goto(page_server.url("/page/next"))
    page_server.hits_when_settled(page)
    assert any(name.startswith("_pk_id") for name in visitor.names())

    page.evaluate("PellucidConsent.open()")
    answer(page, "No")

    page_server.hits_when_settled(page)
    assert visitor.names() == {"mtm_cookie_consent"}
    page.goto(page_server.url("/page/third"))
    page_server.hits_when_settled(page)
    assert (visitor.names(), banner(page).count()) == ({"mtm_cookie_consent"}, 0)


def test_who_objects_everywhere_is_not_asked(page: Page, page_server: PageServer) -> None:
    page.add_init_script("Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true })")
    page_server.page = a_page()
    page.goto(page_server.url())

    assert page_server.hits_when_settled(page) == []
    assert banner(page).count() == 0


def test_refusing_is_as_easy_as_accepting(page: Page, page_server: PageServer) -> None:
    page_server.page = a_page()
    page.goto(page_server.url())

    yes, no = (banner(page).get_by_role("button", name=name, exact=True) for name in ("Yes", "No"))
    style = "one => { const s = getComputedStyle(one); return [s.font, s.color, s.background, s.border, s.padding] }"
    assert yes.evaluate(style) == no.evaluate(style)
    boxes = [one.bounding_box() for one in (yes, no)]
    assert {(box["width"], box["height"], box["y"]) for box in boxes if box} == {
        (boxes[0]["width"], boxes[0]["height"], boxes[0]["y"])
    }


def test_escape_is_no_answer(page: Page, page_server: PageServer, visitor: Visitor) -> None:
    page_server.page = a_page()
    page.goto(page_server.url())
    banner(page).press("Escape")

    assert banner(page).is_visible()
    assert visitor.names() == set()


@pytest.mark.parametrize(("language", "no"), LANGUAGES.items())
def test_it_speaks_the_language_of_the_page(page: Page, page_server: PageServer, language: str, no: str) -> None:
    page_server.page = a_page(language=language)
    page.goto(page_server.url())

    assert banner(page).get_by_role("button", name=no, exact=True).is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440])
def test_nothing_keeps_anyone_from_using_it(browser: Browser, page_server: PageServer, scheme: str, width: int) -> None:
    page_server.page = a_page(privacy="/page/privacy")
    context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 640})
    page = context.new_page()
    page.goto(page_server.url())
    banner(page).wait_for()

    found = Axe().run(page)

    assert found.response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()


@pytest.mark.parametrize(
    ("kind", "text", "name"), [("cookies", "No", "mtm_cookie_consent"), ("", "Yes", "mtm_consent")]
)
def test_an_answer_is_remembered_for_as_long_as_the_page_says(
    page: Page, page_server: PageServer, visitor: Visitor, kind: str, text: str, name: str
) -> None:
    page_server.sites = [a_site(consent_days=30)]
    page_server.page = a_page(kind=kind, days="30")
    page.goto(page_server.url())
    answer(page, text)

    page_server.wait_for_hits(1)
    assert visitor.days_left(name) == pytest.approx(30, abs=0.1)
