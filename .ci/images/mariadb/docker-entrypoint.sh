#!/bin/sh
# As the official image: the first start makes the root of any host with MARIADB_ROOT_PASSWORD, then MARIADB_DATABASE,
# and MARIADB_USER with MARIADB_PASSWORD for it; each also by its older name, MYSQL_... .
set -eu
case "${1:-}" in
-*) set -- mariadbd "$@" ;;
mariadbd | mysqld) ;;
*) exec "$@" ;;
esac

quoted() {
    printf "'%s'" "$(printf '%s' "$1" | sed "s/\\\\/&&/g; s/'/''/g")"
}

if ! [ -d /var/lib/mysql/mysql ]; then
    root_password=${MARIADB_ROOT_PASSWORD:-${MYSQL_ROOT_PASSWORD:?must be set, for the database is new}}
    database=${MARIADB_DATABASE:-${MYSQL_DATABASE:-}}
    user=${MARIADB_USER:-${MYSQL_USER:-}}
    password=${MARIADB_PASSWORD:-${MYSQL_PASSWORD:-}}
    mariadb-install-db --user=mysql --datadir=/var/lib/mysql --auth-root-authentication-method=normal \
        --skip-test-db >/dev/null
    init=/var/lib/mysql-init.sql
    root=$(quoted "$root_password")
    {
        echo "DELETE FROM mysql.global_priv WHERE User = '' OR (User = 'root' AND Host <> 'localhost');"
        echo "FLUSH PRIVILEGES;"
        echo "CREATE USER 'root'@'%' IDENTIFIED BY $root;"
        echo "GRANT ALL ON *.* TO 'root'@'%' WITH GRANT OPTION;"
        if [ -n "$database" ]; then
            echo "CREATE DATABASE IF NOT EXISTS \`$database\`;"
        fi
        if [ -n "$user" ]; then
            echo "CREATE USER $(quoted "$user")@'%' IDENTIFIED BY $(quoted "$password");"
            if [ -n "$database" ]; then
                echo "GRANT ALL ON \`$database\`.* TO $(quoted "$user")@'%';"
            fi
        fi
        echo "SET PASSWORD FOR 'root'@'localhost' = PASSWORD($root);"
    } >"$init"
    chown mysql "$init"
    set -- "$@" --init-file="$init"
fi
exec "$@" --user=mysql --datadir=/var/lib/mysql
