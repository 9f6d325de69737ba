import Imagery
import Tensors
import Testing

@Suite struct BoxFormatTests {
  private let image = FormatFiles.image

  private let expected = [
    LabelledBox(Box(left: 2, top: 1, right: 12, bottom: 6), label: 0),
    LabelledBox(Box(left: 10, top: 0, right: 20, bottom: 10), label: 1),
  ]

  /// The same two boxes in every format, in every way of laying the files out.
  @Test func everyFormatGivesTheSameBoxes() throws {
    let voc = FormatFiles.xml([("cat", 2, 1, 12, 6), ("dog", 10, 0, 20, 10)])
    let yolo = "0 0.35 0.35 0.5 0.5\n1 0.75 0.5 0.5 1\n"
    let csv = """
      filename,width,height,class,xmin,ymin,xmax,ymax
      a.png,20,10,cat,2,1,12,6
      "a.png",20,10,dog,10,0,20,10

      """
    let coco = """
      {"info": {"x": [1, {"y": "}"}]}, "images": [{"id": 7, "file_name": "a.png", "width": 20,
      "height": 10}], "annotations": [{"id": 1, "image_id": 7, "category_id": 90,
      "bbox": [10, 0, 10.0, 10], "segmentation": [[1, 2, 3.5, 4]], "iscrowd": 0},
      {"id": 2, "image_id": 7, "category_id": 3, "bbox": [2, 1, 10, 5]}],
      "categories": [{"id": 90, "name": "dog"}, {"id": 3, "name": "cat"}]}
      """
    let layouts: [[String: String]] = [
      ["annotations/a.xml": voc], ["xml/a.xml": voc], ["a.xml": voc],
      ["labels/a.txt": yolo, "data.yaml": "nc: 2\nnames: [cat, 'dog'] # two\n"],
      ["labels/a.txt": yolo, "data.yaml": "names:\n  0: cat\n  1: dog\ntrain: x\n"],
      ["a.txt": yolo, "classes.txt": "cat\r\ndog\r\n"],
      ["labels/a.txt": yolo, "obj.names": "cat\ndog"],
      ["boxes.csv": csv],
      ["boxes.csv": csv.replacing(",", with: ";")],
      ["b.csv": "class;x1;y1;x2;y2;image\ncat;2;1;12;6;c:\\\\photos\\\\a.png\ndog;10;0;20;10;a\n"],
      ["instances.json": coco], ["annotations/instances.json": coco],
    ]
    for layout in layouts {
      for place in ["images/a.png", "JPEGImages/a.png", "a.png"] {
        // Boxes in a folder of their own need the images in one too, or beside them.
        let root = try FormatFiles.folder(layout, [place: image])
        let data = try Dataset.load(root)
        #expect(data.kind == .boxes && data.classes == ["cat", "dog"], "\(layout.keys) \(place)")
        #expect(data.problems.isEmpty, "\(layout.keys) \(data.problems)")
        let found = try boxes(data, 0).sorted { $0.label < $1.label }
        #expect(found.count == 2, "\(layout.keys)")
        for (box, other) in zip(found, expected) {
          #expect(box.label == other.label && box.box.intersectionOverUnion(other.box) > 0.9999)
        }
      }
    }
  }

  @Test func crowdsAndDifficultBoxesAreMarked() throws {
    let difficult = FormatFiles.xml([("cat", 2, 1, 12, 6)])
      .replacing("<bndbox>", with: "<difficult>1</difficult><bndbox>")
    let voc = try Dataset.load(
      FormatFiles.folder(["annotations/a.xml": difficult], ["images/a.png": image]))
    #expect(try boxes(voc, 0).map(\.isDifficult) == [true])
    let coco = """
      {"images": [{"id": 1, "file_name": "a.png"}], "categories": [{"id": 1, "name": "cat"}],
       "annotations": [{"image_id": 1, "category_id": 1, "bbox": [1, 1, 2, 2], "iscrowd": 1}]}
      """
    let data = try Dataset.load(FormatFiles.folder(["c.json": coco], ["images/a.png": image]))
    #expect(try boxes(data, 0).map(\.isDifficult) == [true])
  }

  /// One paragraph says everything that was odd, and no box leaves its image.
  @Test func odditiesAreCountedInOneSummary() throws {
    let root = try FormatFiles.folder(
      [
        "annotations/a.xml": FormatFiles.xml([
          ("cat", -3, 1, 12, 6), ("cat", 5, 5, 5, 9), ("cat", 30, 1, 40, 6), ("cat", 1, 1, 9, 90),
          ("bird", 1, 1, 2, 2),
        ]),
        "annotations/b.xml": FormatFiles.xml([("cat", 1, 1, 3, 30)], width: 640),
        "annotations/c.xml": FormatFiles.xml([]),
        "annotations/gone.xml": FormatFiles.xml([]),
        "annotations/broken.xml": "<annotation><object></annotation>",
      ],
      [
        "images/a.png": image, "images/b.png": image, "images/c.png": image,
        "images/d.png": image, "images/broken.png": image,
        "images/cut.png": Array(image.prefix(90)),
      ])
    var options = LoadOptions()
    options.classes = ["cat"]
    let data = try Dataset.load(root, options)
    #expect(data.count == 3)
    #expect(try boxes(data, 0).count == 2)
    #expect(try boxes(data, 2).isEmpty)
    for position in 0..<3 {
      for box in try boxes(data, position) {
        #expect(box.box == box.box.clipped(height: 10, width: 20) && box.box.area > 0)
      }
    }
    let name = root.split(separator: "/").last.map(String.init) ?? ""
    #expect(
      data.warning?.message == "`\(name)`: 3 of 6 images are left out: "
        + "`annotations/broken.xml` cannot be used: line 1: mismatched tag; "
        + "2 images have no annotation (`images/cut.png`, `images/d.png`); "
        + "`annotations/gone.xml` is about an image that is not there; "
        + "`annotations/b.xml` says 640×10 pixels of an image of 20×10; "
        + "3 boxes in 2 images reach over the edge and were cut there (`images/a.png`, "
        + "`images/b.png`); a box of `images/a.png` has no area and was left out; "
        + "a box of `images/a.png` lies outside the image and was left out; "
        + "a box of `images/a.png` is of no known class (`bird`) and was left out")
    options.strict = true
    #expect(reason { try Dataset.load(root, options) } == .damagedFiles)
    options.strict = false
    options.keepsUnannotated = true
    #expect(try Dataset.load(root, options).count == 4)
  }

  /// Categories of COCO have gaps; numbers without names count from 0 or 1.
  @Test func classNumbers() throws {
    let root = try FormatFiles.folder(
      ["a.txt": "3 0.5 0.5 0.5 0.5\n9 0.5 0.5 0.2 0.2\n"], ["a.png": image])
    #expect(try Dataset.load(root).classes == ["3", "9"])
    var options = LoadOptions()
    options.classes = ["person"]
    let one = try FormatFiles.folder(["a.txt": "1 0.5 0.5 0.5 0.5\n"], ["a.png": image])
    let shifted = try Dataset.load(one, options)
    #expect(try boxes(shifted, 0).map(\.label) == [0])
    #expect(shifted.problems.map(\.reason) == [.shiftedClasses])
  }

  /// Every unusable file is told with its reason, and nothing crashes.
  @Test(arguments: [
    ("a.xml", "", "line 1: no element found"),
    ("a.xml", "hello", "line 1: syntax error"),
    ("a.xml", "<html></html>", "its first element is <html>, not <annotation>"),
    (
      "a.xml", "<annotation><object><name>x</name></object></annotation>",
      "object 1 (`x`) has no <bndbox>"
    ),
    ("a.xml", "<annotation><object></object></annotation>", "object 1 has no name"),
    (
      "a.xml",
      "<!DOCTYPE a [<!ENTITY x \"xx\"><!ENTITY y \"&x;&x;\">]><annotation>&y;</annotation>",
      "line 1: it defines a document type, which is not read"
    ),
    ("a.xml", String(repeating: "<a>", count: 40), "line 1: it is nested too deeply"),
    (
      "a.xml", "<annotation>" + String(repeating: "x", count: 9_000) + "</annotation>",
      "line 1: it has a text that is too long"
    ),
    ("a.txt", "cat 1 2 3 4", "line 1: a class number was expected, not `cat`"),
    (
      "a.txt", "0 0.5 0.5 0.5 0.5\n0 0.5 0.5", "line 2: five numbers were expected, and there are 3"
    ),
    (
      "a.csv", "filename,class,xmin,ymin,xmax,ymax\na.png,cat,1,2,3\n",
      "line 2: 5 fields where the header has 6"
    ),
    ("a.csv", "filename,class\n\"a.png,cat\n", "line 2: a quote is not closed"),
    (
      "a.json", "{\"images\": [], \"annotations\": [",
      "byte 31: `{` expected"
    ),
    ("a.json", "{\"images\": [{\"id\": 1}]}", "byte 21: an image needs \"id\" and \"file_name\""),
    ("a.json", "{\"images\": []}", "it has no \"images\" and \"annotations\""),
    (
      "a.json", "{\"images\": [], \"annotations\": [{\"bbox\": [1, 2, 3, 4]}]}",
      "byte 53: a box needs \"image_id\" and \"category_id\""
    ),
    ("data.yaml", "nc: 3\n", "it has no `names:`"),
    ("data.yaml", "names:\n  cat\n", "`cat` is no class with a number"),
  ])
  func badFilesAreExplained(_ file: String, _ text: String, _ words: String) throws {
    let texts = file == "data.yaml" ? [file: text, "a.txt": ""] : [file: text]
    let root = try FormatFiles.folder(texts, ["a.png": image])
    let error = #expect(throws: ImageryError.self) { try Dataset.load(root) }
    let message = error?.message ?? ""
    #expect(message.contains("`\(file)` cannot be used: \(words)"), "\(message)")
  }

  @Test func numbersThatAreNone() throws {
    let xml = FormatFiles.xml([("cat", 1, 1, 9, 9)]).replacing("<xmin>1", with: "<xmin>one")
    let data = try Dataset.load(FormatFiles.folder(["a.xml": xml], ["a.png": image]))
    #expect(data.problems.map(\.reason) == [.unusableBoxes] && data.count == 1)
    let yolo = try Dataset.load(
      FormatFiles.folder(["a.txt": "0 nan inf 1e99 2\n"], ["a.png": image]))
    #expect(yolo.problems.map(\.reason) == [.unusableBoxes])
  }

  @Test func pathsThatHoldNothing() throws {
    #expect(reason { try Dataset.load("/no/such/place") } == .notFound)
    let text = try FormatFiles.folder(["a.txt": "hello"])
    #expect(reason { try Dataset.load(text + "/a.txt") } == .unknownData)
    var options = LoadOptions()
    for format in DataFormat.allCases {
      options.format = format
      #expect(throws: ImageryError.self) { try Dataset.load(text, options) }
    }
    let two = try FormatFiles.folder(
      ["a.csv": "filename,class\na.png,x\n", "b.csv": "filename,class\na.png,x\n"],
      ["a.png": image])
    #expect(reason { try Dataset.load(two) } == .unknownData)
    #expect(try Dataset.load(two + "/b.csv").classes == ["x"])
  }
}
