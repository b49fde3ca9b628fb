"""Work beside the caller: bounded calls in child processes, and work ahead in a thread."""
