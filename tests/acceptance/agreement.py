"""What must agree: each table of each page, each report, and the sums of the raw rows."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.test import Client

from tests.acceptance import brute
from tests.acceptance.brute import KINDS, LENGTHS, NET, World, grouped, income, money
from tests.acceptance.reading import Shown, bare, divided, fen, page, taken

Asked = dict[str, str]
PER_CAPITA = {"Per capita (yuan per person)", "Per capita (yuan per person and year)"}
BY_MONEY = ("annual-funding", "funding-by-plan", "funding-by-source", "funding-by-kind", "funding-by-project")


def assert_money_agrees(client: Client, world: World, asked: Asked) -> None:
    """/funding/ and its reports: each table's rows add up to its total, which is that of the raw rows."""
    entries = world.booked(asked)
    tables = page(client, "/funding/", **asked)
    for slug in BY_MONEY:
        assert_adds_up(tables[slug], money(entries), bool(entries), (slug, asked))
    for slug in ("annual-funding", "pledges-and-funding", "funding-ledger"):
        assert_adds_up(taken(client, f"/reports/{slug}.csv", **asked), money(entries), bool(entries), (slug, asked))

    years = {year: money(rows) for year, rows in grouped(entries, lambda e: str(e["year"])).items()}
    assert groups(tables["annual-funding"], tables["annual-funding"].column("Year")) == years
    projects = {code or "": money(rows) for code, rows in grouped(entries, lambda e: e["project"]).items()}
    assert groups(tables["funding-by-project"], led_to(tables["funding-by-project"], "project")) == projects
    report = taken(client, "/reports/annual-funding.csv", **asked)
    keys = [(row["Year"], row["Source code"]) for row in report.rows]
    sources = {key: money(rows) for key, rows in grouped(entries, lambda e: (str(e["year"]), e["source"])).items()}
    assert groups(report, keys) == sources


def assert_places_agree(client: Client, world: World, asked: Asked, address: str = "/funding/") -> None:
    """What the places right below hold, money of all years asked for and incomes of the last of them."""
    area = asked.get("area", "")
    length = LENGTHS[LENGTHS.index(len(brute.significant(area))) + 1] if area else LENGTHS[0]
    slug = "funding-by-area" if address == "/funding/" else "places"
    table = page(client, address, **({} if address.startswith("/areas/") else {"area": area}), **_years(asked))[slug]
    entries = world.booked({**_years(asked), **({"area": area} if area else {})})
    by_place = grouped(entries, lambda e: world.home(e["code"], length))
    expected = {
        place: {title: money(rows)[title] for title in set(KINDS) & set(table.head)}
        for place, rows in by_place.items()
    }

    assert groups(table, led_to(table, "area")) == expected
    if slug == "places":
        assert_people_of_places_agree(table, world, asked, length)


def assert_people_of_places_agree(table: Shown, world: World, asked: Asked, length: int) -> None:
    records = world.recorded(asked)
    latest = [one for one in records if one["year"] == max(r["year"] for r in records)]
    by_place = grouped(latest, lambda i: world.home(i["code"], length))
    expected = {place: _people(rows) for place, rows in by_place.items()}
    shown = {
        link: (row["Households"].replace(",", ""), row["Persons"].replace(",", ""), bare(_per_capita(row)))
        for link, row in zip(led_to(table, "area"), table.rows, strict=True)
        if row["Persons"] != "—"
    }
    assert shown == expected


def assert_incomes_agree(client: Client, world: World, asked: Asked) -> None:
    """/income/, / and the report: sums as they are, and per capita as the ratio of sums."""
    records = world.recorded(asked)
    by_year = grouped(records, lambda i: str(i["year"]))
    for table in (
        page(client, "/income/", **asked)["per-capita-income"],
        page(client, "/", **asked)["per-capita-income"],
    ):
        assert [assert_income(row, by_year[row["Year"]]) for row in table.rows] == [None] * len(by_year)
        assert_income(table.total, records) if records else None
    report = taken(client, "/reports/per-capita-income.csv", **asked)
    for title in brute.income([]):
        number = int if title in {"Households", "Persons"} else fen
        assert sum(number(row[title]) for row in report.rows) == income(records)[title], (title, asked)
    if records:
        assert_income(report.total, records)
    by_both = grouped(report.rows, lambda row: (row["Year"], row["Division code"]))
    assert all(len(rows) == 1 for rows in by_both.values())


def assert_income(row: Any, records: list[brute.Row]) -> None:
    """One row against the raw rows it stands for."""
    sums = income(records)
    for title in set(sums) & set(row):
        shown = row[title].replace(",", "")
        assert (fen(shown) if "yuan" in title else int(shown)) == sums[title], title
    assert bare(_per_capita(row)) == divided(sums[NET], sums["Persons"])


def assert_projects_agree(client: Client, world: World, asked: Asked) -> None:
    """/projects/: each project's money, and a total of what is listed, which leaves out what is tied to no project."""
    table = page(client, "/projects/", **asked)["projects"]
    entries = [entry for entry in world.booked(asked) if entry["project"]]
    by_project = {code: money(rows) for code, rows in grouped(entries, lambda e: e["project"]).items()}
    titles = [title for title in KINDS if title in table.head]

    shown = groups(table, table.column("Code"))
    assert shown == {code: {title: sums[title] for title in titles} for code, sums in by_project.items()}
    if entries:
        assert {title: fen(table.total[title]) for title in titles} == {t: money(entries)[t] for t in titles}


def assert_adds_up(table: Shown, sums: Mapping[str, int], is_known: bool, where: Any) -> None:
    """The rows of a table add up to its total, which is that of the raw rows; nothing booked is no zero."""
    titles = [title for title in KINDS if title in table.head]
    added = {title: sum(fen(row[title]) or 0 for row in table.rows) for title in titles}
    assert added == {title: sums[title] for title in titles}, where
    if is_known:
        assert {title: fen(table.total[title]) for title in titles} == added, where


def groups(table: Shown, keys: list[Any]) -> dict[Any, dict[str, int]]:
    """The money of each row that has any, by the key of the row; no key stands twice."""
    assert len(set(keys)) == len(keys), keys
    titles = [title for title in KINDS if title in table.head]
    return {
        key: {title: fen(row[title]) for title in titles}
        for key, row in zip(keys, table.rows, strict=True)
        if any(fen(row[title]) is not None for title in titles)
    }


def _people(records: list[brute.Row]) -> tuple[str, str, str]:
    sums = income(records)
    return str(sums["Households"]), str(sums["Persons"]), divided(sums[NET], sums["Persons"])


def _per_capita(row: Any) -> str:
    return next(row[title] for title in row if title in PER_CAPITA)


def _years(asked: Asked) -> Asked:
    return {name: value for name, value in asked.items() if name in {"year", "plan"}}


def led_to(table: Shown, name: str) -> list[str]:
    """What each row leads to: the place or project that its link asks for, or whose page it opens; "" for none."""
    return [_led_to(link, name) for link in table.links]


def _led_to(link: str, name: str) -> str:
    found = urlsplit(link)
    # "/projects/CODE/", "/areas/CODE/"
    opened = found.path.split("/")[2] if found.path else ""
    return opened or dict(parse_qsl(found.query)).get(name, "")
