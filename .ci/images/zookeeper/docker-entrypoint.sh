#!/bin/sh
# As the official image: writes the configuration and the number of this server unless they are there.
set -eu
if ! [ -f /conf/zoo.cfg ]; then
    {
        echo "dataDir=/data"
        echo "dataLogDir=/datalog"
        echo "clientPort=2181"
        echo "tickTime=${ZOO_TICK_TIME:-2000}"
        echo "initLimit=${ZOO_INIT_LIMIT:-5}"
        echo "syncLimit=${ZOO_SYNC_LIMIT:-2}"
        echo "maxClientCnxns=${ZOO_MAX_CLIENT_CNXNS:-60}"
        echo "admin.enableServer=${ZOO_ADMINSERVER_ENABLED:-true}"
        printf '%s\n' ${ZOO_SERVERS:-} ${ZOO_CFG_EXTRA:-}
    } >/conf/zoo.cfg
fi
[ -f /data/myid ] || echo "${ZOO_MY_ID:-1}" >/data/myid
exec "$@"
