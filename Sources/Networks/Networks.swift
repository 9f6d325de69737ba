// Networks: see Sources/Architecture.md
