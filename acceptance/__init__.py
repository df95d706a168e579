"""What the steps of the specification stand on; its packages import each other downwards only (CONTRIBUTING.md)."""

VERSION = "1.3.0"
