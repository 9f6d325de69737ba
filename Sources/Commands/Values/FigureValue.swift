import Figures
import Language

/// A figure in the language: `show` draws it, `save` writes it to a file.
package final class FigureValue: HostObject {
  package let figure: Figure

  package init(_ figure: Figure) { self.figure = figure }

  package var kind: String { "figure" }
  package var summary: String { figure.summary }
  package var propertyNames: [String] { ["title", "description"] }

  package func property(_ name: String) -> Value? {
    switch name {
    case "title": .text(figure.title)
    case "description": .text(figure.altText)
    default: nil
    }
  }
}

/// Values that `show` draws as a figure.
protocol Drawable: HostObject {
  /// How the value looks; `workspace` has the session's seed and width.
  func figure(_ workspace: Workspace) throws -> Figure
}

extension FigureValue: Drawable {
  func figure(_ workspace: Workspace) -> Figure { figure }
}
