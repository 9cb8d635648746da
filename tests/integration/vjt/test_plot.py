"""`vjt report --plot`, as it is called."""

import xml.etree.ElementTree as ET
from pathlib import Path

from tests.integration.projections.world import World
from tests.integration.vjt.conftest import Vjt
from tests.unit.domain.said import crime, withdrew

ALL = (
    "attrition",
    "--where",
    "basis=reported",
    "--where",
    "offence=all",
    "--where",
    "cohort=all",
    "--where",
    "dimension=all",
)


def test_a_picture_is_printed_or_written(world: World, vjt: Vjt, tmp_path: Path) -> None:
    crimes = [crime("05-03", f"C{n}", f"V{n}") for n in range(16)]
    world.say(*crimes, *(withdrew("05-20", f"V{n}", crime_reference=f"C{n}") for n in range(9)))
    world.build()
    printed = vjt("report", *ALL, "--plot")
    assert printed.out.startswith("9 of 16 journeys ended with the victim's withdrawal\n")
    assert "investigation " in printed.out
    file = tmp_path / "way.svg"
    written = vjt("report", *ALL, "--plot", "--suppress", "10", "--out", str(file))
    assert (written.code, written.out) == (0, "")
    assert "16 (100%), ~ withdrew" in [e.text for e in ET.parse(file).iter() if e.tag.endswith("text")]
    open_still = vjt("report", "attrition", "--plot")
    assert (open_still.code, open_still.out) == (2, "")
    assert "--plot draws one offence: name it with --where offence=…; there are: all, " in open_still.err


def test_a_call_that_cannot_be_drawn_is_refused(vjt: Vjt) -> None:
    for words in (("--format", "csv"), ("--out", "way.png"), ("--revisions",)):
        ended = vjt("report", *ALL, "--plot", *words)
        assert (ended.code, ended.out) == (2, "")
        assert "--plot goes without --revisions and --format, and writes SVG: --out FILE.svg" in " ".join(
            ended.err.split()
        )
    ended = vjt("report", "trial", "--plot")
    assert (ended.code, ended.out) == (2, "")
    assert "--plot is not for trial; it is for: attrition, attrition_curve, delay" in " ".join(ended.err.split())
