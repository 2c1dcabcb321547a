"""The ballot box guards itself: what a kiosk may see, and when a paper is taken.

The same rules for every client, also one that is not this program: a paper goes in only while its campaign is open,
below its limit, and with a code not used before.  Frozen versions of a questionnaire never change.
"""

from __future__ import annotations

from alembic import op

revision = "20261122_ninth_ballot_box"
down_revision = "20261122_eighth_surveys"
branch_labels = None
depends_on = None

OPEN_SURVEYS = """
CREATE VIEW survey_open AS
SELECT 1 AS format, c.id AS campaign_id, c.title, c.subject_text, c.anonymity, c.opens_at, c.closes_at, v.content,
       c.most IS NOT NULL
       AND (SELECT count(*) FROM survey_paper p WHERE p.campaign_id = c.id) >= c.most AS is_full
FROM survey_campaign c JOIN questionnaire_version v ON v.id = c.version_id
WHERE c.state = 'open'
"""

KIOSK_SETTINGS = """
CREATE VIEW survey_kiosk_setting AS
SELECT section, payload FROM setting WHERE section IN ('surveys.kiosk', 'surveys.kiosk_pin')
"""

SQLITE_GUARD = """
CREATE TRIGGER survey_paper_guard AFTER INSERT ON survey_paper WHEN NEW.answers IS NOT NULL
BEGIN
  SELECT RAISE(ABORT, 'survey_closed')
  WHERE NOT EXISTS (SELECT 1 FROM survey_campaign WHERE id = NEW.campaign_id AND state = 'open');
  SELECT RAISE(ABORT, 'survey_code_missing')
  FROM survey_campaign WHERE id = NEW.campaign_id AND (anonymity = 'codes') <> (NEW.code_hash IS NOT NULL);
  SELECT RAISE(ABORT, 'survey_code_unknown')
  WHERE NEW.code_hash IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM survey_code WHERE campaign_id = NEW.campaign_id AND code_hash = NEW.code_hash);
  SELECT RAISE(ABORT, 'survey_code_used')
  FROM survey_code WHERE campaign_id = NEW.campaign_id AND code_hash = NEW.code_hash AND used;
  SELECT RAISE(ABORT, 'survey_full')
  FROM survey_campaign WHERE id = NEW.campaign_id
  AND (SELECT count(*) FROM survey_paper WHERE campaign_id = NEW.campaign_id) > most;
END
"""

# NO KEY UPDATE: two papers at once queue here, and do not wait for each other's foreign key locks.
POSTGRES_GUARD = """
CREATE FUNCTION survey_paper_guard() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
  asked survey_campaign%ROWTYPE;
BEGIN
  IF NEW.answers IS NULL THEN
    IF pg_has_role(session_user, current_user, 'MEMBER') THEN
      RETURN NULL;  -- a receipt that comes back from a backup
    END IF;
    RAISE EXCEPTION 'survey_empty';
  END IF;
  SELECT * INTO asked FROM survey_campaign WHERE id = NEW.campaign_id FOR NO KEY UPDATE;
  IF NOT FOUND OR asked.state <> 'open' THEN
    RAISE EXCEPTION 'survey_closed';
  END IF;
  IF (asked.anonymity = 'codes') <> (NEW.code_hash IS NOT NULL) THEN
    RAISE EXCEPTION 'survey_code_missing';
  END IF;
  IF EXISTS (SELECT 1 FROM survey_code
             WHERE campaign_id = NEW.campaign_id AND code_hash = NEW.code_hash AND used) THEN
    RAISE EXCEPTION 'survey_code_used';
  END IF;
  IF (SELECT count(*) FROM survey_paper WHERE campaign_id = NEW.campaign_id) > asked.most THEN
    RAISE EXCEPTION 'survey_full';
  END IF;
  RETURN NULL;
END $$
"""

FROZEN = "questionnaire_version is frozen"


def upgrade() -> None:
    op.execute(OPEN_SURVEYS)
    op.execute(KIOSK_SETTINGS)
    if op.get_bind().dialect.name == "sqlite":
        op.execute(SQLITE_GUARD)
        op.execute(
            "CREATE TRIGGER questionnaire_version_frozen BEFORE UPDATE OF content, number, questionnaire_id "
            f"ON questionnaire_version WHEN OLD.frozen BEGIN SELECT RAISE(ABORT, '{FROZEN}'); END"
        )
        return
    op.execute(POSTGRES_GUARD)
    op.execute(
        "CREATE TRIGGER survey_paper_guard AFTER INSERT ON survey_paper "
        "FOR EACH ROW EXECUTE FUNCTION survey_paper_guard()"
    )
    op.execute(
        "CREATE FUNCTION questionnaire_version_frozen() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{FROZEN}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER questionnaire_version_frozen BEFORE UPDATE OF content, number, questionnaire_id "
        "ON questionnaire_version FOR EACH ROW WHEN (OLD.frozen) EXECUTE FUNCTION questionnaire_version_frozen()"
    )
