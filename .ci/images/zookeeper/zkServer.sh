#!/bin/sh
# The one command of the official script that containers use: start-foreground.
set -eu
[ "$1" = start-foreground ] || { echo "zkServer.sh: only start-foreground is here, not '$1'" >&2; exit 64; }
# shellcheck disable=SC2086 # one word for each flag
exec java ${JVMFLAGS:-} -cp /usr/share/java/zookeeper.jar org.apache.zookeeper.server.quorum.QuorumPeerMain /conf/zoo.cfg
