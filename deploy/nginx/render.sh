#!/bin/sh
# Prints nginx's configuration for the servers in SERVERS (addresses with ports, separated by
# spaces), listening at PORT (a port, or an address with one).
#
#   SERVERS="10.0.0.11:8501 10.0.0.12:8501" PORT=8080 sh render.sh > /etc/nginx/conf.d/default.conf
set -eu

folder=$(dirname "$0")
: "${SERVERS:?is empty: name the servers, such as 127.0.0.1:8501 127.0.0.1:8502}"
: "${PORT:?is empty: name the port to listen at}"

exec awk -v servers="$SERVERS" -v port="$PORT" '
BEGIN {
    count = split(servers, address, " ")
    for (i = 1; i <= count; i++) {
        # nginx tells who has answered by the address, never by a name.
        if (address[i] !~ /^[0-9.]+:[0-9]+$/) {
            print "SERVERS has " address[i] ", which is no address with a port." > "/dev/stderr"
            failed = 1
            exit 1
        }
        list = list "    server " address[i] " max_fails=1 fail_timeout=5s;\n"
        groups = groups "upstream server-" i " {\n    zone server-" i " 64k;\n"
        groups = groups "    server " address[i] " max_fails=0;\n"
        for (j = 1; j <= count; j++)
            if (j != i) groups = groups "    server " address[j] " backup;\n"
        groups = groups "}\n"
        chosen = chosen "    server-" i " server-" i ";\n"
        pattern = address[i]
        gsub(/\./, "\\.", pattern)
        answered = answered "    \"~(^|[ ,])" pattern "=.*[0-9]$\" server-" i ";\n"
        kept = kept "    server-" i "/server-" i " \"\";\n"
    }
    text["@SERVERS@"] = list
    text["@GROUPS@"] = groups
    text["@CHOSEN@"] = chosen
    text["@ANSWERED@"] = answered
    text["@KEPT@"] = kept
}
$0 in text { printf "%s", text[$0]; next }
{ sub(/@PORT@/, port); print }
' "$folder/site.conf.template"
