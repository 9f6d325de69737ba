import Imagery
import Kernels
import Tensors

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The state of a dense CRF's inference: Q, and what its messages pass through.
///
/// Rows of Q have `columns` values, the K classes filled up to a multiple of four: what is filled in
/// costs +∞, and so has probability 0.
final class MeanField {
  private let height: Int
  private let width: Int
  private let classes: Int
  private let columns: Int
  private var links: [Link] = []
  /// `[pixels, columns]` each: minus what classes cost, Q, and −unary + messages.
  private let evidence: Tensor
  private var beliefs: Tensor
  private var logits: Tensor
  private var scratch: Tensor

  /// A kernel, with the lattice of its features and D^−½ for each pixel.
  private struct Link {
    let weight: Float
    let lattice: PermutohedralLattice
    let norm: Tensor
  }

  private var pixels: Int { height * width }

  /// - Throws: `TensorError.tooLarge`, `TrainingError.imageShape`.
  init(
    _ model: DenseCRF, unary: Tensor, image: Tensor, checkpoint: () throws -> Void
  ) throws {
    (height, width, classes) = (unary.shape[0], unary.shape[1], unary.shape[2])
    let (pixels, classes) = (height * width, self.classes)
    let columns = (classes + 3) / 4 * 4
    self.columns = columns
    evidence = try Tensor(uninitialized: [pixels, columns]) { evidence in
      unary.withUnsafePointer { costs in
        for pixel in 0..<pixels {
          for k in 0..<columns {
            evidence[pixel * columns + k] =
              k < classes ? -costs[pixel * classes + k] : -.infinity
          }
        }
      }
    }
    beliefs = try Tensor(shape: [pixels, columns])
    logits = evidence
    scratch = try Tensor(shape: [0])
    for kernel in model.kernels where kernel.weight > 0 && pixels > 0 {
      try checkpoint()
      links.append(try MeanField.link(kernel, image))
    }
    let corners = links.map { $0.lattice.scratchCount(columns: columns) }.max() ?? 0
    scratch = try Tensor(shape: [2 * corners])
    takeBeliefs()
  }

  private static func link(_ kernel: DenseCRF.Kernel, _ image: Tensor) throws -> Link {
    let (height, width, channels) = (image.shape[0], image.shape[1], image.shape[2])
    let colours = kernel.colour == nil ? 0 : channels
    let dimensions = 2 + colours
    guard dimensions <= PermutohedralLattice.mostDimensions else {
      throw TrainingError.imageShape(
        expected: [height, width, PermutohedralLattice.mostDimensions - 2], given: image.shape)
    }
    let byPosition = Float(1 / kernel.position)
    let byColour = Float(255 / (kernel.colour ?? 1))
    let largest = PermutohedralLattice.largestFeature
    let pixels = height * width
    let features = try Tensor(uninitialized: [pixels, dimensions]) { features in
      image.withUnsafePointer { values in
        for pixel in 0..<pixels {
          let row = features + pixel * dimensions
          row[0] = Float(pixel % width) * byPosition
          row[1] = Float(pixel / width) * byPosition
          for channel in 0..<colours {
            let value = values[pixel * channels + channel] * byColour
            row[2 + channel] = value.isNaN ? 0 : min(max(value, -largest), largest)
          }
        }
      }
    }
    let budget = MemoryBudget.shared
    let available = max(0, budget.limit - budget.bytesInUse)
    let made = features.withUnsafePointer {
      PermutohedralLattice(
        points: pixels, dimensions: dimensions, features: $0, memoryLimit: available)
    }
    guard let lattice = made else {
      throw TensorError.tooLarge(
        shape: [pixels, dimensions], bytes: available, available: available)
    }
    let norm = try norm(of: lattice)
    norm.withUnsafePointer { lattice.scaleInput(by: $0) }
    return Link(weight: Float(kernel.weight), lattice: lattice, norm: norm)
  }

  /// D^−½: one over the root of what the filter makes of 1, as `pydensecrf` has it.
  private static func norm(of lattice: PermutohedralLattice) throws -> Tensor {
    let pixels = lattice.points
    var ones = try Tensor(shape: [pixels, 4])
    ones.withUnsafeMutablePointer { $0.update(repeating: 1, count: 4 * pixels) }
    var sums = try Tensor(shape: [pixels, 4])
    var scratch = try Tensor(shape: [2 * lattice.scratchCount(columns: 4)])
    sums.withUnsafeMutablePointer { sums in
      scratch.withUnsafeMutablePointer { scratch in
        ones.withUnsafePointer {
          lattice.filter(
            columns: 4, input: $0, scale: nil, factor: 1, output: sums, scratch: scratch)
        }
      }
    }
    return try Tensor(uninitialized: [pixels]) { norm in
      sums.withUnsafePointer { sums in
        for pixel in 0..<pixels { norm[pixel] = 1 / (sums[4 * pixel] + 1e-20).squareRoot() }
      }
    }
  }

  /// One round of messages, and Q from them.
  func iterate() {
    passMessages()
    takeBeliefs()
  }

  /// logits = −unary + Σ weight · D^−½ K D^−½ Q
  private func passMessages() {
    let count = pixels * columns
    logits.withUnsafeMutablePointer { logits in
      evidence.withUnsafePointer { logits.update(from: $0, count: count) }
      scratch.withUnsafeMutablePointer { scratch in
        beliefs.withUnsafePointer { beliefs in
          for link in links {
            link.norm.withUnsafePointer { norm in
              link.lattice.filter(
                columns: columns, input: beliefs, scale: norm, factor: link.weight,
                output: logits, scratch: scratch)
            }
          }
        }
      }
    }
  }

  /// Q = softmax(logits)
  private func takeBeliefs() {
    let (pixels, columns) = (self.pixels, self.columns)
    beliefs.withUnsafeMutablePointer { beliefs in
      logits.withUnsafePointer {
        Kernels.Softmax.forward(rows: pixels, columns: columns, input: $0, output: beliefs)
      }
    }
  }

  /// Q, its most probable classes, and its divergence.
  func result() throws -> DenseCRF.Result {
    passMessages()
    let (pixels, columns, classes) = (self.pixels, self.columns, self.classes)
    var divergence = 0.0
    var labels = [UInt8](repeating: 0, count: pixels)
    let probabilities = try Tensor(uninitialized: [height, width, classes]) { output in
      logits.withUnsafePointer { logits in
        beliefs.withUnsafePointer { beliefs in
          for pixel in 0..<pixels {
            let (row, energy) = (beliefs + pixel * columns, logits + pixel * columns)
            var sum: Float = 0
            for k in 0..<classes {
              output[pixel * classes + k] = row[k]
              // Σ Q log Q + Σ Q unary − Σ Q messages
              sum += row[k] * (logf(max(row[k], 1e-20)) - energy[k])
            }
            divergence += Double(sum)
            labels[pixel] = UInt8(truncatingIfNeeded: indexOfLargest(row, count: classes))
          }
        }
      }
    }
    return DenseCRF.Result(
      probabilities: probabilities, mask: Mask(height: height, width: width, values: labels),
      divergence: divergence / Double(max(1, pixels)))
  }
}
