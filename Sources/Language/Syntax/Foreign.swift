/// What students bring along from Python, R, MATLAB and their relatives.
enum Foreign {
  /// A remedy for a statement that begins with a word of another language, if it does.
  static func statement(_ word: String, next: Token.Kind) -> String? {
    let isFollowed = next == .name || next == .text
    switch word {
    case "import", "from", "using", "library", "require", "include", "source", "package":
      return isFollowed ? "leave it out: every command is there from the start" : nil
    case "let", "var", "const", "local", "global", "auto", "val":
      return next == .name ? "leave it out: `name = value` makes a name" : nil
    case "function", "func", "fn", "fun", "define", "sub", "proc":
      return next == .name ? "write `def name(…) … end`" : nil
    case "class", "struct":
      return next == .name ? "there are no classes; keep values together in a record" : nil
    case "foreach":
      return next == .name || next == .leftParenthesis ? "write `for x in values … end`" : nil
    case "switch", "match", "case", "unless", "until":
      return next == .name ? "write `if … else if … end`, or `while not …`" : nil
    case "raise", "throw":
      return isFollowed ? "write `fail \"what went wrong\"`" : nil
    case "assert":
      return isFollowed ? "write `check \"what it shows\" condition`" : nil
    case "del", "rm", "clear":
      return next == .name ? "leave it out; `reset` forgets all names" : nil
    default: return nil
    }
  }

  /// What an unknown name most likely means, by meaning: the word, or a whole remedy.
  static func meaning(_ word: String) -> (name: String?, remedy: String?)? {
    if let name = names[word] { return (name, nil) }
    if let remedy = remedies[word] { return (nil, remedy) }
    return nil
  }

  /// Words of other languages and libraries, and the command that does it here.
  private static let names: [String: String] = [
    "print": "show", "println": "show", "printf": "show", "disp": "show", "display": "show",
    "echo": "show", "puts": "show", "cat": "show", "imshow": "show", "write_line": "show",
    "fit": "train", "compile": "trainer", "learn": "train",
    "test": "evaluate", "score": "evaluate",
    "len": "length", "size": "length", "numel": "length", "nrow": "length", "strlen": "length",
    "str": "text", "string": "text", "repr": "text", "num2str": "text", "to_text": "text",
    "int": "number", "float": "number", "double": "number", "str2num": "number",
    "str2double": "number", "as_numeric": "number", "parse": "number",
    "null": "none", "nil": "none", "None": "none", "NULL": "none", "Null": "none", "NA": "none",
    "undefined": "none", "NaN": "nan", "NAN": "nan", "Inf": "infinity", "inf": "infinity",
    "True": "true", "TRUE": "true", "False": "false", "FALSE": "false", "yes": "true",
    "no": "false",
    "fabs": "abs", "ln": "log", "ceiling": "ceil", "pow": "power", "avg": "mean",
    "average": "mean", "maximum": "max", "minimum": "min", "stdev": "std", "sd": "std",
    "sorted": "sort", "order": "sort", "rev": "reverse", "reversed": "reverse",
    "seq": "range", "linspace": "range", "arange": "range", "apply": "map", "lapply": "map",
    "sapply": "map", "arrayfun": "map", "collect": "map", "fold": "reduce", "select": "filter",
    "push": "append", "toupper": "upper", "uppercase": "upper", "tolower": "lower",
    "lowercase": "lower", "strip": "trim", "sub": "replace", "gsub": "replace",
    "strsplit": "split", "paste": "join", "concat": "concatenate", "find": "index_of",
    "hist": "histogram", "dir": "vars", "who": "vars", "whos": "vars", "ls": "vars",
    "exit": "quit", "bye": "quit", "q": "quit", "man": "help", "doc": "help",
    "conv2d": "conv", "Conv2D": "conv", "convolution": "conv", "Dense": "dense",
    "linear": "dense", "Linear": "dense", "fully_connected": "dense", "Flatten": "flatten",
    "Dropout": "dropout", "maxpool": "max_pool", "MaxPooling2D": "max_pool",
    "MaxPool2d": "max_pool", "avg_pool": "average_pool", "BatchNormalization": "batch_norm",
    "batchnorm": "batch_norm", "Sequential": "sequential", "model": "network", "Adam": "adam",
    "SGD": "sgd", "confusion_matrix": "confusion", "train_test_split": "split",
    "load_data": "load", "read": "load", "imread": "load", "open_image": "load",
    "summary": "show", "tic": "time", "toc": "time", "raise": "fail", "throw": "fail",
    "error": "fail", "stop": "fail", "assert": "check", "MobileNetV2": "mobilenet_v2",
    "mobilenet": "mobilenet_v2", "resnet": "resnet50",
  ]

  private static let remedies: [String: String] = [
    "pass": "leave it out: a block may be empty",
    "endif": "write `end`", "endfor": "write `end`", "endwhile": "write `end`", "fi": "write `end`",
    "endfunction": "write `end`", "elif": "write `else if`", "elseif": "write `else if`",
    "lambda": "write `x => …`", "import": "leave it out: every command is there from the start",
    "self": "there are no classes; keep values together in a record",
    "np": "leave it out: every command is there from the start",
    "plt": "leave it out: every command is there from the start",
    "tf": "leave it out: every command is there from the start",
    "torch": "leave it out: every command is there from the start",
    "keras": "leave it out: every command is there from the start",
    "finally": "write the statements after `end`",
  ]
}
