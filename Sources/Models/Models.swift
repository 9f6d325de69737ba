// Models: see Sources/Architecture.md
