"""One file for each kind of case; nothing here knows another machine."""
