"""The ground floor: no Qt, no business. Everything above may look down at it."""
