"""How much memory a process has used at most."""

from pathlib import Path


def peak_memory(process: int | str) -> float | None:
    """In MB, of the process with this id, or of ``self``; None where the system does not tell, as on macOS."""
    status = Path(f"/proc/{process}/status")
    return int(status.read_text().partition("VmHWM:")[2].split()[0]) / 1024 if status.exists() else None
