//! Tasks, signals, systemd, and the only clock.
