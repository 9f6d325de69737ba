import Tensors

/// A web page that needs nothing else: no script, no font, no picture from elsewhere.
enum Page {
  /// - Parameter body: markup.
  static func html(title: String, body: String) -> String {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
    <title>\(Markup.escaped(title))</title>
    <style>\(style)</style>
    </head>
    <body>
    <main>
    \(body)
    </main>
    </body>
    </html>

    """
  }

  /// An element with text in it.
  static func element(_ name: String, _ text: String, class kind: String? = nil) -> String {
    "<\(name)\(kind.map { " class=\"\($0)\"" } ?? "")>\(Markup.escaped(text))</\(name)>"
  }

  /// A table; its cells are markup. Columns whose heading begins with `#` hold numbers.
  static func table(_ headings: [String], _ rows: [[String]]) -> String {
    func cell(_ tag: String, _ column: Int, _ markup: String) -> String {
      "<\(tag)\(headings[column].hasPrefix("#") ? " class=\"number\"" : "")>\(markup)</\(tag)>"
    }
    let head = headings.indices.map { column in
      let heading = headings[column]
      return cell(
        "th", column, Markup.escaped(heading.hasPrefix("#") ? String(heading.dropFirst()) : heading)
      )
    }
    let body = rows.map { row in
      "<tr>" + row.indices.map { cell("td", $0, row[$0]) }.joined() + "</tr>"
    }
    return "<div class=\"table\"><table><thead><tr>\(head.joined())</tr></thead><tbody>\n"
      + body.joined(separator: "\n") + "\n</tbody></table></div>"
  }

  /// A bar that is filled from the left.
  static func bar(_ share: Double) -> String {
    let percent = (min(max(share, 0), 1) * 1000).rounded() / 10
    return "<div class=\"bar\"><div style=\"width:\(GradeResult.points(percent))%\"></div></div>"
  }

  private static let style = """
    :root{color-scheme:light dark;--ink:#1d2733;--dim:#5c6b7a;--paper:#fbfaf7;--card:#fff;\
    --line:#dcd8cf;--sea:#1f6f8b;--good:#2e7d4f;--bad:#b3452c;--wait:#8a6d1a}\
    @media(prefers-color-scheme:dark){:root{--ink:#e4e7ea;--dim:#9aa7b3;--paper:#14191e;\
    --card:#1c232a;--line:#343e48;--sea:#6bbbd6;--good:#6cc490;--bad:#ef9078;--wait:#d8b95a}}\
    *{box-sizing:border-box}body{margin:0;background:var(--paper);color:var(--ink);\
    font:16px/1.5 system-ui,sans-serif}main{max-width:60rem;margin:0 auto;padding:1.5rem 1rem 4rem}\
    h1{font-size:1.6rem;line-height:1.2;margin:0 0 .3rem}h2{font-size:1.15rem;margin:2.2rem 0 .6rem}\
    .dim{color:var(--dim)}.score{font-size:1.3rem;font-weight:600;margin:.8rem 0 .3rem}\
    .bar{background:var(--line);border-radius:.3rem;height:.55rem;overflow:hidden;min-width:4rem}td .bar{margin-top:.45rem}\
    .bar div{background:var(--sea);height:100%}\
    .check{background:var(--card);border:1px solid var(--line);border-left:.3rem solid var(--wait);\
    border-radius:.4rem;padding:.6rem .8rem;margin:.6rem 0}\
    .check.passed{border-left-color:var(--good)}.check.failed,.check.error{border-left-color:var(--bad)}\
    .check header{display:flex;gap:.8rem;justify-content:space-between;align-items:baseline}\
    .check b{font-weight:600;overflow-wrap:anywhere}.check p{margin:.25rem 0 0;overflow-wrap:anywhere}\
    .points{white-space:nowrap;color:var(--dim)}\
    pre{background:var(--card);border:1px solid var(--line);border-radius:.4rem;padding:.6rem .8rem;\
    margin:.4rem 0;overflow:auto;font:.85rem/1.45 ui-monospace,monospace;max-height:30rem}\
    pre.problem{border-left:.3rem solid var(--bad)}\
    figure{margin:.8rem 0}figure img{max-width:100%;height:auto;background:#fff;border-radius:.4rem}\
    figcaption{color:var(--dim);font-size:.85rem}\
    .table{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.92rem}\
    th,td{text-align:left;padding:.35rem .7rem .35rem 0;border-bottom:1px solid var(--line);\
    vertical-align:top}th{color:var(--dim);font-weight:600}.number{text-align:right;\
    font-variant-numeric:tabular-nums}a{color:var(--sea)}ul{padding-left:1.2rem}\
    svg{max-width:100%;height:auto}svg text{fill:var(--dim);font:12px system-ui,sans-serif}\
    svg rect{fill:var(--sea)}
    """
}
