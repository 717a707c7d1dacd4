#!/bin/sh
# Writes .env for docker-compose.yml with random secrets, readable by its owner only. Never replaces an existing file: the
# secrets in it protect existing sessions and mails.
set -eu
cd "$(dirname "$0")/../.."
umask 077
if [ -e .env ]; then
  echo '.env exists already; it was not changed.' >&2
  exit 1
fi
random() { head -c "$1" /dev/urandom | od -An -v -tx1 | tr -d ' \n'; }
cat > .env <<END
SECRET_KEY=$(random 48)
POSTGRES_PASSWORD=$(random 24)
REDIS_PASSWORD=$(random 24)

# For users on the internet. The second file opens the ports 80 and 443.
# COMPOSE_FILE=docker-compose.yml:deploy/compose/https.yml
# APP_ENV=production
# PUBLIC_URL=https://accounts.example.com
# MAIL_SERVER=smtp.example.com
# MAIL_PORT=465
# MAIL_USE_SSL=true
# MAIL_ALLOW_PLAINTEXT=false
# MAIL_USERNAME=
# MAIL_PASSWORD=
# MAIL_SENDER_EMAIL=no-reply@example.com
END
echo 'Wrote .env. Keep a copy of it in a safe place: without SECRET_KEY, all sessions end and pending mails are lost.'
