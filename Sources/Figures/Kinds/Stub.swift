extension FigureContent {
  package func terminalLines(_ page: TerminalPage) -> [String] { [] }
}
