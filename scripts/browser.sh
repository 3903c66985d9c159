#!/bin/sh
# Install Chromium for the browser tests, unless it is there: sh scripts/browser.sh PYTHON
set -eu
python=$1

find_browser() {
    command -v chromium || "$python" -c '
import os, sys
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    path = playwright.chromium.executable_path
sys.exit(not os.path.exists(path))'
}

find_browser >/dev/null 2>&1 && exit 0
if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    echo "installing Chromium for the browser tests (Debian's package)"
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null && exit 0
fi
echo "installing Chromium for the browser tests (Playwright's build)"
"$python" -m playwright install chromium || {
    echo "no Chromium: install one as \`chromium\`, then run make test again" >&2
    exit 1
}
