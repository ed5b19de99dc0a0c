"""Every role, every visibility, every action: what is decided, against a table that is written out."""

from __future__ import annotations

from itertools import product

import pytest

from dashwright.server.access import (
    Action,
    Anonymous,
    DashboardFacts,
    LinkHolder,
    LocalUser,
    Principal,
    Role,
    Scope,
    SignedIn,
    TokenHolder,
    decide,
    frame_ancestors,
)

VISIBILITIES = {
    "private": DashboardFacts(dashboard_id="d", owner_id="owner"),
    "public": DashboardFacts(dashboard_id="d", owner_id="owner", is_public=True),
    "user": DashboardFacts(dashboard_id="d", owner_id="owner", shared_with=frozenset({"other"})),
    "domain": DashboardFacts(dashboard_id="d", owner_id="owner", shared_domains=frozenset({"example.org"})),
    "nobody's": DashboardFacts(dashboard_id="d"),
    "missing": None,
}


def user(name: str, role: Role) -> SignedIn:
    return SignedIn(user_id=name, email=f"{name}@example.org", role=role)


PRINCIPALS: dict[str, Principal] = {
    "anonymous": Anonymous(),
    "local": LocalUser(),
    **{f"owner {role}": user("owner", role) for role in Role},
    **{f"other {role}": user("other", role) for role in Role},
    "link": LinkHolder(link_id="l", dashboard_id="d"),
    "link elsewhere": LinkHolder(link_id="l", dashboard_id="e"),
    "owner creator with link elsewhere": LinkHolder(link_id="l", dashboard_id="e", beside=user("owner", Role.CREATOR)),
}
ABBREVIATIONS = {
    "s": Action.SEE,
    "d": Action.SEE_DATA,
    "x": Action.EXPORT,
    "l": Action.LIST,
    "a": Action.ASK,
    "r": Action.REFRESH,
    "c": Action.CHANGE,
    "p": Action.PUBLISH,
    "D": Action.DELETE,
    "S": Action.SHARE,
    "y": Action.SEE_ANALYTICS,
    "e": Action.EDIT_NOTEBOOK,
    "A": Action.ADMINISTER,
}
TABLE = """
principal                         | private        | public         | user           | domain         | nobody's       | missing
anonymous                         | -              | sdxl           | -              | -              | -              | -
local                             | sdxlarcpDSyeA  | sdxlarcpDSyeA  | sdxlarcpDSyeA  | sdxlarcpDSyeA  | sdxlarcpDSyeA  | aA
owner viewer                      | sdxly          | sdxly          | sdxly          | sdxly          | -              | -
owner creator                     | sdxlarcpDSy    | sdxlarcpDSy    | sdxlarcpDSy    | sdxlarcpDSy    | a              | a
owner editor                      | sdxlarcpDSye   | sdxlarcpDSye   | sdxlarcpDSye   | sdxlarcpDSye   | a              | a
owner admin                       | sdxlarcpDSyeA  | sdxlarcpDSyeA  | sdxlarcpDSyeA  | sdxlarcpDSyeA  | sdxlarcpDSyeA  | aA
other viewer                      | -              | sdxl           | sdxl           | sdxl           | -              | -
other creator                     | a              | sdxla          | sdxla          | sdxla          | a              | a
other editor                      | a              | sdxla          | sdxla          | sdxla          | a              | a
other admin                       | sdxlarcpDSyeA  | sdxlarcpDSyeA  | sdxlarcpDSyeA  | sdxlarcpDSyeA  | sdxlarcpDSyeA  | aA
link                              | sdx            | sdxl           | sdx            | sdx            | sdx            | -
link elsewhere                    | -              | sdxl           | -              | -              | -              | -
owner creator with link elsewhere | sdxlarcpDSy    | sdxlarcpDSy    | sdxlarcpDSy    | sdxlarcpDSy    | a              | a
"""  # noqa: E501 - a table is read as a table


def expected() -> dict[tuple[str, str], frozenset[Action]]:
    head, *rows = ([cell.strip() for cell in line.split("|")] for line in TABLE.strip().splitlines())
    return {
        (row[0], visibility): frozenset(ABBREVIATIONS[letter] for letter in cell if letter != "-")
        for row in rows
        for visibility, cell in zip(head[1:], row[1:], strict=True)
    }


def test_the_table_names_every_principal_visibility_and_action() -> None:
    assert set(expected()) == set(product(PRINCIPALS, VISIBILITIES))
    assert set(ABBREVIATIONS.values()) == set(Action)


@pytest.mark.parametrize("principal", PRINCIPALS)
def test_what_is_allowed_is_what_the_table_says(principal: str) -> None:
    who, table, about_none = PRINCIPALS[principal], expected(), (Action.ASK, Action.ADMINISTER)
    for visibility, facts in VISIBILITIES.items():
        allowed = {
            action for action in Action if decide(who, action, None if action in about_none else facts).is_allowed
        }
        assert allowed == table[principal, visibility], visibility


@pytest.mark.parametrize("principal", PRINCIPALS)
def test_a_refusal_tells_strangers_nothing_and_people_what_to_do(principal: str) -> None:
    who = PRINCIPALS[principal]
    is_stranger = principal in ("anonymous", "link", "link elsewhere")
    for facts, action in product(VISIBILITIES.values(), Action):
        decision = decide(who, action, facts)
        if decision.is_allowed:
            assert not decision.sentence
            continue
        is_about_one = action not in (Action.ASK, Action.ADMINISTER)
        status = 401 if is_stranger else 404 if facts is None and is_about_one else 403
        assert (decision.status, decision.sentence[-1:]) == (status, "."), (facts, action)
        if is_stranger:
            assert decision == decide(who, action, None), "the same whether it exists or not"


@pytest.mark.parametrize("scope", Scope)
def test_a_token_may_do_what_both_its_user_and_its_scopes_allow(scope: Scope) -> None:
    facts = VISIBILITIES["private"]
    admin = user("owner", Role.ADMIN)
    covered = {
        Scope.READ: "sdxly",
        Scope.ASK: "ar",
        Scope.WRITE: "cpDSe",
        Scope.ADMIN: "A",
    }[scope]
    token = TokenHolder(token_id="t", user=admin, scopes=frozenset({scope}))
    allowed = {action for action in Action if decide(token, action, facts).is_allowed}
    assert allowed == {ABBREVIATIONS[letter] for letter in covered}
    weak = token.model_copy(update={"user": user("other", Role.VIEWER)})
    assert not any(decide(weak, action, facts).is_allowed for action in Action)
    refused = decide(token, Action.ADMINISTER if scope is not Scope.ADMIN else Action.SEE, facts)
    assert refused.status == 403
    assert "scope" in refused.sentence


def test_a_domain_is_that_of_the_address_and_no_part_of_it() -> None:
    facts = VISIBILITIES["domain"]
    for email in ("eve@example.org.evil.net", "eve@notexample.org", "example.org@evil.net", "eve@sub.example.org"):
        who = SignedIn(user_id="eve", email=email, role=Role.VIEWER)
        assert decide(who, Action.SEE, facts).status == 403


def test_only_named_origins_may_embed() -> None:
    assert frame_ancestors(DashboardFacts(dashboard_id="d")) == "'self'"
    named = DashboardFacts(dashboard_id="d", embed_origins=("https://intranet.example.org",))
    assert frame_ancestors(named) == "'self' https://intranet.example.org"
    assert frame_ancestors(named, ["https://lab.example.org"]) == (
        "'self' https://lab.example.org https://intranet.example.org"
    )
