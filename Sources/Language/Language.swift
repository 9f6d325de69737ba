// Language: see Sources/Architecture.md
