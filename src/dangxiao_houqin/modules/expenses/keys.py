"""Ed25519 keys wrapped by a password (argon2id, AES-256-GCM).  No session here."""

from __future__ import annotations

import base64
import json
import os
import unicodedata

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from dangxiao_houqin.modules.organization.api import Hashing

from .check_codes import canonical


def new_key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.generate()


def public_hex(key: Ed25519PrivateKey) -> str:
    """The public half in hex (64 characters)."""
    raw = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return raw.hex()


def wrap(key: Ed25519PrivateKey, password: str, hashing: Hashing) -> str:
    """The private key locked by ``password``, with everything but the password needed to open it."""
    raw = key.private_bytes(serialization.Encoding.Raw, serialization.PrivateFormat.Raw, serialization.NoEncryption())
    salt, nonce = os.urandom(16), os.urandom(12)
    costs = (hashing.passes, hashing.memory_kib, hashing.lanes)
    sealed = AESGCM(_lock(password, salt, costs)).encrypt(nonce, raw, public_hex(key).encode())
    return canonical({"costs": costs, "salt": _text(salt), "nonce": _text(nonce), "sealed": _text(sealed)})


def unwrap(wrapped: str, password: str, public: str) -> Ed25519PrivateKey | None:
    """The private key, or ``None`` when the password (or what was stored) is not right."""
    try:
        stored = json.loads(wrapped)
        passes, memory, lanes = stored["costs"]
        lock = _lock(password, base64.b64decode(stored["salt"]), (passes, memory, lanes))
        raw = AESGCM(lock).decrypt(
            base64.b64decode(stored["nonce"]), base64.b64decode(stored["sealed"]), public.encode()
        )
        return Ed25519PrivateKey.from_private_bytes(raw)
    except (InvalidTag, ValueError, KeyError, TypeError):
        return None


def public_key(public: str) -> Ed25519PublicKey | None:
    """The key to verify with, or ``None`` for something that is no key."""
    try:
        return Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))
    except ValueError:
        return None


def is_signed(key: Ed25519PublicKey, signature: str, message: str) -> bool:
    """Whether ``signature`` (hex) is that of ``key`` under ``message``."""
    try:
        key.verify(bytes.fromhex(signature), message.encode())
    except (InvalidSignature, ValueError):
        return False
    return True


def _lock(password: str, salt: bytes, costs: tuple[int, int, int]) -> bytes:
    passes, memory, lanes = costs
    text = unicodedata.normalize("NFKC", password).encode()
    return hash_secret_raw(text, salt, passes, memory, lanes, 32, Type.ID)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
