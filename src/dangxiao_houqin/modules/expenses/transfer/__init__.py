"""Tables that come in from files, read and shown before anything is written."""
