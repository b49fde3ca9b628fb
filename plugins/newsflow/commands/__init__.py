"""The commands of `newsflow`, a module a room; `newsflow.cli` mounts them by name."""
