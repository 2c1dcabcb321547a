"""The survey kiosk: a shell of its own over the ballot box, for a screen that anybody may touch."""
