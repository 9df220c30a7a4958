"""The page fetcher: public pages only."""
