// Kernels: see Sources/Architecture.md
