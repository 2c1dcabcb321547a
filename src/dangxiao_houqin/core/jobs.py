"""Scheduled work: what is due, and the lease that lets only one desk run it on a shared database."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from .db import Base


class JobLease(Base):
    """Who runs a job now (``holder`` until ``until``) and how its last run ended."""

    __tablename__ = "job_lease"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    holder: Mapped[str] = mapped_column(String(120), default="")
    until: Mapped[datetime | None]
    last_started_at: Mapped[datetime | None]
    last_ended_at: Mapped[datetime | None]
    last_error: Mapped[str] = mapped_column(String(500), default="")
