"""Passwords: argon2id hashes and what counts as good enough. Plain functions, no session."""

from __future__ import annotations

import functools
import unicodedata
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from dangxiao_houqin.core.errors import InvalidInput

from .domain import SecurityRules

TRIVIAL = frozenset({"12345678", "123456789", "1234567890", "88888888", "password", "admin123", "abc12345", "a1234567"})


@dataclass(frozen=True)
class Hashing:
    """Cost of one hash (argon2id); the standard is RFC 9106's second choice: 64 MiB, 3 passes, 4 lanes."""

    memory_kib: int = 65536
    passes: int = 3
    lanes: int = 4

    @property
    def hasher(self) -> PasswordHasher:
        return PasswordHasher(time_cost=self.passes, memory_cost=self.memory_kib, parallelism=self.lanes)


STANDARD = Hashing()


def hash_password(password: str, hashing: Hashing = STANDARD) -> str:
    """A salted hash of ``password``."""
    return hashing.hasher.hash(_normal(password))


def is_right(stored: str, password: str) -> bool:
    """Whether ``password`` made ``stored``; a damaged hash counts as wrong."""
    try:
        return STANDARD.hasher.verify(stored, _normal(password))
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(stored: str, hashing: Hashing = STANDARD) -> bool:
    """Whether ``stored`` was made with other costs than are used now."""
    return hashing.hasher.check_needs_rehash(stored)


def waste_time(password: str, hashing: Hashing = STANDARD) -> None:
    """Take as long as a real check, so that an unknown login cannot be told from a wrong password."""
    is_right(_nobody(hashing), password)


def check_new(rules: SecurityRules, login: str, password: str, *, field: str = "password") -> None:
    """Raise :class:`InvalidInput` for ``field`` when ``password`` is too weak for ``rules``."""
    text = _normal(password)
    if len(text) < rules.min_password_length:
        raise InvalidInput(f"密码至少要有 {rules.min_password_length} 位。", field=field)
    if rules.password_content == "mixed" and not (any(c.isdigit() for c in text) and any(c.isalpha() for c in text)):
        raise InvalidInput("密码须同时有字母和数字。", field=field)
    if text.lower() in TRIVIAL or text.lower() == login.lower() or len(set(text)) <= 2:
        raise InvalidInput("这个密码太容易被猜到，请换一个。", field=field)


@functools.cache
def _nobody(hashing: Hashing) -> str:
    return hash_password("nobody has this password", hashing)


def _normal(password: str) -> str:
    """Full-width digits typed with an input method on are the same password."""
    return unicodedata.normalize("NFKC", password)
