"""Keys under a password, canonical text, check codes."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangxiao_houqin.modules.expenses import check_codes, keys
from dangxiao_houqin.modules.organization.api import Hashing

QUICK = Hashing(memory_kib=8, passes=1, lanes=1)


def test_key_opens_with_its_password_in_any_width_and_no_other() -> None:
    key = keys.new_key()
    public = keys.public_hex(key)
    wrapped = keys.wrap(key, "Aa123456", QUICK)
    opened = keys.unwrap(wrapped, "Ａａ１２３４５６", public)  # typed with an input method on
    assert opened is not None
    assert keys.public_hex(opened) == public
    assert keys.unwrap(wrapped, "Aa123457", public) is None
    assert keys.unwrap(wrapped, "Aa123456", keys.public_hex(keys.new_key())) is None
    assert keys.unwrap("", "Aa123456", public) is None
    assert public not in wrapped


@pytest.mark.parametrize("name", ("salt", "nonce", "sealed"))
def test_changed_wrapping_does_not_open(name: str) -> None:
    key = keys.new_key()
    stored = json.loads(keys.wrap(key, "Aa123456", QUICK))
    stored[name] = ("B" if stored[name][0] != "B" else "C") + stored[name][1:]
    assert keys.unwrap(json.dumps(stored), "Aa123456", keys.public_hex(key)) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text(max_size=6), JSON, max_size=5))
def test_one_content_has_one_text(value: dict[str, object]) -> None:
    try:
        text = check_codes.canonical(value)
        digest = check_codes.digest_of(text)
    except UnicodeEncodeError:
        return  # half a character cannot be stored either
    shuffled = dict(reversed(list(value.items())))
    assert check_codes.canonical(shuffled) == text
    assert check_codes.canonical(json.loads(text)) == text
    assert len(digest) == 64


@given(st.binary(min_size=32, max_size=32).map(bytes.hex))
def test_check_code_survives_being_read_off_paper(digest: str) -> None:
    code = check_codes.check_code(digest)
    assert len(code) == 14
    for typed in (code.lower(), code.replace("-", " "), code.replace("0", "O"), code.replace("1", "l"), f" {code} "):
        assert check_codes.clean_code(typed) == code
    other = f"{int(digest[:15], 16) ^ 1:015x}{digest[15:]}"
    assert check_codes.check_code(other) != code


def test_signature_is_of_the_message_and_the_key() -> None:
    key = keys.new_key()
    public = keys.public_key(keys.public_hex(key))
    assert public is not None
    signature = key.sign("同意".encode()).hex()
    assert keys.is_signed(public, signature, "同意")
    assert not keys.is_signed(public, signature, "同意 ")
    assert not keys.is_signed(public, "zz", "同意")
    assert keys.public_key("zz") is None
