"""Ask feeds what is new: parse them, decide when to look again, register entries and pages."""
