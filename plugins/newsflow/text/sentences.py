"""Where sentences end, in all scripts."""

from __future__ import annotations

import re

END = re.compile(r"""[.!?…。！？।॥؟۔։።។။]["'”’»“)\]』」]*\s*$""")
