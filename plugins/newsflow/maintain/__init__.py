"""Care of the database: partitions, retention, retraction, statistics, the reaper, and the generated docs."""
