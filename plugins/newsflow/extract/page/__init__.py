"""What a page holds before anything is judged: its characters, tree, blocks of text and metadata."""
