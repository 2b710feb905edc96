#!/bin/sh
# As the official image: the first start makes the root of any host with MYSQL_ROOT_PASSWORD, then MYSQL_DATABASE, and
# MYSQL_USER with MYSQL_PASSWORD for it, then runs the scripts in /docker-entrypoint-initdb.d.
set -eu
case "${1:-}" in
-*) set -- mysqld "$@" ;;
mysqld) ;;
*) exec "$@" ;;
esac

quoted() {
    printf "'%s'" "$(printf '%s' "$1" | sed "s/\\\\/&&/g; s/'/''/g")"
}

if ! [ -d /var/lib/mysql/mysql ]; then
    : "${MYSQL_ROOT_PASSWORD:?must be set, for the database is new}"
    mysqld --initialize-insecure --user=mysql --datadir=/var/lib/mysql
    init=/var/lib/mysql-init.sql
    root=$(quoted "$MYSQL_ROOT_PASSWORD")
    {
        echo "CREATE USER 'root'@'${MYSQL_ROOT_HOST:-%}' IDENTIFIED BY $root;"
        echo "GRANT ALL ON *.* TO 'root'@'${MYSQL_ROOT_HOST:-%}' WITH GRANT OPTION;"
        if [ -n "${MYSQL_DATABASE:-}" ]; then
            echo "CREATE DATABASE IF NOT EXISTS \`$MYSQL_DATABASE\`;"
        fi
        if [ -n "${MYSQL_USER:-}" ]; then
            echo "CREATE USER $(quoted "$MYSQL_USER")@'%' IDENTIFIED BY $(quoted "${MYSQL_PASSWORD:-}");"
            if [ -n "${MYSQL_DATABASE:-}" ]; then
                echo "GRANT ALL ON \`$MYSQL_DATABASE\`.* TO $(quoted "$MYSQL_USER")@'%';"
            fi
        fi
        for script in /docker-entrypoint-initdb.d/*.sql; do
            if [ -f "$script" ]; then
                cat "$script"
            fi
        done
        echo "ALTER USER 'root'@'localhost' IDENTIFIED BY $root;"
    } >"$init"
    chown mysql "$init"
    set -- "$@" --init-file="$init"
fi
exec "$@" --user=mysql --datadir=/var/lib/mysql
