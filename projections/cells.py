"""The counts of a report as cells, and the relations between them that anybody can know."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from projections.relations import (
    APART,
    COUNTS,
    COVER,
    FIELDS,
    MANY_VALUES,
    OF_ADULTS,
    OFFENCES,
    ONE_VALUE,
    PART,
    SPLIT,
    STAGES,
)

Key = tuple[Any, ...]
Where = Mapping[str, Sequence[str]]
REFERENCE = "reference_"
NOT_SHOWN = object()  # in a key: of a cell that is in no report


class Relation(NamedTuple):
    """The sum of signed cells is 0; or, where not `equal`, at most 0."""

    terms: tuple[tuple[int, int], ...]
    equal: bool


class Cells:
    """`values`: the count of each cell. `unseen`: it is in no row, but follows from them. `at`: the cells of a row, by column.
    `rests`: of a part, how many of a whole are not in it."""

    def __init__(self, name: str, columns: Sequence[str], rows: Sequence[Mapping[str, Any]], where: Where) -> None:
        self.counts = COUNTS[name]
        self.name, self.where = name, where
        self.keys = [column for column in columns if column not in self.counts.told]
        self.place = {column: i for i, column in enumerate(self.keys)}
        self.index: dict[tuple[Key, str], int] = {}
        self.values: list[int] = []
        self.unseen: list[bool] = []
        self.at: list[dict[str, int]] = []
        self.rests: dict[int, list[int]] = {}
        self.relations: list[Relation] = []
        for row in rows:
            self.at.append(self._row(row))
        self._relate_all()

    def key(self, row: Mapping[str, Any]) -> Key:
        return tuple(row[column] for column in self.keys)

    def _row(self, row: Mapping[str, Any]) -> dict[str, int]:
        found = {}
        key = self.key(row)
        for column in self.counts.columns.split():
            if row[column] is not None:
                of, kept = key, column
                if column.startswith(REFERENCE):  # repeated in each row that is compared with it
                    of, kept = self._put(key, value=row["reference_value"]), column.removeprefix(REFERENCE)
                found[column] = self._add(of, kept, int(row[column]))
        return found

    def _add(self, key: Key, column: str, value: int, unseen: bool = False) -> int:
        if (key, column) not in self.index:
            self.index[key, column] = len(self.values)
            self.values.append(value)
            self.unseen.append(unseen)
        return self.index[key, column]

    def _put(self, key: Key, **changed: Any) -> Key:
        made = list(key)
        for column, value in changed.items():
            if column in self.place:
                made[self.place[column]] = value
        return tuple(made)

    def _of(self, key: Key, column: str) -> Any:
        return key[self.place[column]] if column in self.place else None

    def _find(self, key: Key, column: str) -> int | None:
        """The cell. None: it is 0, or the report does not show it."""
        return self.index.get((key, column))

    def _asked(self, key: Key) -> bool:
        return NOT_SHOWN not in key and all(
            (str(value).lower() if isinstance(value, bool) else str(value)) in self.where[column]
            for column, value in zip(self.keys, key, strict=True)
            if column in self.where
        )

    def _relate(self, terms: Iterable[tuple[int, int | None]], equal: bool) -> None:
        """A relation, unless it does not hold: then nobody can use it."""
        kept = tuple((sign, cell) for sign, cell in terms if cell is not None)
        total = sum(sign * self.values[cell] for sign, cell in kept)
        if len(kept) > 1 and (total == 0 or (total < 0 and not equal)):
            self.relations.append(Relation(kept, equal))

    def _relate_all(self) -> None:
        shown = list(self.index)
        for row in self.at:
            self._relate_row(row)
        if "day" in self.place and self.name == "attrition_curve":
            shown += self._relate_days()
        wholes = {key: list(self._wholes(key)) for key, _ in shown}
        parts = defaultdict(list)
        for key, column in shown:
            for tag, whole, how in wholes[key]:
                parts[tag, how, whole, column].append(self.index[key, column])
        for (tag, how, whole, column), cells in parts.items():
            self._relate_parts(tag, how, whole, column, cells)
        if "stage" in self.place and self.name == "attrition":
            self._relate_stages({self._put(key, stage=NOT_SHOWN) for key, _ in shown})
        if self.counts.either_basis and "period" not in self.where:
            self._relate_bases(shown)
        if self.name == "data_quality":
            self._relate_fields({self._put(key, field=NOT_SHOWN) for key, _ in shown})

    def _relate_row(self, cells: Mapping[str, int]) -> None:
        for text in self.counts.row:
            one, sign, *others = (word for word in text.split() if word != "+")
            self._relate_of_row(cells.get(one), sign, [cells.get(other) for other in others])
        if "reference_withdrew" in cells:
            self._relate_of_row(cells["reference_withdrew"], "in", [cells["reference_entered"]])

    def _relate_of_row(self, one: int | None, sign: str, others: Sequence[int | None]) -> None:
        self._relate([(1, one), *((-1, other) for other in others)], sign == "=")
        if sign == "in" and one is not None:
            rest = sum(self.values[other] for other in others if other is not None) - self.values[one]
            self.rests.setdefault(one, []).append(rest)

    def _wholes(self, key: Key) -> Iterator[tuple[Any, Key, str]]:
        """What a cell with this key is a part of: an id of the parts that belong together, the whole, and how."""
        dimension, value, offence = (self._of(key, column) for column in ("dimension", "value", "offence"))
        yield from self._wholes_of_value(key, dimension, value)
        for i, (whole, among, how) in enumerate(OFFENCES):
            if offence in among:
                yield i, self._put(key, offence=whole), how
        if dimension == "age_band" and value != "missing":
            for whole, part in OF_ADULTS:
                if value != "0-17" and offence == part:
                    yield part, self._put(key, offence=whole), SPLIT
            if value == "0-17" and offence == "sexual":
                yield "child", self._put(key, offence="child_sexual_abuse"), PART
        if self._of(key, "cohort") == "review":
            yield "cohort", self._put(key, cohort="all"), PART

    def _wholes_of_value(self, key: Key, dimension: str | None, value: str) -> Iterator[tuple[Any, Key, str]]:
        if dimension is None or dimension == "all":
            return
        dimensions, values = dimension.split(","), value.split(",")
        if len(dimensions) != len(values):
            return
        if self.name == "listing" and dimension == "force":  # whose rows are of one force each
            yield "listing", self._put(key, dimension="all", value="all"), SPLIT
        for i, (one, its) in enumerate(zip(dimensions, values, strict=True)):
            left = ",".join(dimensions[:i] + dimensions[i + 1 :]) or "all"
            of = self._put(key, dimension=left, value=",".join(values[:i] + values[i + 1 :]) or "all")
            if "reference_value" in self.place:  # the whole is in no row of metrics.relative_risk
                of = self._put(of, reference_value=NOT_SHOWN)

            def beside(name: str, i: int = i) -> Key:
                return self._put(key, value=",".join([*values[:i], name, *values[i + 1 :]]))

            if one == "suspect_relationship" and its not in ("known", "stranger", "missing"):
                yield "known", beside("known"), SPLIT
            if one in MANY_VALUES and its not in ("any", "none", "missing"):
                yield "any", beside("any"), COVER
            elif one in MANY_VALUES or (one in ONE_VALUE and its != "known"):
                yield dimension, of, SPLIT
            else:
                yield dimension, of, PART
        if dimension == "bcu" and "/" in value:
            yield "bcu", self._put(key, dimension="force", value=value.partition("/")[0]), APART

    def _relate_parts(self, tag: Any, how: str, whole: Key, column: str, parts: list[int]) -> None:
        of_offence = isinstance(tag, int) or tag in [part for _, part in OF_ADULTS]
        adds = column in self.counts.over_values.split() and self._of(whole, "unit") != "case"
        adds = adds or (of_offence and column in self.counts.over_groups.split()) or len(parts) == 1
        if isinstance(tag, int):
            whole_part = "offence" not in self.where or OFFENCES[tag][1] <= set(self.where["offence"])
        else:
            whole_part = of_offence or tag == "listing" or "value" not in self.where
        if tag == "bcu":
            missing = self._put(whole, dimension="bcu", value="missing")
            rest = self._find(missing, column)
            if self._asked(missing) and (rest is None or not self.values[rest]):
                how = SPLIT
        if column == "at_risk" and "day" in self.where:
            whole_part = False
        exact = how == SPLIT and whole_part and adds
        cell = self._find(whole, column)
        if cell is None and exact and not of_offence and not self._asked(whole):
            cell = self._add(whole, column, sum(self.values[part] for part in parts), unseen=True)
        if cell is None:
            return
        if how in (SPLIT, APART) and adds:
            self._relate([(-1, cell), *((1, part) for part in parts)], exact)
            return
        for part in parts:
            self._relate([(1, part), (-1, cell)], False)
        if how in (SPLIT, COVER) and whole_part:
            self._relate([(1, cell), *((-1, part) for part in parts)], False)

    def _relate_stages(self, cohorts: Iterable[Key]) -> None:
        for cohort in cohorts:
            for basis, terms, equal in STAGES:
                if self._of(cohort, "basis") == basis:
                    cells = [(sign, self._put(cohort, stage=stage), column) for sign, stage, column in terms]
                    found = [(sign, self._find(key, column)) for sign, key, column in cells]
                    away = [cell for cell in cells if (cell[1], cell[2]) not in self.index and not self._asked(cell[1])]
                    if len(away) == 1 and equal:  # it follows, and may take part in the next relation
                        sign, key, column = away[0]
                        rest = -sign * sum(s * self.values[cell] for s, cell in found if cell is not None)
                        if rest >= 0:
                            found.append((sign, self._add(key, column, rest, unseen=True)))
                            away = []
                    if not away:
                        self._relate(found, equal)

    def _relate_bases(self, shown: Iterable[tuple[Key, str]]) -> None:
        """What began in any month is what ended in any."""
        sides = defaultdict(list)
        for key, column in shown:
            if column in self.counts.either_basis.split():
                sign = 1 if self._of(key, "basis") in ("reported", "started", "recorded") else -1
                sides[self._put(key, period=NOT_SHOWN, basis=NOT_SHOWN), column].append((sign, self.index[key, column]))
        if "basis" not in self.where or len(self.where["basis"]) > 1:
            for terms in sides.values():
                self._relate(terms, True)

    def _relate_fields(self, cohorts: Iterable[Key]) -> None:
        """Each field is asked of the same journeys; needs and rights are recorded together."""
        for cohort in cohorts:
            for fields in FIELDS:
                totals = []
                for one in fields:
                    cells = [self._find(self._put(cohort, field=one), column) for column in ("present", "missing")]
                    if any(cell is not None for cell in cells):
                        totals.append(cells)
                for before, after in pairwise(totals):
                    self._relate([*((1, cell) for cell in before), *((-1, cell) for cell in after)], True)
            for column in ("present", "missing"):
                same = [
                    self._find(self._put(cohort, field=one), column) for one in ("needs_assessed", "enhanced_rights")
                ]
                if None not in same:
                    self._relate([(1, same[0]), (-1, same[1])], True)

    def _relate_days(self) -> list[tuple[Key, str]]:
        """At risk on a day are those of the next day that is shown and those who ended before it. On a day that a curve does not
        show, as many as on the next that it does: that is what adds up. The keys of these."""
        curves: dict[Key, dict[int, Key]] = defaultdict(dict)
        for key, _ in self.index:
            curves[self._put(key, day=NOT_SHOWN)][self._of(key, "day")] = key
        days: dict[Key, set[int]] = defaultdict(set)
        for curve, shown in curves.items():
            days[self._put(curve, dimension=None, value=None, offence=None, cohort=None)] |= set(shown)
        more = []
        for curve, shown in curves.items():
            after: Key | None = None
            for day in sorted(
                days[self._put(curve, dimension=None, value=None, offence=None, cohort=None)], reverse=True
            ):
                if day in shown:
                    ends = [(1, self.index[shown[day], column]) for column in ("withdrew", "other_exit", "progressed")]
                    left = (1, self.index[after, "at_risk"]) if after else (1, None)
                    self._relate([left, *ends, (-1, self.index[shown[day], "at_risk"])], False)
                    after = shown[day]
                elif after and "day" not in self.where:
                    key = self._put(curve, day=day)
                    self.index[key, "at_risk"] = self.index[after, "at_risk"]
                    more.append((key, "at_risk"))
        return more
