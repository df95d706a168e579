"""Every trouble of docs/troubles.md, provoked: a whole run each, or one run for several."""
