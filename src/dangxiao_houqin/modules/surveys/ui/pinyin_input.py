"""What letters typed on the on-screen keyboard may mean: words of lodging and meals first, then everyday Chinese.

Three ways of typing are understood: in full (``reshui``), begun (``resh``), by initials (``rs``).  Longer input is put
together from words (``fangjianhenganjing``).  The list lies in ``resources/pinyin``; see the README there.
"""

from __future__ import annotations

import heapq
import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from dangxiao_houqin.core.paths import resource

LONGEST_INPUT = 30
"""Letters that may stand unconverted."""

_FIRST = 3
"""Own words shown before the characters where the letters are a whole syllable already."""

_OWN = 12
_COMPLETIONS = 16
_PER_WORD = 9.0  # what one more word costs a composed sentence, in natural logarithms of the count
_LONGEST_KEY = 24


class Candidate(NamedTuple):
    """Characters offered for the first ``letters`` letters."""

    text: str
    letters: int


class Words:
    """The word list, ready to be asked; made once (a few tenths of a second)."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._own: dict[str, list[str]] = defaultdict(list)
        self._own_initials: dict[str, list[str]] = defaultdict(list)
        self._exact: dict[str, list[tuple[int, str]]] = defaultdict(list)
        self._initials: dict[str, list[tuple[int, str]]] = defaultdict(list)
        self._characters: dict[str, list[str]] = {}
        for line in lines:
            key, *words = line.split(" ")
            spelt = key.lstrip("!").split("'")
            joined, initials = "".join(spelt), "".join(syllable[0] for syllable in spelt)
            if key.startswith("!"):
                self._own[joined] += words
                self._own_initials[initials] += words
            elif len(spelt) == 1:
                self._characters[joined] = words
            else:
                counted = [_counted(word) for word in words]
                self._exact[joined] += counted
                self._initials[initials] += counted
        for known in (self._exact, self._initials):
            for found in known.values():
                found.sort(reverse=True)
        self._keys = sorted(self._exact)
        self._own_keys = sorted(self._own)
        self._own_initial_keys = sorted(self._own_initials)
        self._begun = frozenset(syllable[:n] for syllable in self._characters for n in range(1, len(syllable) + 1))

    def candidates(self, letters: str, limit: int = 80) -> tuple[Candidate, ...]:
        """What ``letters`` (a-z, ü as v) may mean, the likeliest first."""
        letters = letters[:LONGEST_INPUT]
        if not letters:
            return ()
        found: dict[str, Candidate] = {}
        for text, length in self._ranked(letters):
            found.setdefault(text, Candidate(text, length))
            if len(found) >= limit:
                break
        return tuple(found.values())

    def _ranked(self, letters: str) -> Iterator[tuple[str, int]]:
        whole = len(letters)
        syllable = letters in self._characters
        own = self._own_words(letters)
        yield from ((text, whole) for text in own[: _FIRST if syllable else _OWN])
        yield from ((text, whole) for text in self._characters.get(letters, [])[:6])
        exact = self._exact.get(letters, ())
        yield from ((text, whole) for _, text in exact)
        if not exact and not syllable and letters not in self._own and (sentence := self._sentence(letters)):
            yield sentence, whole
        if whole > 1:
            yield from ((text, whole) for _, text in self._initials.get(letters, ())[:_COMPLETIONS])
            yield from ((text, whole) for text in self._completions(letters))
        else:
            yield from ((text, whole) for text in self._single_letter(letters))
        yield from ((text, whole) for text in (*own, *self._characters.get(letters, ())))
        for length in self._cuts(letters):
            yield from ((text, length) for text in self._own.get(letters[:length], ()))
            yield from ((text, length) for _, text in self._exact.get(letters[:length], ()))
            yield from ((text, length) for text in self._characters.get(letters[:length], ()))

    def _own_words(self, letters: str) -> list[str]:
        """Own phrases that are, or begin with, the letters or the initials; the exact ones first, short before long."""
        if len(letters) == 1:
            known = sorted(_starting(self._own_initial_keys, letters), key=len)
            return [text for key in known for text in self._own_initials[key]][:_OWN]
        exact = [*self._own.get(letters, ()), *self._own_initials.get(letters, ())]
        begun = [text for key in _starting(self._own_keys, letters) for text in self._own[key]]
        by_initials = [text for key in _starting(self._own_initial_keys, letters) for text in self._own_initials[key]]
        return list(dict.fromkeys([*exact, *sorted(begun, key=len), *sorted(by_initials, key=len)]))

    def _completions(self, letters: str) -> list[str]:
        ranked = (self._exact[key][0] for key in _starting(self._keys, letters) if key != letters)
        return [text for _, text in heapq.nlargest(_COMPLETIONS, ranked)]

    def _single_letter(self, letter: str) -> Iterator[str]:
        for syllable, characters in self._characters.items():
            if syllable.startswith(letter):
                yield characters[0]

    def _cuts(self, letters: str) -> list[int]:
        """Where the letters can be cut after whole syllables so that the rest still reads as syllables; long first."""
        reached = self._reached(letters)
        tails = {len(letters)}
        for start in range(len(letters) - 1, 0, -1):
            whole = any(start + n in tails for n in range(1, 7) if letters[start : start + n] in self._characters)
            if whole or letters[start:] in self._begun:
                tails.add(start)
        return [cut for cut in sorted(reached, reverse=True) if 0 < cut < len(letters) and cut in tails] or [
            cut for cut in sorted(reached, reverse=True) if 0 < cut < len(letters)
        ]

    def _reached(self, letters: str) -> set[int]:
        reached = {0}
        for start in range(len(letters)):
            if start in reached:
                reached |= {
                    start + n
                    for n in range(1, 7)
                    if start + n <= len(letters) and letters[start : start + n] in self._characters
                }
        return reached

    def _sentence(self, letters: str) -> str:
        """The letters put together from the fewest and commonest words; empty where they are not whole syllables."""
        best: list[tuple[float, str] | None] = [(0.0, ""), *([None] * len(letters))]
        for start in range(len(letters)):
            here = best[start]
            if here is None:
                continue
            for end in range(start + 1, min(len(letters), start + _LONGEST_KEY) + 1):
                word = self._likeliest(letters[start:end])
                if word is None:
                    continue
                score = here[0] + word[0] - _PER_WORD
                there = best[end]
                if there is None or score > there[0]:
                    best[end] = (score, here[1] + word[1])
        last = best[len(letters)]
        return last[1] if last else ""

    def _likeliest(self, letters: str) -> tuple[float, str] | None:
        if letters in self._own:
            return math.log(1_000_000), self._own[letters][0]
        if letters in self._exact:
            count, text = self._exact[letters][0]
            return math.log(count * 100), text
        if letters in self._characters:
            return math.log(5_000), self._characters[letters][0]
        return None


def _counted(word: str) -> tuple[int, str]:
    text = word.rstrip("0123456789")
    return int(word[len(text) :]), text


def _starting(keys: list[str], beginning: str) -> Iterator[str]:
    for place in range(bisect_left(keys, beginning), len(keys)):
        if not keys[place].startswith(beginning):
            return
        yield keys[place]


@cache
def words() -> Words:
    """The bundled list, read at the first use."""
    return Words(resource("pinyin/words.txt").read_text("utf-8").splitlines())


@cache
def ready_sentences() -> tuple[str, ...]:
    """Remarks that can be taken with one touch: lodging, meals and the rest by turns, as ``phrases.txt`` has them."""
    rows = []
    for line in resource("pinyin/phrases.txt").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            kind, *found = line.split(" ")
            if kind.endswith("句"):
                rows.append(found)
    longest = max((len(row) for row in rows), default=0)
    return tuple(row[place] for place in range(longest) for row in rows if place < len(row))
