/// A function of the script, ready to run.
final class FunctionCode {
  struct Parameter {
    let name: String
    /// Node of the default, or -1.
    let fallback: Int32
  }

  let name: String?
  let signature: String
  let parameters: [Parameter]

  init(name: String?, signature: String, parameters: [Parameter]) {
    self.name = name
    self.signature = signature
    self.parameters = parameters
  }
}
