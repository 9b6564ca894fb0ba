from html import unescape
from re import search

from pellucid.snippet import Expression, image, snippet


def test_the_code_of_a_site_loads_the_tracker_and_tells_it_whose_page_it_is() -> None:
    code = snippet("//stats.example", 7)

    assert '_paq.push(["setTrackerUrl", "//stats.example/matomo.php"]);' in code
    assert '_paq.push(["setSiteId", "7"]);' in code
    assert code.endswith('<script async src="//stats.example/matomo.js"></script>')


def test_commands_come_before_the_page_view_and_expressions_as_they_are() -> None:
    code = snippet("//stats.example", 7, [["setDocumentTitle", Expression("document.title")], ["disableCookies"]])

    assert '_paq.push(["setDocumentTitle", document.title]);\n  _paq.push(["disableCookies"]);' in code
    assert code.index("disableCookies") < code.index("trackPageView")


def test_no_text_ends_the_script_or_the_attribute() -> None:
    wrong = '"></script><script>alert(1)</script>'

    assert snippet(wrong, 1, [["setCampaignNameKey", wrong]]).count("</script>") == 2
    assert image(wrong, {"action_name": wrong}).count('"') == 8


def test_an_image_measures_what_runs_no_scripts() -> None:
    found = search('src="([^"]+)"', image("https://stats.example", {"idsite": "1", "action_name": "A & B"}))

    assert found
    assert unescape(found[1]) == "https://stats.example/matomo.php?idsite=1&action_name=A+%26+B"
