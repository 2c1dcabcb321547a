"""The texts of signing: canonical JSON, digests, and the short codes that paper carries."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Mapping
from typing import Any

GENESIS = "0" * 64
"""What the first link names as the one before it."""

CHAIN = "expenses.signature"
"""The counter that numbers the links: its row is the lock that lets one signer at a time append."""

_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def canonical(value: Mapping[str, Any]) -> str:
    """One text for one content: sorted keys, no spaces, characters as they are."""
    return _ENCODER.encode(value)


def digest_of(text: str) -> str:
    """SHA-256 of ``text`` in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def check_code(digest: str) -> str:
    """The first 60 bits of a digest as twelve letters and digits that are not mistaken for one another."""
    try:
        bits = int(digest[:15], 16)
    except ValueError:  # somebody wrote something else over it: no code that any paper shows
        return "????-????-????"
    letters = "".join(_CROCKFORD[(bits >> shift) & 31] for shift in range(55, -1, -5))
    return f"{letters[:4]}-{letters[4:8]}-{letters[8:]}"


def clean_code(typed: str) -> str:
    """A check code as somebody read it off paper, in the form of :func:`check_code`."""
    text = unicodedata.normalize("NFKC", typed).upper().translate(str.maketrans("OIL", "011"))
    letters = "".join(c for c in text if c in _CROCKFORD)
    return f"{letters[:4]}-{letters[4:8]}-{letters[8:]}"
