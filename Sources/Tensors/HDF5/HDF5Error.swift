/// Why a file cannot be read as HDF5, as facts.
package struct HDF5Error: Error, Equatable, Sendable {
  package enum Problem: Equatable, Sendable {
    /// The format's signature is not where it may be.
    case noSignature
    /// Something points out of the file, contradicts itself or never ends; `offset` is a byte of
    /// the file.
    case damaged(offset: UInt64, what: String)
    /// Sound, as far as one can tell, but written in a way that this reader leaves out.
    case unsupported(what: String)
  }

  package let path: String
  package let problem: Problem
}

extension HDF5Error.Problem: Error {}
