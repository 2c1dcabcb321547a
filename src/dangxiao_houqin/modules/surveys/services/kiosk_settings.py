"""The staff's PIN that closes the kiosk."""

from __future__ import annotations

import itertools

from dangxiao_houqin.core.errors import InvalidInput
from dangxiao_houqin.core.stored_settings import save_settings
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.organization.api import STANDARD, Hashing, hash_password
from dangxiao_houqin.modules.surveys.domain.rules import KIOSK, KioskPin, plain_pin


def set_pin(ctx: Ctx, pin: str, hashing: Hashing = STANDARD) -> None:
    """Give the kiosk a PIN of 6 to 12 digits; kept as an argon2id hash.  Raises :class:`InvalidInput`."""
    ctx.require(KIOSK)
    pin = plain_pin(pin)
    if _is_simple(pin):
        raise InvalidInput("这个口令太容易被猜到，请换一个。", field="pin")
    save_settings(ctx.session, KioskPin(hash_password(pin, hashing)))
    ctx.forget_settings()


def _is_simple(pin: str) -> bool:
    """Two digits only, or a run up or down the keypad."""
    steps = {int(after) - int(before) for before, after in itertools.pairwise(pin)}
    return len(set(pin)) <= 2 or (len(steps) == 1 and abs(next(iter(steps))) == 1)
