"""Pages of docs/ that are made from the code: the settings and the commands. Only a working copy needs it."""
