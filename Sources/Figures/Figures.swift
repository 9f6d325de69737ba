// Figures: see Sources/Architecture.md
