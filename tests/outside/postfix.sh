#!/usr/bin/env bash
# Mails through Postfix on loopback: delivered, headers as they were sent, an unknown recipient refused at once or by a DSN.
#
#   sudo tests/outside/postfix.sh target/debug/newswatch
#
# It wants root (Postfix starts as root), Debian's package postfix and Python. It touches no configuration of the system: the
# instance has folders and a port of its own, and is stopped at the end.
set -euo pipefail
for tool in postfix python3; do command -v $tool >/dev/null || { echo "missing: $tool"; exit 0; }; done
program=$(realpath "$1"); here=$(dirname "$(realpath "$0")")
home=$(mktemp -d); port=${PORT:-2526}; chmod 755 "$home"
mkdir -p "$home"/{etc,queue,data,mail}; chown postfix "$home/data"; chown nobody "$home/mail"; chmod 777 "$home/mail"
trap 'postfix -c "$home/etc" stop >/dev/null 2>&1 || true; rm -rf "$home"' EXIT
cp /usr/share/postfix/master.cf.dist "$home/etc/master.cf"
sed -i "s/^smtp      inet.*/127.0.0.1:$port inet n - n - - smtpd/; s/ y  / n  /" "$home/etc/master.cf"
cat > "$home/etc/main.cf" <<CF
compatibility_level = 3.6
queue_directory = $home/queue
data_directory = $home/data
myhostname = mx.example.org
inet_interfaces = loopback-only
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
mydestination =
virtual_mailbox_domains = example.org sender.example bounces.example
virtual_mailbox_base = $home/mail
virtual_mailbox_maps = inline:{ desk@example.org=desk, watch@sender.example=watch }
virtual_minimum_uid = 1
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
virtual_alias_maps = inline:{ late@example.org=nobody@gone.invalid }
default_transport = error:5.1.1 there is no such user
smtpd_recipient_restrictions = permit_mynetworks, reject
maillog_file = $home/mail.log
maillog_file_prefixes = /
maillog_file_permissions = 0644
CF
postfix -c "$home/etc" start >/dev/null 2>"$home/start" || { cat "$home/start"; exit 1; }
for _ in $(seq 50); do (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break; sleep 0.2; done

deliver() { RECIPIENTS=$1 python3 "$here/mails.py" "$program" "$home/run" --relay "127.0.0.1:$port"; }
count() { grep -c "^Message-I[Dd]: <dlv_" "$home/mail/$1" 2>/dev/null || true; }
deliver "desk@example.org" >/dev/null
for _ in $(seq 100); do [ "$(count desk)" -ge 38 ] && break; sleep 0.2; done
python3 - "$home/mail/desk" <<'PY'
import mailbox, sys
mails = list(mailbox.mbox(sys.argv[1]))
assert len(mails) == 38, len(mails)
for mail in mails:
    for field in ["Subject", "From", "To", "List-Id", "List-Unsubscribe", "Auto-Submitted", "X-Auto-Response-Suppress"]:
        assert len(mail.get_all(field, [])) == 1, (field, mail["Subject"])
    assert mail["From"].endswith("<watch@sender.example>") and mail["To"] == "desk@example.org"
    assert mail["Bcc"] is None and [part.get_content_type() for part in mail.walk()][1:] == ["text/plain", "text/html"]
print(f"{len(mails)} mails delivered, their headers as they were sent")
PY

RECIPIENTS="unknown@example.org" python3 "$here/mails.py" "$program" "$home/run" --relay "127.0.0.1:$port" >/dev/null
"$program" status --config "$home/run/newswatch.toml" --json > "$home/status" || true
python3 - "$home/status" <<'PY'
import json, sys
status = json.loads(open(sys.argv[1]).readline())
[lost] = status["given_up"]
assert "550" in lost["reason"] and lost["count"] == 30, lost
print("an unknown recipient is refused at once:", lost["reason"][:90])
PY

# One that is accepted and cannot be delivered: the server writes to the sender, and names our mail.
deliver "late@example.org" >/dev/null
for _ in $(seq 150); do grep -q "Final-Recipient" "$home/mail/watch" 2>/dev/null && break; sleep 0.2; done
python3 - "$home/mail/watch" <<'PY'
import mailbox, sys
reports = [mail for mail in mailbox.mbox(sys.argv[1]) if mail.get_content_type() == "multipart/report"]
assert reports, "no DSN came"
status = [part for part in reports[0].walk() if part.get_content_type() == "message/delivery-status"][0]
fields = {name: value for block in status.get_payload() for name, value in block.items()}
assert fields["Action"] == "failed" and fields["Status"].startswith("5."), fields
assert "Message-ID: <dlv_" in reports[0].as_string() or "Message-Id: <dlv_" in reports[0].as_string()
print("a DSN came to the sender and names our delivery:", fields["Status"], fields.get("Original-Recipient"))
PY
