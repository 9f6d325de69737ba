import Language
import Networks

/// A layer that is not applied yet: `conv(filters: 32, kernel: 3)`. For `sequential`, or to be
/// applied by calling the command with an input.
package final class LayerValue: HostObject {
  package let layer: Layer

  package init(_ layer: Layer) { self.layer = layer }

  package var kind: String { "layer" }
  package var summary: String {
    let attributes = layer.operation.attributes.map { "\($0.label): \($0.value)" }
    let activation = layer.activation.map { ["activation: \($0.operation.kind)"] } ?? []
    return "layer " + ([layer.operation.kind] + attributes + activation).joined(separator: " ")
  }
}

/// A value that a network will compute: what a layer gives when it is applied. It has a shape, and
/// no numbers yet.
package final class SymbolValue: HostObject {
  package let node: Node

  package init(_ node: Node) { self.node = node }

  package var kind: String { "symbol" }
  package var summary: String {
    let shape = node.shape.map(String.init).joined(separator: ", ")
    return "symbol \(node.layer.name ?? node.operation.kind) [\(shape)]"
  }
  package var propertyNames: [String] { ["shape", "kind"] }

  package func property(_ name: String) -> Value? {
    switch name {
    case "shape": .numbers(node.shape)
    case "kind": .text(node.operation.kind)
    default: nil
    }
  }
}
