import Kernels
import Tensors

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

// What `Scripts/bench` measures inside the program, as JSON lines.

/// One JSON object with the fields in order; numbers carry four digits.
func line(_ name: String, _ fields: [(String, Double)]) {
  let pairs = fields.map { "\"\($0.0)\": \(NumberText($0.1).significant(4))" }
  print("{\"name\": \"\(name)\", \(pairs.joined(separator: ", "))}")
}

func kernels() {
  KernelBenchmark.run { row in
    line(
      row.name,
      [
        ("ms", row.seconds * 1e3), ("gflops", row.flops / row.seconds / 1e9),
        ("gb_per_s", row.bytes / row.seconds / 1e9),
      ])
  }
}

/// The rate of a large matrix product is what there is to be had; each model's share of it says
/// how much of the time goes into multiplying.
func models() throws {
  let peak = KernelBenchmark.productRate * 1e9
  for row in try ModelBenchmark.run() {
    var fields = [
      ("training_ms", (row.forwardSeconds + row.backwardSeconds) * 1e3),
      ("training_images_per_s", row.trainingImagesPerSecond),
      ("training_gflops", row.trainingOperationsPerSecond / 1e9),
    ]
    fields += [
      ("share_of_matrix_product", row.trainingOperationsPerSecond / peak),
      ("inference_images_per_s", row.inferenceImagesPerSecond),
      ("training_mb", Double(row.trainingBytes) / 1e6),
    ]
    line("\(row.name), batch \(row.count)", fields)
  }
}

let arguments = CommandLine.arguments.dropFirst()
switch arguments.first {
case "kernels": kernels()
case "models": try models()
case "peak": line("peak", [("gflops", KernelBenchmark.productRate)])
case "layers": try LayerBenchmark.run(arguments.dropFirst().first ?? "")
case "loading": try LoadingBenchmark.run(arguments.dropFirst().first ?? ".")
case "workloads": for workload in Workload.all { print(workload.name) }
case "workload": try WorkloadServer.serve(arguments.dropFirst().first ?? "")
default:
  print(
    "conch-bench kernels | models | layers WORKLOAD | loading FOLDER | peak | workloads | workload NAME"
  )
  exit(2)
}
