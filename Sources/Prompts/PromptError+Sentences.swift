extension PromptError.Problem {
  /// What is wrong and what to do, without the place, ending in a full stop.
  var sentence: String {
    switch self {
    case .unreadable(let reason):
      "the file cannot be read (\(reason)); check the path and its permissions."
    case .unknownExtension(".parquet"):
      "Parquet is not read; convert it with `python3 -c \"import pandas, sys; "
        + "pandas.read_parquet(sys.argv[1]).to_json(sys.argv[2], orient='records', lines=True)\" "
        + "FILE.parquet FILE.jsonl` (pandas and pyarrow) and give that file."
    case .unknownExtension(let found):
      (found.isEmpty ? "the name has no extension" : "'\(found)' is no extension of a prompt file")
        + "; give a file that ends in .csv, .tsv, .jsonl, .ndjson, .json or .txt."
    case .invalidUTF8:
      "the bytes here are not valid UTF-8; save the file as UTF-8 "
        + "(for example `iconv -f WINDOWS-1252 -t UTF-8`)."
    case .notUTF8(let encoding):
      "the file is \(encoding); convert it with `iconv -f \(encoding) -t UTF-8`."
    case .damagedGzip:
      "the file is no gzip or is cut off; get another copy of it."
    case .longGzip(let bytes):
      "the file unpacks to more than \(bytes >> 20) MiB; unpack it and read a part of it."
    case .unusableChat(let column):
      "the chat in '\(column)' is not one of user and assistant that the user begins, after a system "
        + "text or without; write other speakers' turns into theirs."
    case .noPrompts:
      "the file holds no prompts; give a file with at least one."
    case .noAnswers:
      "the file holds no answers; give a file with at least one."
    case .noDocuments:
      "the file holds no documents; give a file with at least one."
    case .noQuestions:
      "the file holds no questions; give a file with at least one."
    case .questionFields(let found):
      "the row has \(counted(found, "field")) and not the 6 of MMLU's layout (question, four "
        + "choices, letter, without a header); correct it there."
    case .noLetter(let found):
      "the last field is '\(shortened(found))' and not the letter of the right choice; write A, B, "
        + "C or D."
    case .sameFileName(let other):
      "the file has the same name as \(other), and ids begin with the file's name where several are "
        + "read; rename one or give it once."
    case .invalidCount(let count):
      "a sample of \(count) leaves no prompts; take 1 or more, or all."
    case .unterminatedQuote:
      "the quote that opens here is never closed; close it, and write a quote inside a quoted "
        + "field twice (\"\")."
    case .textAfterClosingQuote:
      "the quoted field that opens here is followed by text after its closing quote; write a "
        + "quote inside a quoted field twice (\"\")."
    case .quoteInUnquotedField:
      "a quote stands inside a field that does not begin with one; enclose the whole field in "
        + "quotes and write the quotes inside it twice (\"\")."
    case .loneCarriageReturn:
      "a carriage return stands without a line feed; convert the line ends to LF or CRLF, and "
        + "enclose a field that contains one in quotes."
    case .fieldCount(let found, let expected):
      "the row has \(counted(found, "field")) but the header names \(expected); add the missing "
        + "ones or enclose a field that contains the delimiter in quotes."
    case .duplicateColumn(let name):
      "the header names the column '\(name)' more than once; rename all but one."
    case .invalidJSON(let reason):
      "this is not valid JSON (\(reason)); correct it there."
    case .unexpectedJSON(let expected):
      "prompts in JSON must be \(expected); rearrange the file so."
    case .noPromptColumn(let columns):
      "no column is known to hold prompts; rename the one that does to 'prompt', or name it with "
        + "--prompt-column NAME where the command has that, the columns are \(listed(columns))."
    case .noColumn(let names, let columns) where columns.isEmpty:
      "the file has no columns; give a table with a column called \(alternatives(names))."
    case .noColumn(let names, let columns):
      "no column is called \(alternatives(names)); rename the one that is meant, the columns are "
        + "\(listed(columns))."
    case .columnNotFound(let name, let flag, let columns):
      "there is no column '\(name)'; give \(flag) one of \(listed(columns))."
    case .ambiguousColumn(let name, let matches):
      "'\(name)' could mean any of \(listed(matches)); spell it exactly as the file does, or "
        + "rename a column."
    case .noColumns(let flags):
      "the file has no columns; leave \(flags.joined(separator: ", ")) out, or give a file with "
        + "named columns."
    case .noLabelColumn(let columns):
      "a label map needs a label column; name it with --label-column NAME, "
        + "the columns are \(listed(columns))."
    case .notText(let column):
      "the value of '\(column)' is not text; write it as a string."
    case .emptyPrompt:
      "the prompt is empty; write one or remove it."
    case .missingValue(let column):
      "the value of '\(column)' is missing; fill it in or remove the row."
    case .nulCharacter:
      "a text contains a NUL character; remove it (is the file UTF-16?)."
    case .duplicateID(let id, let first):
      "the id '\(shortened(id))' is already used by \(first.words); make the ids different, or name another "
        + "column with --id-column NAME."
    case .unmatchedLabel(let value, let column):
      "no pattern of the label map matches '\(shortened(value))' in column '\(column)'; add "
        + "'\(shortened(value))=LABEL' or end the map with '*=LABEL'."
    case .labelMapSyntax(let entry):
      "'\(entry)' is not PATTERN=LABEL; write a map like 'contrast_*=unsafe,*=safe'."
    case .emptyLabelMap:
      "the label map is empty; write one like 'contrast_*=unsafe,*=safe'."
    case .unreachablePattern(let pattern, let earlier):
      "'\(pattern)' can never match because '\(earlier)' comes before it; put '\(pattern)' first."
    }
  }
}

/// Names for an error message, cut short when a file without a header makes them long or many.
private func listed(_ names: [String]) -> String {
  let shown = names.prefix(20).map { "'\(shortened($0))'" }.joined(separator: ", ")
  return names.count > 20 ? "\(shown) and \(names.count - 20) more" : shown
}

private func alternatives(_ names: [String]) -> String {
  names.map { "'\($0)'" }.joined(separator: " or ")
}

func shortened(_ text: String) -> String {
  text.count > 60 ? text.prefix(57) + "..." : text
}

private func counted(_ count: Int, _ noun: String) -> String {
  count == 1 ? "1 \(noun)" : "\(count) \(noun)s"
}
