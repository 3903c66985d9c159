#!/bin/sh
# Index a folder of articles and open the chat over it: sh scripts/chat.sh COMMAND FOLDER
#
# seeds/ has the default index. Every other folder has an index of its own: an index keeps all
# folders that were ever added to it, and the chat would quote them all.
# ARTICLE_CHAT_DATA, if it is set, names the index in both cases.
set -eu
command=$1 articles=$2

full_path() {
    (cd "$1" 2>/dev/null && pwd -P) || printf '%s\n' "$1"
}

path=$(full_path "$articles")
if [ -z "${ARTICLE_CHAT_DATA:-}" ] && [ "$path" != "$(full_path seeds)" ]; then
    # The number tells folders of the same name apart.
    number=$(printf %s "$path" | cksum | cut -d ' ' -f 1)
    ARTICLE_CHAT_DATA=.article-chat-$(basename "$path")-$number
    export ARTICLE_CHAT_DATA
    echo "the index of $articles is in $ARTICLE_CHAT_DATA"
fi
"$command" index "$articles"
exec "$command" chat
