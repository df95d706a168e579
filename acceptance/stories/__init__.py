"""Stories that nobody has written: told by chance, judged by the rules, and where one goes wrong, a scenario."""
