"""Building what we hand over: forms, wheel hook, frozen program."""
