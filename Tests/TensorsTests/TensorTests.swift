import Tensors
import Testing

/// 0, 1, 2, … in the given shape.
func counting(_ shape: [Int]) throws -> Tensor {
  let count = shape.reduce(1, *)
  return try Tensor(shape: shape, values: (0..<count).map { Float($0) })
}

/// Values from a stream, in -2..<2.
func random(_ shape: [Int], _ name: String) throws -> Tensor {
  var stream = RandomStream(seed: 11, name: name)
  let count = shape.reduce(1, *)
  return try Tensor(shape: shape, values: (0..<count).map { _ in stream.uniform(in: -2..<2) })
}

/// Every index of a shape, last dimension fastest.
func indices(of shape: [Int]) -> [[Int]] {
  shape.reduce([[]]) { front, size in front.flatMap { index in (0..<size).map { index + [$0] } } }
}

/// The value at an index, by the definition of row-major order.
func value(_ tensor: Tensor, at index: [Int]) -> Float {
  var flat = 0
  for (position, size) in zip(index, tensor.shape) { flat = flat * size + position }
  return tensor[flat: flat]
}

struct TensorTests {
  @Test func aCopyKeepsItsValuesWhenTheOriginalIsWritten() throws {
    var a = try counting([2, 3])
    let b = a
    a[flat: 4] = 100
    #expect(b.values == [0, 1, 2, 3, 4, 5])
    #expect(a.values == [0, 1, 2, 3, 100, 5])
  }

  @Test func storageIsAlignedToCacheLines() throws {
    for count in [0, 1, 3, 1000] {
      let address = try Tensor(shape: [count]).withUnsafePointer { UInt(bitPattern: $0) }
      #expect(address % 64 == 0)
    }
  }

  @Test func impossibleShapesAreErrors() {
    let shapes = [[-1], [2, -3], [Int.max, 2], [1 << 40, 1 << 40], [1, 1, 1, 1, 1, 1, 1, 1, 1]]
    for shape in shapes {
      #expect(throws: TensorError.invalidShape(shape)) { try Tensor(shape: shape) }
    }
    #expect(throws: TensorError.valueCount(given: 5, shape: [2, 3])) {
      try Tensor(shape: [2, 3], values: [1, 2, 3, 4, 5])
    }
  }

  @Test func moreThanTheMachineHoldsIsAnError() throws {
    let before = MemoryBudget.shared.bytesInUse
    do {
      _ = try Tensor(shape: [1 << 50])
      Issue.record("a petabyte was allocated")
    } catch TensorError.tooLarge(let shape, let bytes, let available) {
      #expect(shape == [1 << 50])
      #expect(bytes == 1 << 52)
      #expect(available <= MemoryBudget.shared.limit)
    }
    #expect(MemoryBudget.shared.bytesInUse <= before + 1 << 30)
  }

  @Test func reshapeKeepsOrderAndFillsInOneDimension() throws {
    let x = try counting([2, 6])
    #expect(try x.reshaped([3, 4]).shape == [3, 4])
    #expect(try x.reshaped([-1, 4]).shape == [3, 4])
    #expect(try x.reshaped([-1]).values == x.values)
    for shape in [[5], [-1, 5], [-1, -1], [0, -1]] {
      #expect(throws: TensorError.self) { try x.reshaped(shape) }
    }
  }

  @Test func equalityIsOfNumbersAndIdentityOfBits() throws {
    let a = try Tensor([0, .nan])
    #expect(a != a)
    #expect(a.isIdentical(to: a))
    #expect(try Tensor([0]) == Tensor([-0.0]))
    #expect(try !Tensor([0]).isIdentical(to: Tensor([-0.0])))
    #expect(try counting([4]) != counting([2, 2]))
  }

  static let slices: [([TensorIndex], [Int])] = [
    ([.at(1)], [4, 5]), ([.at(-1), .at(-4)], [5]), ([.at(0), .at(1), .at(2)], []),
    ([.range(from: 1, to: 3, by: 1)], [2, 4, 5]),
    ([.range(from: nil, to: nil, by: -1)], [3, 4, 5]),
    ([.ellipsis, .at(-1)], [3, 4]), ([.at(2), .ellipsis], [4, 5]), ([.ellipsis], [3, 4, 5]),
    ([.all, .range(from: -3, to: nil, by: 2), .range(from: 4, to: 0, by: -2)], [3, 2, 2]),
    ([.range(from: 2, to: 100, by: 1), .at(0), .range(from: -100, to: -2, by: 1)], [1, 3]),
    ([.range(from: 2, to: 1, by: 1)], [0, 4, 5]), ([], [3, 4, 5]),
    ([.range(from: nil, to: nil, by: .max), .range(from: nil, to: nil, by: .min)], [1, 1, 5]),
    ([.range(from: .min, to: .max, by: 1), .range(from: .max, to: .min, by: -1)], [3, 4, 5]),
  ]

  @Test(arguments: slices)
  func slicesAreWhatALoopWouldPick(slice: [TensorIndex], shape: [Int]) throws {
    let x = try counting([3, 4, 5])
    let y = try x.slice(slice)
    #expect(y.shape == shape)
    // The obvious loop: the list of entries along each dimension, one by one.
    var entries: [[Int]] = []
    var whole = slice
    let rest = [TensorIndex](repeating: .all, count: 3 - slice.filter { $0 != .ellipsis }.count)
    if let place = whole.firstIndex(of: .ellipsis) {
      whole.replaceSubrange(place...place, with: rest)
    } else {
      whole += rest
    }
    for (axis, index) in whole.enumerated() {
      let size = x.shape[axis]
      switch index {
      case .at(let position): entries.append([position < 0 ? position + size : position])
      case .range(let from, let to, let by):
        var (picked, position) = ([Int](), by > 0 ? 0 : size - 1)
        func place(_ bound: Int) -> Int { bound < 0 ? bound + size : bound }
        var sinceFirst: UInt = 0
        while position >= 0 && position < size {
          let started = from.map { by > 0 ? position >= place($0) : position <= place($0) } ?? true
          let ended = to.map { by > 0 ? position >= place($0) : position <= place($0) } ?? false
          if started && !ended {
            if sinceFirst % by.magnitude == 0 { picked.append(position) }
            sinceFirst += 1
          }
          position += by > 0 ? 1 : -1
        }
        entries.append(picked)
      case .ellipsis: break
      }
    }
    let expected = entries[0].flatMap { i in
      entries[1].flatMap { j in entries[2].map { k in value(x, at: [i, j, k]) } }
    }
    #expect(y.values == expected)
  }

  @Test func wrongIndicesSayWhichAndWhere() throws {
    let x = try counting([3, 4])
    #expect(throws: TensorError.indexOutOfRange(index: 4, axis: 1, size: 4)) {
      try x.slice([.at(0), .at(4)])
    }
    #expect(throws: TensorError.indexOutOfRange(index: -4, axis: 0, size: 3)) {
      try x.slice([.at(-4)])
    }
    #expect(throws: TensorError.indexOutOfRange(index: .min, axis: 0, size: 3)) {
      try x.slice([.at(.min)])
    }
    #expect(throws: TensorError.tooManyIndices(given: 3, shape: [3, 4])) {
      try x.slice([.at(0), .at(0), .at(0)])
    }
    #expect(throws: TensorError.repeatedEllipsis) { try x.slice([.ellipsis, .ellipsis]) }
    #expect(throws: TensorError.zeroStep) { try x.slice([.range(from: 0, to: 2, by: 0)]) }
  }

  @Test(arguments: [[0, 1, 2, 3], [3, 2, 1, 0], [0, 3, 1, 2], [1, 0, 3, 2]])
  func transposingMovesDimensions(order: [Int]) throws {
    let x = try counting([2, 3, 4, 5])
    let y = try x.transposed(order)
    for index in indices(of: y.shape) {
      var source = [0, 0, 0, 0]
      for (place, axis) in order.enumerated() { source[axis] = index[place] }
      #expect(value(y, at: index) == value(x, at: source))
    }
    #expect(throws: TensorError.invalidPermutation([0, 0, 1, 2], rank: 4)) {
      try x.transposed([0, 0, 1, 2])
    }
  }

  @Test(arguments: [0, 1, 2, -1])
  func concatenatedPartsAreFoundAgain(axis: Int) throws {
    let resolved = axis < 0 ? axis + 3 : axis
    let sizes = [1, 3, 2]
    let parts = try sizes.enumerated().map { number, size in
      var shape = [2, 3, 4]
      shape[resolved] = size
      return try random(shape, "part \(number)")
    }
    let whole = try Tensor.concatenate(parts, axis: axis)
    var start = 0
    for (part, size) in zip(parts, sizes) {
      var slice: [TensorIndex] = [.all, .all, .all]
      slice[resolved] = .range(from: start, to: start + size, by: 1)
      #expect(try whole.slice(slice) == part)
      start += size
    }
  }

  @Test func stackedTensorsAreFoundAgain() throws {
    let images = try (0..<3).map { try random([2, 4], "image \($0)") }
    for (axis, shape) in [(0, [3, 2, 4]), (1, [2, 3, 4]), (-1, [2, 4, 3])] {
      let batch = try Tensor.stack(images, axis: axis)
      #expect(batch.shape == shape)
      for number in 0..<3 {
        var slice: [TensorIndex] = [.all, .all, .all]
        slice[axis < 0 ? 2 : axis] = .at(number)
        #expect(try batch.slice(slice) == images[number])
      }
    }
    #expect(
      throws: TensorError.incompatibleShapes(operation: "stack", left: [2, 4], right: [4, 2])
    ) { try Tensor.stack([images[0], images[0].reshaped([4, 2])]) }
    #expect(throws: TensorError.emptyTensor(operation: "stack", shape: [])) {
      try Tensor.stack([])
    }
  }
}
