import Figures
import Language
import Tensors
import Training

/// Groups of images that lie near each other: the result of `k_means`.
package final class ClustersValue: HostObject {
  package let groups: KMeans
  package let embeddings: EmbeddingsValue

  package init(_ groups: KMeans, _ embeddings: EmbeddingsValue) {
    self.groups = groups
    self.embeddings = embeddings
  }

  package var kind: String { "clusters" }

  private var table: [[Int]] {
    groups.table(embeddings.embeddings.labels, classes: embeddings.embeddings.classes.count)
  }
  private var purity: Double { groups.purity(embeddings.embeddings.labels) }

  package var summary: String {
    let classes = embeddings.embeddings.classes
    let rows = table.enumerated().map { group, counts in
      let order = counts.indices.filter { counts[$0] > 0 }.sorted {
        (-counts[$0], $0) < (-counts[$1], $1)
      }
      let listed = order.prefix(4).map { "\(classes[$0]) \(counts[$0])" }.joined(separator: ", ")
      return [
        "  \(group)", "\(groups.sizes[group])", listed + (order.count > 4 ? ", …" : ""),
      ]
    }
    let text = TextTable(
      columns: [.init("  group"), .init("images", .right), .init("of these classes")], rows: rows)
    return "\(groups.k) groups of \(embeddings.embeddings.count) images, found without labels: "
      + "purity \(TrainingWords.percent(purity))"
      + (groups.hasConverged ? "" : ", not settled after \(groups.rounds) rounds") + "\n"
      + text.rendered(width: 80)
  }

  package var propertyNames: [String] {
    ["sizes", "groups", "counts", "purity", "inertia", "centres", "count"]
  }

  package func property(_ name: String) -> Value? {
    switch name {
    case "sizes": .numbers(groups.sizes)
    case "groups": .numbers(groups.assignments)
    case "counts": .list(of: table.map { .numbers($0) })
    case "purity": .number(purity)
    case "inertia": .number(groups.inertia)
    case "centres": .object(TensorValue(groups.centres))
    case "count": .number(Double(groups.k))
    default: nil
    }
  }
}

extension ClustersValue: Drawable {
  /// A row of the most typical images of each group.
  func figure(_ workspace: Workspace) throws -> Figure {
    let columns = 8
    let members = groups.members(embeddings.embeddings.vectors)
    let rows = members.prefix(ImageGrid.maximumTiles / columns)
    var tiles: [ImageGrid.Tile] = []
    for (group, members) in rows.enumerated() {
      for row in members.prefix(columns) {
        try workspace.checkpoint()
        tiles.append(
          ImageGrid.Tile(
            try embeddings.picture(row),
            caption: "\(group): \(embeddings.embeddings.classes[embeddings.embeddings.labels[row]])"
          ))
      }
      // Rows of groups with few images are filled up.
      let last = tiles[tiles.count - 1].image
      let white = ImageGrid.Tile(Bitmap(width: last.width, height: last.height))
      tiles += Array(repeating: white, count: max(columns - members.count, 0))
    }
    return Figure(
      "\(groups.k) groups, purity \(TrainingWords.percent(purity))",
      ImageGrid(tiles: tiles, columns: columns, note: "each row a group, its most typical first"))
  }
}
