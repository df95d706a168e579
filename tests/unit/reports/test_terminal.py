import pytest

from acceptance import terminal


def test_results_go_to_stdout_and_errors_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.print_line("a\x1b[31m result\n::warning::")
    terminal.print_error("an error")
    terminal.print_progress("progress")
    assert capsys.readouterr() == ("a\\x1b[31m result\n\\::warning::\n", "an error\nprogress\n")
