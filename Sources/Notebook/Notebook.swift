// Notebook: see Sources/Architecture.md
