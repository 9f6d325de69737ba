// Imagery: see Sources/Architecture.md
