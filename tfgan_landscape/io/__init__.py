"""Files that are written whole, folders that are held, and arrays that are read without running anything."""
