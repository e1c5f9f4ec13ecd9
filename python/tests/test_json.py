"""JSON that other clients read, too, keeps its values on the way through the models."""

from __future__ import annotations

import json
import pickle
from typing import Any

import pytest

from crankwheel import Client, CrankWheel, InvalidRequestError, Plan, UsageHistory
from crankwheel.sandbox import Sandbox

CLIENT = r'{"id": 7, "\ud800": 1, "a \udfff": {"\ud801": "\ud802"}, "settings": {"id": "s", "\ud803": true}}'
HISTORY = r"""{"stats": {"total_sec": 5, "\ud800": 1, "user_stats": [
    {"\ud801": {"total_sec": 5, "total_count": 1, "sname": null, "lname": null}}]},
    "sessions": [{"duration": 5, "\ud802": 1}, {"duration": 6, "lname": "\ud803"}], "\ud804": [1]}"""


@pytest.fixture
def odd(sandbox: Sandbox) -> Sandbox:
    """Returns a sandbox whose next responses have half surrogate pairs and byte-order marks."""
    for path, body in (
        ("/ss/rsapi/clients/7", CLIENT),
        ("/ss/rsapi/clients", f"[{CLIENT}]"),
        ("/ss/rsapi/clients_usage", HISTORY),
    ):
        sandbox.respond("GET", path, body="\ufeff" + body, times=None)
    return sandbox


def test_half_a_surrogate_pair_is_kept_in_the_raw_json(odd: Sandbox, cw: CrankWheel) -> None:
    client = cw.clients.get(7)
    assert client.to_dict() == json.loads(CLIENT)
    assert client.extra == {"\ud800": 1, "a \udfff": {"\ud801": "\ud802"}}
    assert client.settings.extra == {"\ud803": True}
    assert pickle.loads(pickle.dumps(client)) == client
    assert pickle.loads(pickle.dumps(client)).to_dict() == client.to_dict()
    assert cw.clients.list()[0] == client
    assert cw.clients.list().to_list() == [json.loads(CLIENT)]


def test_half_a_surrogate_pair_is_kept_in_a_history(odd: Sandbox, cw: CrankWheel) -> None:
    history = cw.reseller.usage()
    assert history.to_dict() == json.loads(HISTORY)
    assert [session.duration for session in history.sessions] == [5, 6]
    assert history.sessions.to_list() == json.loads(HISTORY)["sessions"]
    assert history.stats.user_stats.to_list() == json.loads(HISTORY)["stats"]["user_stats"]
    copy: UsageHistory = pickle.loads(pickle.dumps(history))
    assert copy.to_dict() == history.to_dict()


def test_a_raw_response_skips_the_byte_order_mark(odd: Sandbox, cw: CrankWheel) -> None:
    raw = cw.request("GET", "/ss/rsapi/clients/7")
    assert raw.body.startswith(b"\xef\xbb\xbf")
    assert raw.json() == json.loads(CLIENT)
    assert cw.with_raw_response.clients.get(7).json() == json.loads(CLIENT)


@pytest.mark.parametrize(
    ("call", "field"),
    [
        (lambda cw, long: cw.clients.update(1, sname=long), "sname"),
        (lambda cw, long: cw.clients.update(1, extra={long: {1}}), "extra.x"),
        (lambda cw, long: cw.clients.update(1, settings={long: True}), "settings.x"),
        (lambda cw, long: cw.clients.get(long), "client"),
        (lambda cw, long: cw.clients.set_plan(1, long), "plan"),
        (lambda cw, long: cw.clients.usage(1, long), "period"),
        (lambda cw, long: cw.sso.login_options(long), "email"),
        (lambda cw, long: cw.sso.grant_token("a@b.example", dest_url=long), "dest_url"),
        (lambda cw, long: cw.request(long, "/x"), "method"),
        (lambda cw, long: cw.request("GET", long), "path"),
        (lambda cw, long: cw.request("GET", "/x", query={long: 1}), "query"),
        (lambda cw, long: cw.clients.get(type(long[:1000], (), {})()), "client"),
    ],
)
def test_bad_input_is_quoted_short(cw: CrankWheel, call: Any, field: str) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        call(cw, "x" * 1_000_000)
    assert str(caught.value).startswith(field)
    assert len(str(caught.value)) < 600
    assert all(len(name) < 200 for name in caught.value.errors)


def test_an_unknown_plan_points_to_the_plans(cw: CrankWheel) -> None:
    client = cw.clients.list()[0]
    with pytest.raises(Exception, match=r"`reseller\.plans\(\)`"):
        cw.clients.set_plan(client, "plan_9")
    assert isinstance(client, Client)
    assert all(isinstance(plan, Plan) for plan in cw.reseller.plans())
