#!/bin/sh
# Make the virtual environment and install the package in $1 into it: sh scripts/setup.sh .
#
# torch is installed first and alone, in its CPU build: as a dependency, pip on Linux would take the
# CUDA build, some 3 GB more.
set -eu
: "${PYTHON:=python3}" "${VENV:=.venv}"

"$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "article-chat needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 …" >&2
    exit 1
}
[ -x "$VENV/bin/python" ] || "$PYTHON" -m venv "$VENV"
pip="$VENV/bin/python -m pip --disable-pip-version-check"

has_cuda_build() {
    "$VENV/bin/python" -c 'import sys, torch; sys.exit(torch.version.cuda is None)' 2>/dev/null
}
# A CUDA build that was installed on purpose, for a GPU, is kept.
kept=no
if has_cuda_build; then kept=yes; fi

torch=$(sed -n 's/^ *"\(torch==[0-9.]*\)",$/\1/p' pyproject.toml)
if ! "$VENV/bin/python" -c 'import sys, importlib.metadata as m; v = m.version("torch"); sys.exit(v.split("+")[0] != sys.argv[1])' "${torch#torch==}" 2>/dev/null
then
    # pip takes a "+cpu" build from its own indexes or disk; uv knows where else such builds are.
    $pip install --quiet "$torch+cpu" 2>/dev/null || {
        $pip install --quiet uv
        "$VENV/bin/uv" pip install --quiet --python "$VENV/bin/python" --torch-backend cpu "$torch"
    }
fi
$pip install --quiet --editable "$1"

if [ "$kept" = no ] && has_cuda_build; then
    echo "pip put a CUDA build in the place of torch's CPU build: delete $VENV and run this again" >&2
    exit 1
fi
