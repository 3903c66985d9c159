#!/bin/sh
# Look the installed packages up among the known vulnerabilities: sh scripts/audit.sh VENV
#
# Exit code 1 if one is known, 0 if none is or if they cannot be looked up, which is said: a lack of
# network must not fail a build. pip-audit calls a package that the index does not know "skipped"
# and then finds no vulnerability, so skipped packages are counted as not looked up.
set -eu
venv=$1
tool="pip-audit==2.10.1" # pinned on 2026-12-01; raise both together
not_checked() {
    echo "audit of $(date -u +%F): nothing was looked up, $1; run make audit with a network"
    exit 0
}

[ -x "$venv/audit/bin/pip-audit" ] || {
    "$venv/bin/python" -m venv "$venv/audit"
    "$venv/audit/bin/python" -m pip install --quiet "$tool" 2>/dev/null ||
        not_checked "$tool cannot be installed"
}
report=$(mktemp)
trap 'rm -f "$report"' EXIT
PIPAPI_PYTHON_LOCATION=$venv/bin/python "$venv/audit/bin/pip-audit" --skip-editable \
    --timeout 10 --progress-spinner off --format json >"$report" 2>/dev/null || true
[ -s "$report" ] || not_checked "the advisories of pypi.org cannot be reached"

"$venv/bin/python" - "$report" "$(date -u +%F)" "$tool" <<'END'
import json
import sys

packages = json.load(open(sys.argv[1], encoding="utf-8"))["dependencies"]
skipped = [one["name"] for one in packages if "skip_reason" in one]
known = [(one, found) for one in packages for found in one.get("vulns", ())]
for one, found in known:
    fixed = ", ".join(found["fix_versions"]) or "no release"
    print(f"{one['name']} {one['version']}: {found['id']}, fixed in {fixed}")
looked_up = len(packages) - len(skipped)
print(
    f"audit of {sys.argv[2]} with {sys.argv[3]}: {len(known)} known vulnerabilities in"
    f" {looked_up} packages; {len(skipped)} were not looked up"
    + (" (the index has no advisories)" if not looked_up else "")
)
sys.exit(bool(known))
END
