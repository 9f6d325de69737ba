/// What stands between the commas of `x[…]`.
package enum TensorIndex: Equatable, Sendable {
  /// One entry, from zero, negative from the end; the dimension goes away.
  case at(Int)
  /// Entries from `from`, before `to`, `by` apart; both negative from the end. A range that
  /// reaches outside is cut, as in Python. A negative step goes backward, from the last entry
  /// unless told otherwise.
  case range(from: Int?, to: Int?, by: Int)
  /// All of as many dimensions as the other indices leave.
  case ellipsis

  package static let all = TensorIndex.range(from: nil, to: nil, by: 1)
}

extension Tensor {
  /// The part of the tensor that the indices name; dimensions without an index are kept whole.
  /// - Throws: `TensorError.indexOutOfRange`, `.tooManyIndices`, `.repeatedEllipsis`, `.zeroStep`.
  package func slice(_ indices: [TensorIndex]) throws -> Tensor {
    let given = indices.filter { $0 != .ellipsis }.count
    guard given <= rank else { throw TensorError.tooManyIndices(given: given, shape: shape) }
    guard indices.count - given <= 1 else { throw TensorError.repeatedEllipsis }
    var complete = indices
    let rest = [TensorIndex](repeating: .all, count: rank - given)
    if let place = complete.firstIndex(of: .ellipsis) {
      complete.replaceSubrange(place...place, with: rest)
    } else {
      complete += rest
    }

    let steps = Tensor.strides(of: shape)
    var (start, newShape, newSteps) = (0, [Int](), [Int]())
    for (axis, index) in complete.enumerated() {
      let size = shape[axis]
      switch index {
      case .at(let position):
        let resolved = position < 0 ? position + size : position
        guard resolved >= 0, resolved < size else {
          throw TensorError.indexOutOfRange(index: position, axis: axis, size: size)
        }
        start += resolved * steps[axis]
      case .range(let from, let to, let by):
        let (first, count, step) = try Tensor.resolve(from: from, to: to, by: by, size: size)
        if count > 0 { start += first * steps[axis] }
        newShape.append(count)
        newSteps.append(step * steps[axis])
      case .ellipsis: preconditionFailure("replaced above")
      }
    }
    return try gathered(from: start, shape: newShape, steps: newSteps)
  }

  /// Python's rule for slices: first entry, number of entries, step.
  package static func resolve(
    from: Int?, to: Int?, by: Int, size: Int
  ) throws -> (first: Int, count: Int, step: Int) {
    guard by != 0 else { throw TensorError.zeroStep }
    // A step longer than the dimension takes one entry; cutting it keeps sums in range.
    let step = by > 0 ? min(by, size + 1) : max(by, -size - 1)
    let (lowest, highest) = by > 0 ? (0, size) : (-1, size - 1)
    func bound(_ value: Int) -> Int {
      min(max(value < 0 ? value + size : value, lowest), highest)
    }
    let first = from.map(bound) ?? (by > 0 ? lowest : highest)
    let end = to.map(bound) ?? (by > 0 ? highest : lowest)
    let distance = by > 0 ? end - first : first - end
    return (first, distance > 0 ? (distance - 1) / abs(step) + 1 : 0, step)
  }

  /// A new tensor whose value at an index i is this one's at `start + Σ i[axis] · steps[axis]`,
  /// all of which must lie inside.
  func gathered(from start: Int, shape newShape: [Int], steps: [Int]) throws -> Tensor {
    try Tensor(uninitialized: newShape) { output in
      withUnsafePointer { input in
        forEachRow(shape: newShape, steps: [steps]) { row, length, offsets, innerSteps in
          let source = input + start + offsets[0]
          let destination = output + row * length
          let step = innerSteps[0]
          if step == 1 {
            destination.update(from: source, count: length)
          } else {
            for i in 0..<length { destination[i] = source[i * step] }
          }
        }
      }
    }
  }

  /// The dimensions in another order: dimension `i` of the result is dimension `order[i]` of this
  /// one. Without an order they are reversed.
  /// - Throws: `TensorError.invalidPermutation`.
  package func transposed(_ order: [Int]? = nil) throws -> Tensor {
    let order = order ?? Array((0..<rank).reversed())
    guard order.sorted() == Array(0..<rank) else {
      throw TensorError.invalidPermutation(order, rank: rank)
    }
    let steps = Tensor.strides(of: shape)
    return try gathered(from: 0, shape: order.map { shape[$0] }, steps: order.map { steps[$0] })
  }

  /// The tensor repeated along dimensions of size 1, or missing in front, to fill `newShape`.
  /// - Throws: `TensorError.incompatibleShapes`.
  package func broadcast(to newShape: [Int]) throws -> Tensor {
    if newShape == shape { return self }
    guard try Tensor.broadcastShape(shape, newShape, operation: "broadcast") == newShape else {
      throw TensorError.incompatibleShapes(operation: "broadcast", left: shape, right: newShape)
    }
    return try gathered(
      from: 0, shape: newShape, steps: Tensor.broadcastSteps(of: shape, in: newShape))
  }

  /// The dimension that `axis` means: from zero, negative from the end.
  /// - Throws: `TensorError.axisOutOfRange`.
  package func resolveAxis(_ axis: Int) throws -> Int {
    let resolved = axis < 0 ? axis + rank : axis
    guard resolved >= 0, resolved < rank else {
      throw TensorError.axisOutOfRange(axis: axis, rank: rank)
    }
    return resolved
  }

  /// Tensors one after another along an existing dimension; the others must agree.
  /// - Throws: `TensorError.incompatibleShapes`, `.emptyTensor` for an empty list.
  package static func concatenate(_ tensors: [Tensor], axis: Int = 0) throws -> Tensor {
    guard let first = tensors.first else {
      throw TensorError.emptyTensor(operation: "concatenate", shape: [])
    }
    let axis = try first.resolveAxis(axis)
    var newShape = first.shape
    newShape[axis] = 0
    for tensor in tensors {
      var others = tensor.shape
      if others.count == first.rank { others[axis] = first.shape[axis] }
      guard others == first.shape else {
        throw TensorError.incompatibleShapes(
          operation: "concatenate", left: first.shape, right: tensor.shape)
      }
      let (sum, overflow) = newShape[axis].addingReportingOverflow(tensor.shape[axis])
      guard !overflow else { throw TensorError.invalidShape(newShape) }
      newShape[axis] = sum
    }
    let outer = first.shape[..<axis].reduce(1, *)
    let inner = first.shape[(axis + 1)...].reduce(1, *)
    let rowLength = newShape[axis] * inner
    return try Tensor(uninitialized: newShape) { output in
      var offset = 0
      for tensor in tensors {
        let length = tensor.shape[axis] * inner
        tensor.withUnsafePointer { input in
          for row in 0..<outer {
            (output + row * rowLength + offset).update(from: input + row * length, count: length)
          }
        }
        offset += length
      }
    }
  }

  /// Tensors of one shape along a new dimension, by default in front: images become a batch.
  /// - Throws: `TensorError.incompatibleShapes`, `.emptyTensor`, `.axisOutOfRange`.
  package static func stack(_ tensors: [Tensor], axis: Int = 0) throws -> Tensor {
    guard let first = tensors.first else {
      throw TensorError.emptyTensor(operation: "stack", shape: [])
    }
    let resolved = axis < 0 ? axis + first.rank + 1 : axis
    guard resolved >= 0, resolved <= first.rank else {
      throw TensorError.axisOutOfRange(axis: axis, rank: first.rank + 1)
    }
    var newShape = first.shape
    newShape.insert(1, at: resolved)
    let widened = try tensors.map { tensor in
      guard tensor.shape == first.shape else {
        throw TensorError.incompatibleShapes(
          operation: "stack", left: first.shape, right: tensor.shape)
      }
      return try tensor.reshaped(newShape)
    }
    return try concatenate(widened, axis: resolved)
  }
}

/// Walks an output of the given shape row by row (a row is its last dimension) and says where the
/// row begins in each input. `steps[k]` are the distances, in values, that input k moves for one
/// index along each dimension.
/// - Parameter body: row number, row length, each input's offset, each input's step in the row.
@inline(__always)
func forEachRow(
  shape: [Int], steps: [[Int]],
  _ body: (_ row: Int, _ length: Int, _ offsets: [Int], _ innerSteps: [Int]) -> Void
) {
  guard !shape.contains(0) else { return }
  let length = shape.last ?? 1
  let innerSteps = steps.map { $0.last ?? 0 }
  let outer = shape.dropLast()
  var index = [Int](repeating: 0, count: outer.count)
  var offsets = [Int](repeating: 0, count: steps.count)
  for row in 0..<outer.reduce(1, *) {
    body(row, length, offsets, innerSteps)
    var axis = outer.count - 1
    while axis >= 0 {
      index[axis] += 1
      for k in 0..<steps.count { offsets[k] += steps[k][axis] }
      if index[axis] < outer[axis] { break }
      for k in 0..<steps.count { offsets[k] -= steps[k][axis] * outer[axis] }
      index[axis] = 0
      axis -= 1
    }
  }
}
