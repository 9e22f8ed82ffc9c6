"""``./rolecall`` in an empty shell: it finds its Python, its commands and its stack, or says what is missing."""

from __future__ import annotations

import importlib
import importlib.util
import re
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from local.base.paths import IMPORTS, ROOT
from local.help import ANSWERS, everything, refusal
from local.search.start import QUESTIONS
from rolecall.commands import Arguments, Usage, commands, cut, python_arguments, usages
from rolecall.entry import parse_limit

DOMAIN = sorted({usage.name for usage in commands()})


def rolecall(
    *arguments: str, folder: Path, cwd: Path | None = None, program: Path = ROOT / "rolecall", **more: str
) -> tuple[int, str, str]:
    """Exit status, output, errors. The person's home is an empty folder, and nobody's environment is active."""
    home = folder / "person"
    home.mkdir(exist_ok=True)
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(home), "ROLECALL_HOME": str(folder / "stack"), "VENV": sys.prefix, **more}
    done = subprocess.run(
        [program, *arguments], cwd=cwd or folder, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("name", [*DOMAIN, "airflow", "python"])
def test_a_command_that_needs_the_stack_says_that_it_is_down_and_makes_nothing(name: str, tmp_path: Path) -> None:
    assert rolecall(name, folder=tmp_path) == (2, "", "the stack is down → make up\n")
    assert list((tmp_path / "person").iterdir()) == []  # no ~/airflow with an SQLite in it
    assert not (tmp_path / "stack").exists()


def test_status_and_logs_of_a_stack_that_never_ran_say_how_it_starts(tmp_path: Path) -> None:
    assert rolecall("status", folder=tmp_path) == (3, "not running → make up\n", "")
    assert rolecall("logs", folder=tmp_path) == (2, "", "nothing has run yet → make up\n")


@pytest.mark.parametrize("arguments", [["status"], ["boards", "report"], ["airflow", "version"]])
def test_without_an_installation_it_says_how_to_get_one(arguments: list[str], tmp_path: Path) -> None:
    assert rolecall(*arguments, folder=tmp_path, VENV=str(tmp_path / "none")) == (
        2,
        "",
        "nothing is installed, or not to its end → make up\n",
    )


def test_help_needs_no_installation_and_costs_little(tmp_path: Path) -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    code, out, errors = rolecall(folder=tmp_path, VENV=str(tmp_path / "none"), PATH=f"{Path(sys.executable).parent}:/usr/bin:/bin")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert (code, errors) == (0, "")
    assert (code, out, errors) == rolecall("help", folder=tmp_path)
    for usage in everything():
        assert usage.call in out
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 0.6  # 0.1 s here


@pytest.mark.parametrize("name", [*DOMAIN, "airflow"])
def test_every_command_begins_where_ctrl_c_and_a_closed_pipe_are_answered(name: str) -> None:
    assert "rolecall.entry" in python_arguments(name, [])


COUNTS = """
import time
if __name__ == "__main__":
    for number in range(LINES):
        print(number, flush=True)
    time.sleep(WAITS)
"""


def begun(tmp_path: Path, lines: int, waits: float) -> subprocess.Popen[bytes]:
    (tmp_path / "counts.py").write_text(COUNTS.replace("LINES", str(lines)).replace("WAITS", str(waits)))
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": f"{tmp_path}:{IMPORTS}"}
    command = [sys.executable, "-P", "-m", "rolecall.entry", "counts"]
    return subprocess.Popen(command, env=environment, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_a_reader_that_has_gone_ends_a_command_without_a_traceback(tmp_path: Path) -> None:
    child = begun(tmp_path, 100_000, 0)
    assert child.stdout is not None
    assert child.stderr is not None
    assert child.stdout.readline() == b"0\n"
    child.stdout.close()
    assert child.stderr.read() == b""
    assert child.wait(timeout=30) == 141


def test_ctrl_c_ends_a_command_with_130_and_one_word(tmp_path: Path) -> None:
    child = begun(tmp_path, 1, 60)
    assert child.stdout is not None
    assert child.stdout.readline() == b"0\n"
    child.send_signal(signal.SIGINT)
    assert child.communicate(timeout=30) == (b"", b"\ninterrupted\n")
    assert child.returncode == 130


@pytest.mark.parametrize(("ends", "status", "says"), [("None", 0, ""), ("2", 2, ""), ("'no such day'", 1, "no such day\n")])
def test_a_commands_exit_status_is_its_own(tmp_path: Path, ends: str, status: int, says: str) -> None:
    (tmp_path / "ends.py").write_text(f"import sys; sys.exit({ends})")
    done = subprocess.run(
        [sys.executable, "-m", "rolecall.entry", "ends"],
        env={"PYTHONPATH": f"{tmp_path}:{IMPORTS}"}, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (status, "", says)


def test_it_works_through_a_link_and_takes_no_module_of_the_callers_folder(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "rolecall").symlink_to(ROOT / "rolecall")
    for package in ("local", "include", "psycopg"):
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").write_text("raise SystemExit('taken from the wrong folder')")
    code, out, _ = rolecall("help", folder=tmp_path, program=tmp_path / "bin" / "rolecall")
    assert code == 0
    assert "./rolecall catalog explain JOB" in out


WRONG = [
    (["bords"], "there is no ./rolecall bords; did you mean boards? → ./rolecall help"),
    (["xyzzy"], "there is no ./rolecall xyzzy → ./rolecall help"),
    (["stauts"], "there is no ./rolecall stauts; did you mean status? → ./rolecall help"),
    (["token"], "there is no ./rolecall token → ./rolecall person token ID or ./rolecall help"),
    (["catalog", "exlain"], "./rolecall catalog: there is no exlain; did you mean explain? → list, explain, doubts, split, decide"),
    (["demo", "--foo"], "./rolecall demo: there is no --foo → ./rolecall demo --help"),
    (["up", "now"], "./rolecall up: 'now' is one word too many → ./rolecall up --help"),
    (["status", "--al"], "./rolecall status: there is no --al; did you mean --all? → ./rolecall status --help"),
    (["restore"], "FROM is missing → make restore FROM=file, folder or address of a backup"),
    (["restore", ""], "FROM is missing → make restore FROM=file, folder or address of a backup"),
    (["setup", "--fast"], "./rolecall setup: there is no --fast → ./rolecall setup --help"),
]


@pytest.mark.parametrize("installed", [True, False])
@pytest.mark.parametrize(("arguments", "says"), WRONG)
def test_what_is_mistyped_is_refused_in_plain_words_before_anything_is_installed(
    arguments: list[str], says: str, installed: bool, tmp_path: Path
) -> None:
    venv = sys.prefix if installed else str(tmp_path / "none")
    assert rolecall(*arguments, folder=tmp_path, VENV=venv, PATH=f"{Path(sys.executable).parent}:/usr/bin:/bin") == (2, "", f"{says}\n")
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (["--nmae", "Ada"], "there is no --nmae; did you mean --name?"),
        (["cv.pdf"], "'cv.pdf' is one word too many"),
        (["--name"], "--name needs a value"),
        (["--name", "--email", "ada@example.org"], "--name needs a value"),
        (["--cv", "nowhere.pdf"], "there is no file nowhere.pdf"),
        (["--name=Ada", "--salary", "-1", "--cv=nowhere.pdf"], "there is no file nowhere.pdf"),
    ],
)
def test_what_start_cannot_mean_is_refused_before_anything_is_installed(given: list[str], says: str) -> None:
    assert says in refusal(["start", *given], {})


def test_a_cv_is_looked_for_where_the_command_is_typed(tmp_path: Path) -> None:
    status, _, says = rolecall("start", "--cv", "cv.txt", "--nmae", "Ada", folder=tmp_path)
    assert (status, "there is no --nmae" in says) == (2, True)
    status, _, says = rolecall("start", "--cv", "cv.txt", folder=tmp_path, VENV=str(tmp_path / "none"))
    assert (status, "there is no file cv.txt" in says) == (2, True)
    assert not (tmp_path / "none").exists()
    (tmp_path / "cv.txt").write_text("Ada")
    assert refusal(["start", "--cv", "cv.txt"], {"ROLECALL_FROM": str(tmp_path)}) == ""


def test_what_start_takes_is_not_refused() -> None:
    asked = [f"--{question.name}" for question in QUESTIONS]
    assert refusal(["start", *(word for option in asked for word in (option, "x")), f"--cv={__file__}"], {}) == ""
    assert refusal(["start"], {"CV": __file__, "ROLECALL_GIVEN": "CV"}) == ""
    assert "no file gone.pdf" in refusal(["start"], {"CV": "gone.pdf", "ROLECALL_GIVEN": "CV"})
    assert sorted(ANSWERS) == sorted(["CV", *(question.name.upper() for question in QUESTIONS)])


def test_a_mistyped_variable_of_make_and_pages_that_are_none_are_refused_before_anything_is_installed(tmp_path: Path) -> None:
    for given, says in (
        ("PAGE=pages", "make knows no PAGE; did you mean PAGES? → make help"),
        ("PAGES=/nowhere", "PAGES=/nowhere is not a folder"),
    ):
        done = subprocess.run(
            ["make", "--no-print-directory", "demo", given, f"VENV={tmp_path}/none", f"ROLECALL_HOME={tmp_path}/home"],
            cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert done.stderr.startswith(says)
        assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    ("target", "says"), [("dmeo", "dmeo; did you mean demo?"), ("xyzzy", "xyzzy"), ("statsu", "statsu; did you mean status?")]
)
def test_a_mistyped_target_of_make_is_told_its_name(target: str, says: str) -> None:
    done = subprocess.run(["make", "--no-print-directory", target], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr.splitlines()[0]) == (2, "", f"there is no make {says} → make help")


@pytest.mark.parametrize("name", ["setup", "up", "down", "status", "logs", "demo", "restore", "completion"])
def test_help_of_a_command_needs_neither_a_stack_nor_an_installation(name: str, tmp_path: Path) -> None:
    none = {"VENV": str(tmp_path / "none"), "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin"}
    code, out, errors = rolecall(name, "--help", folder=tmp_path, **none)
    assert (code, errors) == (0, "")
    assert f"./rolecall {name}" in out
    assert (code, out, errors) == rolecall("help", name, folder=tmp_path, **none)


def test_help_is_given_wherever_it_is_asked_for(tmp_path: Path) -> None:
    assert rolecall("logs", "services", "--help", folder=tmp_path) == rolecall("help", "logs", folder=tmp_path)


@pytest.mark.parametrize("mistyped", [["stauts"], ["person", "lsit"]])
def test_a_mistyped_command_is_refused_without_loading_what_commands_need(mistyped: list[str], tmp_path: Path) -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert rolecall(*mistyped, folder=tmp_path)[0] == 2
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 0.6  # 0.3 s here, 3 s with them


def test_every_subcommand_is_in_its_commands_help() -> None:
    """What is not there would be refused as mistyped."""
    found = 0
    for name in DOMAIN:
        lines = [usage for usage in everything() if usage.name == name]
        if all(usage.word for usage in lines):
            source = importlib.util.find_spec(runs(lines[0].module))
            assert source is not None
            assert source.origin is not None
            below = set(re.findall(r'add_parser\(\s*"([a-z-]+)"', Path(source.origin).read_text(encoding="utf-8")))
            found += len(below)
            assert below <= {usage.word for usage in lines}, name
    assert found > 20


def runs(module: str) -> str:
    """The module that Python runs for it: a package's ``__main__``."""
    spec = importlib.util.find_spec(module)
    return f"{module}.__main__" if spec and spec.submodule_search_locations else module


def test_a_misspelt_subcommand_or_option_is_told_with_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    parser = Arguments(prog="./rolecall catalog")
    below = parser.add_subparsers(dest="command", required=True)
    below.add_parser("list").add_argument("--limit", type=parse_limit, default=20)
    deciding = below.add_parser("decide")
    deciding.add_argument("job")
    deciding.add_argument("decision", choices=("same", "different"))
    for given, says in (
        (["lsit"], "./rolecall catalog: there is no lsit; did you mean list? → list, decide"),
        ([], "./rolecall catalog: say what to do → list, decide"),
        (["list", "--limt", "3"], "./rolecall catalog list: there is no --limt; did you mean --limit? → ./rolecall catalog list --help"),
        (["list", "--lim", "3"], "./rolecall catalog list: there is no --lim; did you mean --limit? → ./rolecall catalog list --help"),
        (["decide"], "./rolecall catalog decide: job, decision is missing → ./rolecall catalog decide --help"),
        (["decide", "a", "smae"], "./rolecall catalog decide: decision knows no smae; did you mean same? → same, different"),
    ):
        with pytest.raises(SystemExit) as ended:
            parser.parse_args(given)
        assert (ended.value.code, capsys.readouterr().err) == (2, f"{says}\n")


def test_every_command_reads_its_arguments_with_one_parser() -> None:
    own = {file: file.read_text(encoding="utf-8") for file in (*(ROOT / "include").rglob("*.py"), *(ROOT / "local").rglob("*.py"))}
    plain = [file for file, text in own.items() if "argparse.ArgumentParser(" in text and "./rolecall" in text]
    assert plain == []


def test_a_list_that_is_cut_says_so() -> None:
    assert cut(20, 1430) == ["20 of 1,430; --limit for more"]
    assert cut(20, 20) == []


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_completion_knows_every_command_and_its_subcommands(shell: str, tmp_path: Path) -> None:
    code, script, _ = rolecall("completion", shell, folder=tmp_path)
    assert code == 0
    for usage in everything():
        assert usage.name in script
        assert usage.word in script


def test_bash_completes_what_is_typed(tmp_path: Path) -> None:
    asked = 'COMP_WORDS=(./rolecall catalog "e"); COMP_CWORD=2; _rolecall; echo "${COMPREPLY[@]}"'
    script = f'eval "$({ROOT / "rolecall"} completion bash)"; {asked}'
    environment = {"PATH": "/usr/bin:/bin", "VENV": sys.prefix, "ROLECALL_HOME": str(tmp_path)}
    done = subprocess.run(["bash", "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "explain\n"


def test_in_a_container_its_own_environment_is_used(tmp_path: Path) -> None:
    container = {
        "VENV": str(tmp_path / "none"),
        "AIRFLOW_CONFIG": str(ROOT / "airflow.cfg"),
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
    }
    code, out, _ = rolecall("help", folder=tmp_path, **container)
    assert code == 0
    assert "./rolecall backup" in out
    code, out, errors = rolecall(
        "python", "-c", "import os; print('AIRFLOW_CONN_POSTGRES_DEFAULT' in os.environ)", folder=tmp_path, **container
    )
    assert (code, out) == (0, "False\n"), errors


@pytest.mark.parametrize("module", sorted({usage.module for usage in commands()}))
def test_every_command_explains_itself_under_the_name_it_is_called_by(module: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = importlib.import_module(module)
    found = importlib.import_module(f"{module}.__main__") if hasattr(found, "__path__") else found
    with pytest.raises(SystemExit) as ended:
        found.main(["--help"])
    assert ended.value.code == 0
    assert f"usage: ./rolecall {next(usage.name for usage in commands() if usage.module == module)}" in capsys.readouterr().out


def test_a_usage_line_is_read_with_and_without_words() -> None:
    read = usages("""Cakes.

    ./rolecall cakes bake KIND [--hot]    bakes one
      ./rolecall cakes
    see `./rolecall cakes bake` for more
    """)
    assert read == [Usage("cakes", "bake KIND [--hot]", "bakes one", ""), Usage("cakes", "", "", "")]
    assert [usage.word for usage in read] == ["bake", ""]
