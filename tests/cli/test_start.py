#!/usr/bin/env python3
"""`knead new` writes scenarios that work, and the shells complete what the program takes.

KNEAD_PROGRAM is the program. bash runs its script; zsh, where there is one, runs its own with stand-ins for the
builtins that only work while somebody types.
"""
import json
import os
import pathlib
import shutil
import subprocess
import tempfile

import cases

PROGRAM = os.environ.get("KNEAD_PROGRAM")
SOURCE = pathlib.Path(os.environ.get("KNEAD_SOURCE_DIR", pathlib.Path(__file__).parents[2]))
WAIT = 300  # s: a sanitized program on a busy machine


def knead(folder, *args):
    return subprocess.run([PROGRAM, *args], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          timeout=WAIT)


def templates(where):
    return [row["name"] for row in json.loads(knead(where, "list", "templates", "--json").stdout)["templates"]]


# ---- new ------------------------------------------------------------------------------------------------------------
def every_scenario_of_the_repository_is_a_template_and_passes_check_alone(folder):
    files = {p.stem: p for where in ("scenarios", "scenarios/tutorial") for p in (SOURCE / where).glob("*.yaml")}
    names = templates(folder)
    assert sorted(names) == sorted(files) and len(names) > 10, set(names) ^ set(files)
    for name in names:
        done = knead(folder, "new", name)
        assert done.returncode == 0 and f"knead check {name}.yaml" in done.stderr and not done.stdout, done
        assert pathlib.Path(folder, name + ".yaml").read_bytes() == files[name].read_bytes(), name
    checked = knead(folder, "check", *(n + ".yaml" for n in names))
    assert checked.returncode == 0 and checked.stdout.count(": fine") == len(names), checked.stderr


def without_a_name_it_is_the_starter_which_runs(folder):
    assert knead(folder, "new", "-o", "mine.yaml").returncode == 0
    text = pathlib.Path(folder, "mine.yaml").read_text()
    assert text == knead(folder, "new", "starter", "-o", "-").stdout and "technique: effleurage" in text
    assert os.listdir(folder) == ["mine.yaml"]
    # Coarse, and only until the palm is down: the rest is another repetition of the same.
    done = knead(folder, "run", "mine.yaml", "-q", "--set", "body.cells=[4, 4]", "--until", "0.1 s")
    assert done.returncode == 0 and os.path.exists(folder + "/mine.h5"), done.stderr


def it_never_overwrites_unless_forced(folder):
    mine = pathlib.Path(folder, "starter.yaml")
    mine.write_text("mine")
    for args in (["new"], ["new", "starter"], ["new", "swedish", "-o", "starter.yaml"]):
        done = knead(folder, *args)
        assert done.returncode == 2 and "starter.yaml exists already; --force" in done.stderr, done
        assert mine.read_text() == "mine"
    done = knead(folder, "new", "--force", "--json")
    assert done.returncode == 0 and json.loads(done.stdout)["scenario"] == "starter.yaml"
    assert mine.read_text() == knead(folder, "new", "-o", "-").stdout
    assert knead(folder, "new", "-o", "nowhere/x.yaml").returncode == 5
    unknown = knead(folder, "new", "swedsh")
    assert unknown.returncode == 2 and "did you mean 'swedish'" in unknown.stderr
    assert os.listdir(folder) == ["starter.yaml"]


# ---- completion -----------------------------------------------------------------------------------------------------
BASH = """source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
_knead
printf '%s\\n' "${COMPREPLY[@]}"
"""
ZSH = """compdef() { :; }
_files() { print -l -- *(N); }
compadd() { shift; print -l -- ${(M)@:#${words[CURRENT]#*=}*}; }
compset() { :; }
source "$1"; shift
words=("$@"); CURRENT=$#
_knead
"""
LINES = [  # typed so far, some of what is offered, what is not; bash takes `=` for a word of its own
    ("knead ", {"run", "check", "compare", "export", "new", "help"}, {"starter", "--force"}),
    ("knead co", {"compare", "completion"}, {"run"}),
    ("knead run --m", {"--max-wall"}, {"--json"}),
    ("knead run --", {"--force", "--dry-run", "--json"}, {"--tol", "--csv"}),
    ("knead -q compare --", {"--tol", "--json"}, {"--force"}),
    ("knead run --progress ", {"auto", "bar", "json", "none"}, {"file.yaml"}),
    ("knead run --color=al", {"always"}, {"auto"}),
    ("knead run ", {"file.yaml"}, {"swedish"}),
    ("knead run -o ", {"file.yaml"}, {"auto"}),
    ("knead run --threads ", set(), {"file.yaml", "auto"}),
    ("knead list t", {"techniques", "tissues", "templates"}, {"hands"}),
    ("knead explain fat", {"fat_lean", "fat_obese"}, {"effleurage"}),
    ("knead explain e", {"effleurage", "elbow"}, {"fat_lean"}),
    ("knead new s", {"starter", "swedish", "sports"}, {"tissues"}),
    ("knead help v", {"validate"}, {"run"}),
    ("knead completion ", {"bash", "zsh"}, {"run"}),
]


def words_of(line, shell):
    words = line.split(" ")
    if shell == "bash" and "=" in words[-1]:
        left, right = words.pop().split("=")
        words += [left, "=", right]
    return words


def complete(folder, shell, driver):
    script = knead(folder, "completion", shell)
    assert script.returncode == 0 and not script.stderr
    pathlib.Path(folder, "script").write_text(script.stdout)
    pathlib.Path(folder, "file.yaml").write_text("")
    for line, offered, not_offered in LINES:
        done = subprocess.run([shutil.which(shell), "-c", driver, shell, "./script", *words_of(line, shell)],
                              cwd=folder, capture_output=True, text=True, timeout=WAIT)
        answer = set(done.stdout.split())
        assert not done.stderr, (line, done.stderr)
        assert offered <= answer and not not_offered & answer, (shell, line, answer)
        assert offered or not answer, (shell, line, answer)


def bash_completes_commands_options_values_and_names(folder):
    complete(folder, "bash", BASH)


def zsh_completes_the_same(folder):
    if shutil.which("zsh"):
        complete(folder, "zsh", ZSH)


def every_option_of_every_command_is_offered_to_it_alone(folder):
    """The script against the help, which is another reading of the same tables."""
    script = knead(folder, "completion", "bash").stdout
    offers = {}
    for line in script[script.index("if [[ $word == -*"):].splitlines():
        if "_knead_words --" in line and not line.strip().startswith("(*)"):
            names, words = line.strip().rstrip(";").split(") _knead_words ")
            offers.update({name: set(words.split()) for name in names.strip("(").split("|")})
    assert len(offers) > 10
    for command, words in offers.items():
        if command == "validate":
            continue  # help knows it by its first name
        helped = {w.rstrip(",") for line in knead(folder, "help", command).stdout.splitlines()
                  for w in line[:40].split() if line.startswith("  ") and w.startswith("--")}
        assert helped == words, (command, helped ^ words)


def another_shell_is_refused(folder):
    done = knead(folder, "completion", "fish")
    assert done.returncode == 2 and "bash" in done.stderr and not done.stdout


if __name__ == "__main__":
    cases.needs_program()
    cases.run(cases.cases(globals(), "folder"), tempfile.TemporaryDirectory)
