"""One lock for everybody who reads PDFs."""

from __future__ import annotations

import threading

PDFIUM_LOCK = threading.Lock()
"""pdfium must be entered by one thread at a time."""
