import Testing
import ChatTemplates

/// Templates in the styles that published models use; jinja2 rendered every expectation.
@Suite struct ChatTemplateStyleTests {
  static let chatMLLike = """
    {% for message in messages %}{% if loop.first and message['role'] != 'system' %}{{ '<|open|>system\\nYou help.<|close|>\\n' }}{% endif %}{{ '<|open|>' + message['role'] + '\\n' + message['content'] + '<|close|>' + '\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|open|>assistant\\n' }}{% endif %}
    """

  static let instructionLike = """
    {% if messages[0]['role'] == 'system' %}
        {% set preamble = '<SYS>' ~ messages[0]['content'] ~ '</SYS> ' %}
        {% set turns = messages[1:] %}
    {% else %}
        {% set preamble = '' %}
        {% set turns = messages %}
    {% endif %}
    {% for turn in turns %}
        {% if (turn['role'] == 'user') != (loop.index0 % 2 == 0) %}
            {{ raise_exception('Roles must take turns.') }}
        {% endif %}
        {%- if turn.role == 'user' -%}
            {{ bos_token + '[ASK] ' + (preamble if loop.first else '') + turn.content | trim + ' [/ASK]' }}
        {%- else -%}
            {{ ' ' + turn['content'].strip() + ' ' + eos_token }}
        {%- endif %}
    {% endfor %}

    """

  static let headerLike = """
    {{- bos_token }}
    {%- set ns = namespace(system='Be brief.', count=0) %}
    {%- for m in messages if m.role == 'system' %}
        {%- set ns.system = m.content | trim %}
    {%- endfor %}
    {#- The head stands first. #}
    {%- macro head(role, gap='\\n\\n') %}{{ '<head>' ~ role ~ '</head>' ~ gap }}{% endmacro %}
    {{- head('system') ~ ns.system ~ '<turn/>' }}
    {%- for m in messages | rejectattr('role', 'equalto', 'system') %}
        {%- set ns.count = ns.count + 1 %}
        {{- head(m['role']) + m['content'] | trim + '<turn/>' }}
    {%- endfor %}
    {%- if add_generation_prompt %}
        {{- head('assistant', gap='\\n') }}
    {%- endif %}
    {{- ns.count }}

    """

  static let turnLike = """
    {{ bos_token }}{% if messages[0]['role'] == 'system' %}{{ raise_exception('There is no system role.') }}{% endif %}
    {% for message in messages %}
    {% set role = 'model' if message['role'] == 'assistant' else message['role'] %}
    {{ '<turn>' + role }}
    {% generation %}
    {{ message['content'] | trim }}{% endgeneration %}
    {{ '</turn>' }}
    {% endfor %}
    {% if add_generation_prompt %}
    {{ '<turn>model' }}
    {% endif %}

    """

  static let conversations: [[ChatMessage]] = [
    [
      ChatMessage(role: "user", content: "Hi")
    ],
    [
      ChatMessage(role: "system", content: " Be kind.\n"),
      ChatMessage(role: "user", content: "Hi"),
      ChatMessage(role: "assistant", content: " Hello! "),
      ChatMessage(role: "user", content: "Why?"),
    ],
    [
      ChatMessage(role: "user", content: " caf\u{E9} e\u{301} \u{1F389}\u{A0}\n"),
      ChatMessage(role: "assistant", content: "\t\"it's\""),
    ],
    [
      ChatMessage(role: "user", content: "a"),
      ChatMessage(role: "user", content: "b"),
    ],
  ]

  @Test("A ChatML-like template renders every conversation as jinja2 does")
  func chatMLLikeTemplate() throws {
    let expected: [(conversation: Int, prompt: Bool, text: String?)] = [
      (
        0, true,
        "<|open|>system\nYou help.<|close|>\n<|open|>user\nHi<|close|>\n<|ope"
          + "n|>assistant\n"
      ),
      (
        0, false,
        "<|open|>system\nYou help.<|close|>\n<|open|>user\nHi<|close|>\n"
      ),
      (
        1, true,
        "<|open|>system\n Be kind.\n<|close|>\n<|open|>user\nHi<|close|>\n<|o"
          + "pen|>assistant\n Hello! <|close|>\n<|open|>user\nWhy?<|close|>\n<|op"
          + "en|>assistant\n"
      ),
      (
        1, false,
        "<|open|>system\n Be kind.\n<|close|>\n<|open|>user\nHi<|close|>\n<|o"
          + "pen|>assistant\n Hello! <|close|>\n<|open|>user\nWhy?<|close|>\n"
      ),
      (
        2, true,
        "<|open|>system\nYou help.<|close|>\n<|open|>user\n caf\u{E9} e"
          + "\u{301} \u{1F389}\u{A0}\n<|close|>\n<|open|>assistant\n\t\"it's\"<|c"
          + "lose|>\n<|open|>assistant\n"
      ),
      (
        2, false,
        "<|open|>system\nYou help.<|close|>\n<|open|>user\n caf\u{E9} e"
          + "\u{301} \u{1F389}\u{A0}\n<|close|>\n<|open|>assistant\n\t\"it's\"<|c"
          + "lose|>\n"
      ),
      (
        3, true,
        "<|open|>system\nYou help.<|close|>\n<|open|>user\na<|close|>\n<|open"
          + "|>user\nb<|close|>\n<|open|>assistant\n"
      ),
      (
        3, false,
        "<|open|>system\nYou help.<|close|>\n<|open|>user\na<|close|>\n<|open"
          + "|>user\nb<|close|>\n"
      ),
    ]
    try check(Self.chatMLLike, expected)
  }

  @Test("A instruction-like template renders every conversation as jinja2 does")
  func instructionLikeTemplate() throws {
    let expected: [(conversation: Int, prompt: Bool, text: String?)] = [
      (
        0, true,
        "<s>[ASK] Hi [/ASK]"
      ),
      (
        0, false,
        "<s>[ASK] Hi [/ASK]"
      ),
      (
        1, true,
        "<s>[ASK] <SYS> Be kind.\n</SYS> Hi [/ASK] Hello! </s><s>[ASK] Why? ["
          + "/ASK]"
      ),
      (
        1, false,
        "<s>[ASK] <SYS> Be kind.\n</SYS> Hi [/ASK] Hello! </s><s>[ASK] Why? ["
          + "/ASK]"
      ),
      (
        2, true,
        "<s>[ASK] caf\u{E9} e\u{301} \u{1F389} [/ASK] \"it's\" </s>"
      ),
      (
        2, false,
        "<s>[ASK] caf\u{E9} e\u{301} \u{1F389} [/ASK] \"it's\" </s>"
      ),
      (3, true, nil),
      (3, false, nil),
    ]
    try check(Self.instructionLike, expected)
  }

  @Test("A header-like template renders every conversation as jinja2 does")
  func headerLikeTemplate() throws {
    let expected: [(conversation: Int, prompt: Bool, text: String?)] = [
      (
        0, true,
        "<s><head>system</head>\n\nBe brief.<turn/><head>user</head>\n\nHi<tu"
          + "rn/><head>assistant</head>\n1"
      ),
      (
        0, false,
        "<s><head>system</head>\n\nBe brief.<turn/><head>user</head>\n\nHi<tu"
          + "rn/>1"
      ),
      (
        1, true,
        "<s><head>system</head>\n\nBe kind.<turn/><head>user</head>\n\nHi<tur"
          + "n/><head>assistant</head>\n\nHello!<turn/><head>user</head>\n\nWhy?<"
          + "turn/><head>assistant</head>\n3"
      ),
      (
        1, false,
        "<s><head>system</head>\n\nBe kind.<turn/><head>user</head>\n\nHi<tur"
          + "n/><head>assistant</head>\n\nHello!<turn/><head>user</head>\n\nWhy?<"
          + "turn/>3"
      ),
      (
        2, true,
        "<s><head>system</head>\n\nBe brief.<turn/><head>user</head>\n\ncaf"
          + "\u{E9} e\u{301} \u{1F389}<turn/><head>assistant</head>\n\n\"it's\"<t"
          + "urn/><head>assistant</head>\n2"
      ),
      (
        2, false,
        "<s><head>system</head>\n\nBe brief.<turn/><head>user</head>\n\ncaf"
          + "\u{E9} e\u{301} \u{1F389}<turn/><head>assistant</head>\n\n\"it's\"<t"
          + "urn/>2"
      ),
      (
        3, true,
        "<s><head>system</head>\n\nBe brief.<turn/><head>user</head>\n\na<tur"
          + "n/><head>user</head>\n\nb<turn/><head>assistant</head>\n2"
      ),
      (
        3, false,
        "<s><head>system</head>\n\nBe brief.<turn/><head>user</head>\n\na<tur"
          + "n/><head>user</head>\n\nb<turn/>2"
      ),
    ]
    try check(Self.headerLike, expected)
  }

  @Test("A turn-like template renders every conversation as jinja2 does")
  func turnLikeTemplate() throws {
    let expected: [(conversation: Int, prompt: Bool, text: String?)] = [
      (
        0, true,
        "<s><turn>user\nHi</turn>\n<turn>model\n"
      ),
      (
        0, false,
        "<s><turn>user\nHi</turn>\n"
      ),
      (1, true, nil),
      (1, false, nil),
      (
        2, true,
        "<s><turn>user\ncaf\u{E9} e\u{301} \u{1F389}</turn>\n<turn>model\n\"i"
          + "t's\"</turn>\n<turn>model\n"
      ),
      (
        2, false,
        "<s><turn>user\ncaf\u{E9} e\u{301} \u{1F389}</turn>\n<turn>model\n\"i"
          + "t's\"</turn>\n"
      ),
      (
        3, true,
        "<s><turn>user\na</turn>\n<turn>user\nb</turn>\n<turn>model\n"
      ),
      (
        3, false,
        "<s><turn>user\na</turn>\n<turn>user\nb</turn>\n"
      ),
    ]
    try check(Self.turnLike, expected)
  }

  /// Compares with the expectation, where `nil` stands for a conversation that is refused.
  private func check(
    _ source: String, _ expected: [(conversation: Int, prompt: Bool, text: String?)]
  ) throws {
    let template = try ChatTemplate(source, name: "style")
    for row in expected {
      let result = Result { () throws(ChatTemplateError) in
        try template.render(
          messages: Self.conversations[row.conversation], addGenerationPrompt: row.prompt,
          bosToken: "<s>", eosToken: "</s>")
      }
      switch result {
      case .success(let text): #expect(text == row.text)
      case .failure(.refused): #expect(row.text == nil)
      case .failure(let error): Issue.record(error)
      }
    }
  }
}
