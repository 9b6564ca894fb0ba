from http.cookies import SimpleCookie
from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.responses import Response

from pellucid.edge import accepted, client_address, delete_cookie, is_secure, networks, set_cookie, status_of
from pellucid.errors import (
    ConfigurationError,
    JournalUnavailable,
    NotAllowed,
    NotFound,
    NotSignedIn,
    PellucidError,
    RequestError,
    StoreUnavailable,
    TooLarge,
)
from pellucid.policy.storage import IGNORE, IGNORE_PARTITIONED, ITEMS, OPT_OUT, PIWIK_IGNORE, SIGN_IN, Item, Setter
from strategies import IPV4, IPV6

PROXIES = networks(("10.0.0.0/8", "127.0.0.1", "::1", "2001:db8::/32"))


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (RequestError, 400),
        (NotSignedIn, 401),
        (NotAllowed, 403),
        (NotFound, 404),
        (TooLarge, 413),
        (JournalUnavailable, 503),
        (StoreUnavailable, 503),
        (ConfigurationError, 500),
        (PellucidError, 500),
    ],
)
def test_every_error_has_a_status(error: type[PellucidError], status: int) -> None:
    assert status_of(error("what happened")) == status


def cookie_of(response: Response) -> tuple[str, dict[str, str]]:
    """The name and value of the one cookie a response sets, and its attributes."""
    (header,) = response.headers.getlist("set-cookie")
    ((name, morsel),) = SimpleCookie(header).items()
    return f"{name}={morsel.value}", {key: value for key, value in morsel.items() if value}


def test_a_cookie_is_set_as_it_is_declared() -> None:
    response = Response()

    set_cookie(response, SIGN_IN, "secret", secure=True)

    assert cookie_of(response) == (
        "pellucid_sign_in=secret",
        {
            "max-age": str(14 * 86_400),
            "path": "/dashboard",
            "samesite": "lax",
            "httponly": True,
            "secure": True,
        },
    )


def test_a_cookie_is_deleted_with_the_attributes_it_was_set_with() -> None:
    was_set, deleted = Response(), Response()

    set_cookie(was_set, SIGN_IN, "secret", secure=False)
    delete_cookie(deleted, SIGN_IN, secure=False)

    attributes = cookie_of(was_set)[1] | {"max-age": "0"}
    assert cookie_of(deleted) == ("pellucid_sign_in=", attributes)
    assert "secure" not in attributes


def test_a_cookie_for_https_alone_says_so_however_the_request_came() -> None:
    response = Response()

    set_cookie(response, IGNORE, "1", secure=False)

    attributes = cookie_of(response)[1]
    assert (attributes["samesite"], attributes["secure"], attributes["httponly"]) == ("none", True, True)
    assert "Partitioned" not in response.headers["set-cookie"]


def test_a_partitioned_cookie_says_so_when_it_is_set_and_when_it_is_deleted() -> None:
    was_set, deleted = Response(), Response()

    set_cookie(was_set, IGNORE_PARTITIONED, "1", secure=True)
    delete_cookie(deleted, IGNORE_PARTITIONED, secure=True)

    assert was_set.headers["set-cookie"].endswith("; SameSite=none; Secure; Partitioned")
    assert deleted.headers["set-cookie"].endswith("; SameSite=none; Secure; Partitioned")


def test_without_https_a_cookie_is_deleted_in_a_way_that_browsers_accept_there() -> None:
    response = Response()

    delete_cookie(response, IGNORE, secure=False)

    name, attributes = cookie_of(response)
    assert (name, attributes["samesite"], attributes["max-age"]) == ("matomo_ignore=", "lax", "0")
    assert "secure" not in attributes


@pytest.mark.parametrize(
    "item", [item for item in ITEMS if item.set_by is not Setter.SERVER], ids=lambda item: item.name
)
def test_what_is_not_declared_for_the_server_it_does_not_set(item: Item) -> None:
    response = Response()

    with pytest.raises(ConfigurationError, match="not declared"):
        set_cookie(response, item, "1", secure=True)

    assert "set-cookie" not in response.headers


def test_what_an_earlier_server_has_set_is_deleted_and_what_the_tracker_sets_is_not() -> None:
    response = Response()

    with pytest.raises(ConfigurationError, match="the tracker's"):
        delete_cookie(response, OPT_OUT, secure=True)
    delete_cookie(response, PIWIK_IGNORE, secure=True)

    assert cookie_of(response)[0] == "piwik_ignore="


@pytest.mark.parametrize("text", ["example.com", "10.0.0.1/8", "10.0.0.0/33", ""])
def test_a_proxy_that_is_no_network_stops_the_start(text: str) -> None:
    with pytest.raises(ConfigurationError, match="trusted proxy"):
        networks((text,))


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("10.0.0.1", b"81.2.69.142", "81.2.69.142"),
        ("10.0.0.1", b"6.6.6.6, 81.2.69.142", "81.2.69.142"),
        ("10.0.0.1", b"6.6.6.6, 81.2.69.142, 10.0.0.2, 127.0.0.1", "81.2.69.142"),
        ("10.0.0.1", b"10.0.0.3 , 10.0.0.2", "10.0.0.3"),
        ("::ffff:10.0.0.1", b"81.2.69.142", "81.2.69.142"),
        ("2001:db8::1", b"2a00:1450::1", "2a00:1450::1"),
        ("10.0.0.1", b"81.2.69.142:4321", "81.2.69.142"),
        ("10.0.0.1", b"[2a00:1450::1]:4321", "2a00:1450::1"),
        ("10.0.0.1", b"", "10.0.0.1"),
        ("10.0.0.1", b",,", "10.0.0.1"),
        ("10.0.0.1", b"unknown", "unknown"),
        ("10.0.0.1", b"\xff\xfe", "\xff\xfe"),
        ("9.9.9.9", b"81.2.69.142", "9.9.9.9"),
        ("", b"81.2.69.142", ""),
    ],
)
def test_the_client_is_the_last_that_is_no_proxy_of_ours(peer: str, forwarded: bytes, client: str) -> None:
    assert client_address(PROXIES)(peer, forwarded) == client


@given(IPV4 | IPV6, st.binary(max_size=60))
def test_who_is_no_proxy_is_never_believed(peer: str, forwarded: bytes) -> None:
    assert client_address(())(peer, forwarded) == peer
    if not any(ip_address(peer) in network for network in PROXIES) and "::ffff:" not in peer:
        assert client_address(PROXIES)(peer, forwarded) == peer


@given(st.lists(IPV4 | IPV6, max_size=4), IPV4)
def test_what_a_client_writes_before_our_proxy_does_changes_nothing(written: list[str], client: str) -> None:
    forwarded = ", ".join([*written, client]).encode()

    if not any(ip_address(client) in network for network in PROXIES):
        assert client_address(PROXIES)("10.0.0.1", forwarded) == client


def a_request(scheme: str = "http", peer: str | None = "10.0.0.1", forwarded: str | None = None) -> Request:
    headers = [] if forwarded is None else [(b"x-forwarded-proto", forwarded.encode())]
    client = None if peer is None else (peer, 1234)
    at = {"server": ("stats.example", 80), "path": "/", "query_string": b""}
    return Request({"type": "http", "scheme": scheme, "headers": headers, "client": client} | at)


@pytest.mark.parametrize(
    "request_",
    [
        a_request("https"),
        a_request(forwarded="https"),
        a_request(forwarded="http, https"),
        a_request("https", peer=None, forwarded="http"),
        a_request("https", peer="9.9.9.9", forwarded="http"),
    ],
)
def test_https_is_known_from_the_socket_or_from_a_proxy_of_ours(request_: Request) -> None:
    assert is_secure(PROXIES)(request_)


@pytest.mark.parametrize(
    "request_",
    [
        a_request(),
        a_request(forwarded="https, http"),
        a_request("https", forwarded="http"),
        a_request(peer="9.9.9.9", forwarded="https"),
        a_request(peer=None, forwarded="https"),
    ],
)
def test_who_is_no_proxy_of_ours_can_not_make_it_https(request_: Request) -> None:
    assert not is_secure(PROXIES)(request_)


@pytest.mark.parametrize(
    ("header", "names"),
    [
        ("", []),
        ("text/csv", ["text/csv"]),
        ("text/html;q=0.5, Text/CSV , */*;level=1;q=0.7", ["text/csv", "*/*", "text/html"]),
        ("de;q=0, fr;Q=0.1, *;q=x, ;q=1", ["fr"]),
    ],
)
def test_what_is_accepted_comes_best_first(header: str, names: list[str]) -> None:
    assert accepted(header) == names


@given(st.text())
def test_no_accept_header_is_too_strange(header: str) -> None:
    assert len(accepted(header)) <= header.count(",") + 1
