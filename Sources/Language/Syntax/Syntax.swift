/// A word of the source with its place.
struct Name {
  let text: String
  let span: Span
}

/// One argument of a call as it is written.
struct Argument {
  let label: Name?
  let value: Expression
  var span: Span { label.map { $0.span.joined(value.span) } ?? value.span }
}

/// How a call is written: `f(x)`, `f x`, or with a space that makes `f (x)[0]` suspicious.
enum CallForm {
  case parentheses, spacedParentheses, command
}

/// A parameter of `def` or `=>`.
struct ParameterSyntax {
  let name: Name
  let fallback: Expression?
}

/// `def` and `=>`.
struct FunctionSyntax {
  let name: Name?
  let parameters: [ParameterSyntax]
  let body: FunctionBody
  /// From `def` to the closing parenthesis, or the whole of `x => …`.
  let head: Span
  let span: Span
}

enum FunctionBody {
  case block([Statement])
  case expression(Expression)
}

enum TextPart {
  case chunk(String)
  case value(Expression)
}

/// Between the commas of `x[…]`.
enum IndexSyntax {
  case at(Expression)
  case slice(start: Expression?, end: Expression?, step: Expression?)
  case ellipsis(Span)
}

enum LogicalOperator { case and, or }
enum UnaryOperator { case minus, not }

indirect enum Expression {
  case none(Span)
  case boolean(Bool, Span)
  case number(Double, Span)
  case text(String, Span)
  case interpolated([TextPart], Span)
  case name(Name)
  case list([Expression], Span)
  case record([(key: Name, value: Expression)], Span)
  case unary(UnaryOperator, Expression, Span)
  case binary(BinaryOperation, Expression, Expression, sign: Span)
  case logical(LogicalOperator, Expression, Expression, sign: Span)
  case conditional(condition: Expression, then: Expression, otherwise: Expression)
  case range(start: Expression, end: Expression, step: Expression?)
  case function(FunctionSyntax)
  case call(Expression, [Argument], CallForm, Span)
  case method(Expression, Name, [Argument], Span)
  case member(Expression, Name)
  case index(Expression, [IndexSyntax], spaced: Bool, Span)
  case blank(Span)

  var span: Span {
    switch self {
    case .none(let span), .boolean(_, let span), .number(_, let span), .text(_, let span),
      .interpolated(_, let span), .list(_, let span), .record(_, let span),
      .unary(_, _, let span), .call(_, _, _, let span), .method(_, _, _, let span),
      .index(_, _, _, let span), .blank(let span):
      span
    case .name(let name): name.span
    case .binary(_, let left, let right, _), .logical(_, let left, let right, _):
      left.span.joined(right.span)
    case .conditional(_, let then, let otherwise): then.span.joined(otherwise.span)
    case .range(let start, let end, let step): start.span.joined((step ?? end).span)
    case .function(let function): function.span
    case .member(let receiver, let name): receiver.span.joined(name.span)
    }
  }
}

struct Branch {
  let condition: Expression
  let body: [Statement]
}

indirect enum Statement {
  /// `isHidden` after `;`.
  case expression(Expression, isHidden: Bool, Span)
  case assign([Name], Expression, Span)
  case compound(Name, BinaryOperation, Expression, Span)
  case conditional([Branch], otherwise: [Statement]?, Span)
  case forEach([Name], Expression, [Statement], Span)
  case whileLoop(Expression, [Statement], Span)
  case repeatLoop(Expression, [Statement], Span)
  case define(FunctionSyntax, Span)
  case returns(Expression?, Span)
  case breaks(Span)
  case continues(Span)
  case attempt([Statement], problem: Name?, handler: [Statement], Span)

  var span: Span {
    switch self {
    case .expression(_, _, let span), .assign(_, _, let span), .compound(_, _, _, let span),
      .conditional(_, _, let span), .forEach(_, _, _, let span), .whileLoop(_, _, let span),
      .repeatLoop(_, _, let span), .define(_, let span), .returns(_, let span),
      .breaks(let span), .continues(let span), .attempt(_, _, _, let span):
      span
    }
  }
}

/// A parsed source with what is wrong with its form.
struct Script {
  let source: Source
  let statements: [Statement]
  let errors: [SyntaxError]
  /// What was still open where the source ended, outermost first; nil if the source is whole.
  let open: [String]?
}
