// Tensors: see Sources/Architecture.md
