#!/bin/sh
# Writes the configuration that the templates and the EDGE_... variables make, then becomes nginx.
set -eu
# What is not set has the value that comes with the templates.
while IFS='=' read -r name value || [ -n "$name" ]; do
  case $name in
    EDGE_*) eval "test -n \"\${$name+set}\"" || export "$name=$value" ;;
  esac
done < /etc/edge/edge.env
templates=/etc/edge/templates
mkdir -p "$EDGE_FOLDER/edge"
names=$(env | sed -n 's/^\(EDGE_[A-Z_]*\)=.*/${\1}/p')
for template in "$templates"/*.template "$templates"/edge/*.template; do
  name=${template#"$templates"/}
  envsubst "$names" < "$template" > "$EDGE_FOLDER/${name%.template}"
done
exec nginx -e stderr -c /etc/edge/nginx.conf
