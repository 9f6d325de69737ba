// Commands: see Sources/Architecture.md
