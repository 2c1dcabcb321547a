"""Rebuild resources/pinyin/words.txt: python scripts/build_pinyin.py [--cache DIR].

The list feeds the on-screen pinyin input of the kiosk.  It is committed and nothing is downloaded when the program is
installed; this script is run by hand when phrases.txt has changed.  It needs `pip` and the package pypinyin, fetches
the exact package named in JIEBA, refuses a file whose SHA-256 differs, and writes the same bytes every time.

What is kept, and why, is written in resources/pinyin/README.md.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import subprocess
import sys
import tarfile
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from pypinyin import Style, lazy_pinyin, pinyin

TARGET = Path(__file__).resolve().parent.parent / "resources" / "pinyin"
JIEBA = ("jieba", "0.42.1", "055ca12f62674fafed09427f176506079bc135638a14e23e25be909131928db2")
SMALLEST_COUNT = 40
LONGEST_WORD = 4
NAMES = ("nr", "nt", "nz", "x", "eng")
"""Parts of speech that are left out: a suggestion list of an office offers nobody's name."""
LEFT_OUT = ("屎", "屌", "婊", "妓", "嫖", "奸", "淫", "尸", "杀", "死", "毒品", "赌", "枪", "鬼", "屁", "尿", "贱")
"""Words with these are left out too: spelt by characters they can still be written."""


def fetch(cache: Path) -> bytes:
    """The word list inside the package named in JIEBA."""
    name, version, digest = JIEBA
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", ":all:", f"{name}=={version}"]
    archive = cache / f"{name}-{version}.tar.gz"
    if not archive.exists():
        subprocess.run(command, cwd=cache, check=True)
    found = hashlib.sha256(archive.read_bytes()).hexdigest()
    if found != digest:
        raise SystemExit(f"{archive.name}: SHA-256 is {found}, expected {digest}")
    with tarfile.open(archive) as unpacked:
        member = unpacked.extractfile(f"{name}-{version}/{name}/dict.txt")
        assert member is not None
        return member.read()


def common_characters() -> list[str]:
    """The characters of GB/T 2312, first level before second."""
    rows = [(high, low) for high in range(0xB0, 0xF8) for low in range(0xA1, 0xFF)]
    found = []
    for high, low in rows:
        try:
            found.append(bytes((high, low)).decode("gb2312"))
        except UnicodeDecodeError:
            continue
    return found


def syllables(word: str) -> tuple[str, ...]:
    """How a word is typed: without tones, ü as v."""
    return tuple(lazy_pinyin(word, style=Style.NORMAL, v_to_u=False, errors="ignore"))


def counted_words(text: str, characters: frozenset[str]) -> Iterator[tuple[str, int, str]]:
    """Word, count and part of speech of every word made of common characters only."""
    for line in io.StringIO(text):
        word, count, kind = line.rstrip("\n").rsplit(" ", 2)
        if set(word) <= characters:
            yield word, int(count), kind


def own_phrases() -> list[str]:
    """The phrases of phrases.txt without signs, in their order, each once."""
    found: dict[str, None] = {}
    for line in (TARGET / "phrases.txt").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            found |= dict.fromkeys(phrase for phrase in line.split(" ")[1:] if "，" not in phrase)
    return list(found)


def build(dictionary: str) -> str:
    """The whole of words.txt."""
    order = common_characters()
    everywhere: dict[tuple[str, str], int] = defaultdict(int)
    words: dict[tuple[str, ...], list[tuple[int, str]]] = defaultdict(list)
    for word, count, kind in counted_words(dictionary, frozenset(order)):
        if len(word) > LONGEST_WORD or kind.startswith(NAMES):
            continue
        spelt = syllables(word)
        for character, syllable in zip(word, spelt, strict=True):
            everywhere[character, syllable] += count
        if len(word) > 1 and count >= SMALLEST_COUNT and not any(bad in word for bad in LEFT_OUT):
            words[spelt].append((-count, word))
    for place, character in enumerate(order):
        usual = syllables(character)[0]
        readings = pinyin(character, style=Style.NORMAL, heteronym=True, v_to_u=False)[0]
        for syllable in readings:
            count = everywhere[character, syllable] + (1 if syllable == usual else 0)
            if count or len(readings) == 1:
                words[(syllable,)].append((-count * 10_000 + place, character))
    lines = [f"!{chr(39).join(syllables(phrase))} {phrase}" for phrase in own_phrases()]
    for spelt in sorted(words):
        ranked = [(f"{word}" if len(spelt) == 1 else f"{word}{-count}") for count, word in sorted(words[spelt])]
        lines.append(" ".join((chr(39).join(spelt), *dict.fromkeys(ranked))))
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write the file anew."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path)
    cache = parser.parse_args().cache
    with tempfile.TemporaryDirectory() as scratch:
        dictionary = fetch(cache or Path(scratch)).decode("utf-8")
    (TARGET / "words.txt").write_text(build(dictionary), "utf-8", newline="\n")


if __name__ == "__main__":
    main()
