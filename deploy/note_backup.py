"""Note in the database that `backup.sh` made a backup, as `newsflow backup` does: `note_backup.py BYTES`."""

from __future__ import annotations

import sys

from newsflow.clock import utcnow
from newsflow.ops.checklist import note_backup
from newsflow.settings import get_settings
from newsflow.store.db import session

with session(get_settings().dsn, application="newsflow backup") as conn:
    note_backup(conn, int(sys.argv[1]), "backup.sh", utcnow())
