"""`python -m tests.mutation`: mutate the embedded server, run the specification against each mutant, and report."""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from cosmic_ray.work_db import WorkDB, use_db
from tqdm import tqdm

from acceptance.paths import ROOT
from acceptance.reports.github_summary import VARIABLE
from tests.mutation import report, results, scope

LINES = ("0.18", "0.27")
# What the specification needs to run. Mutants are made in copies of these, never here.
NEEDED = ("acceptance", "embedded_ragflow", "features", "behave.ini")


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    less = options.add_mutually_exclusive_group()
    less.add_argument("--again", action="store_true", help="run only what survived the last run, with new scenarios")
    less.add_argument("--report", action="store_true", help="run nothing, and report from the last run")
    chosen = options.parse_args()
    # Being ended is an interrupt like Ctrl-C: the workers are ended too, and the copies removed.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    (ROOT / "reports").mkdir(exist_ok=True)
    if not chosen.report:
        try:
            with tempfile.TemporaryDirectory(prefix="mutation-") as folder:
                run_all(Path(folder), again=chosen.again)
        except subprocess.CalledProcessError as failed:
            print(f"The mutants cannot be run: {failed}", file=sys.stderr)
            return 1
    return report.write({line: session_of(line) for line in LINES}, ROOT)


def session_of(line: str) -> Path:
    """Where cosmic-ray keeps the mutants of a line, and what became of them."""
    return ROOT / "reports" / f"mutation-{line}.sqlite"


def run_all(folder: Path, *, again: bool) -> None:
    """Run the mutants of every line: the lines side by side, each in a copy of its own."""
    workers: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for line in LINES:
            workers[line] = begin(line, folder / line, again=again)
        show_progress(workers)
    finally:
        for worker in workers.values():
            worker.terminate()
            worker.wait()


def begin(line: str, copy: Path, *, again: bool) -> "subprocess.Popen[bytes]":
    """See that the specification holds for a line without a mutant, and start to run those that are to be run."""
    for name in NEEDED:
        put = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        put(ROOT / name, copy / name)
    config, session = Path(__file__).with_name(f"line-{line}.toml"), session_of(line)
    if again:
        results.forget_survivors(session)
    else:
        session.unlink(missing_ok=True)
        cosmic_ray("cosmic-ray", "init", config, session, where=copy)
        cosmic_ray("cr-filter-operators", session, config, where=copy)
        scope.leave_out(session, config)
    cosmic_ray("cosmic-ray", "baseline", config, where=copy)
    return subprocess.Popen([program("cosmic-ray"), "exec", config, session], cwd=copy, env=environment())


def cosmic_ray(name: str, *arguments: str | Path, where: Path) -> None:
    subprocess.run([program(name), *arguments], cwd=where, env=environment(), check=True)


def program(name: str) -> Path:
    return Path(sys.executable).with_name(name)


def environment() -> dict[str, str]:
    """This process's own, but for a RAGFlow and a job page that it knows of, and with this Python as `python`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("RAGFLOW_", VARIABLE))}
    return {**kept, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}


def show_progress(workers: "dict[str, subprocess.Popen[bytes]]") -> None:
    """Until every worker has ended. Raises CalledProcessError where one did so with an error."""
    bars = {
        line: tqdm(desc=f"line {line}", total=pending(line), unit=" mutants", position=position)
        for position, line in enumerate(workers)
    }
    while any(worker.poll() is None for worker in workers.values()):
        time.sleep(1)
        for line, bar in bars.items():
            bar.update(bar.total - pending(line) - bar.n)
    for bar in bars.values():
        bar.close()
    for worker in workers.values():
        if worker.returncode:
            raise subprocess.CalledProcessError(worker.returncode, worker.args)


def pending(line: str) -> int:
    with use_db(session_of(line), WorkDB.Mode.open) as database:
        return database.num_work_items - database.num_results


if __name__ == "__main__":
    sys.exit(main())
