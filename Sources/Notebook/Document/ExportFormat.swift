/// What a script can be exported as.
package enum ExportFormat: String, CaseIterable, Sendable {
  case html, ipynb, md
}
