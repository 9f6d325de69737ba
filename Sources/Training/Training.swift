// Training: see Sources/Architecture.md
