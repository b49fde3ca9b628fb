"""Which feeds we mean to poll: lists, autodiscovery, proposals, and whose their origins are."""
