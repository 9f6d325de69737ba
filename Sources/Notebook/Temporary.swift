import Language
extension Source { var cells: [Cell] { [] } }
