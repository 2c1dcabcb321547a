# Everything is in scripts/bootstrap.py (standard library only); this file gives it short names.
# On a machine whose python3 is older than 3.11 the script looks for a newer one itself.
PYTHON ?= python3
ARGS ?=

.PHONY: run test setup lint bench
run test setup lint bench:
	@$(PYTHON) scripts/bootstrap.py $@ $(ARGS)
