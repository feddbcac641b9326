import Testing
import ChatTemplates

/// The language itself; jinja2 rendered every expectation.
@Suite struct ChatTemplateLanguageTests {
  @Test("Operators follow Python")
  func operatorsFollowPython() throws {
    try check([
      (
        "{{ 7 // 2 }} {{ -7 // 2 }} {{ -7 % 3 }} {{ 7.5 // -2 }} {{ 2 ** 3 **"
          + " 2 }} {{ -2 ** 2 }} {{ 4 / 2 }}",
        "3 -4 2 -4.0 64 4 2.0"
      ),
      (
        "{{ 1 < 2 < 3 }} {{ 3 > 2 > 2 }} {{ 1 == 1.0 == true }} {{ 'a' < 'B' "
          + "}} {{ [1, 2] < [1, 3] }}",
        "True False True False True"
      ),
      (
        "{{ '' or 0 or 'x' }} {{ 1 and [] }} {{ not none }} {{ 2 not in [1] a"
          + "nd 'b' in 'abc' }}",
        "x [] True True"
      ),
      (
        "{{ 1 ~ none ~ 2.50 ~ [1, 'a'] }} {{ 'ab' * 2 }} {{ [0] * 2 + [1] }} "
          + "{{ true + true }}",
        "1None2.5[1, 'a'] abab [0, 0, 1] 2"
      ),
      (
        "{{ 'a' if false }}|{{ 'a' if false else 'b' if false else 'c' }}",
        "|c"
      ),
    ])
  }

  @Test("Values print as Python prints them")
  func valuesPrintAsPythonPrintsThem() throws {
    try check([
      (
        "{{ [none, true, 1.0, 1e16, 1e-5, (1,), {'k': 'it\\'s'}] }}",
        "[None, True, 1.0, 1e+16, 1e-05, (1,), {'k': \"it's\"}]"
      ),
      (
        "{{ 0.1 + 0.2 }} {{ 123456789.125 }} {{ 5e-324 }} {{ -0.0 }} {{ 1e100"
          + " }} {{ 9007199254740993.0 }}",
        "0.30000000000000004 123456789.125 5e-324 -0.0 1e+100 900719925474099"
          + "2.0"
      ),
      (
        "{{ ['\\n\\t\\\\', \"it's\", '\"', '\\x00\\u200b\\u00e9'] }}",
        "['\\n\\t\\\\', \"it's\", '\"', '\\x00\\u200b\u{E9}']"
      ),
      (
        "{{ {'a': 1}.items() }} {{ {'a': 1}.keys() }} {{ range(2, 9, 3) }} {{"
          + " () }}",
        "dict_items([('a', 1)]) dict_keys(['a']) range(2, 9, 3) ()"
      ),
    ])
  }

  @Test("Text is a sequence of code points")
  func textIsASequenceOfCodePoints() throws {
    try check([
      (
        "{{ 'e\\u0301' == '\\u00e9' }} {{ 'e\\u0301' | length }} {{ '\\U0001F"
          + "389a'[0] == '\\U0001F389' }}",
        "False 2 True"
      ),
      (
        "{{ '\\u00df'.upper() }} {{ '\\u0391\\u03a3'.lower() == '\\u03b1\\u03"
          + "c2' }} {{ \"they're here\" | title }} {{ \"they're here\".title() }}",
        "SS True They're Here They'Re Here"
      ),
      (
        "{{ 'hello'[::-1] }} {{ 'hello'[-3:-1] }} {{ 'hello'[10:] }} {{ 'hell"
          + "o'[1:5:2] }}",
        "olleh ll  el"
      ),
      (
        "{{ ' a  b '.split() }} {{ 'a,b,,c'.split(',', 1) }} {{ ' a b '.split"
          + "(none, 1) }} {{ 'a b c'.rsplit(' ', 1) }}",
        "['a', 'b'] ['a', 'b,,c'] ['a', 'b '] ['a b', 'c']"
      ),
      (
        "{{ 'xxaxx'.strip('x') }} {{ 'aXbX'.replace('X', '-', 1) }} {{ 'abc'."
          + "startswith(('z', 'a')) }} {{ 'abab'.rfind('b') }} {{ '{} and {name}'"
          + ".format(1, name='n') }}",
        "a a-bX True 3 1 and n"
      ),
    ])
  }

  @Test("Undefined values print nothing and fail when used")
  func undefinedValuesPrintNothingAndFailWhenUsed() throws {
    try check([
      (
        "[{{ missing }}] {{ missing is defined }} {{ missing | default('d') }"
          + "} {{ missing | length }} {{ {}.a is undefined }} {{ missing == absen"
          + "t }}",
        "[] False d 0 True True"
      ),
      (
        "{% for x in missing %}a{% else %}b{% endfor %}{% if missing %}c{% en"
          + "dif %}",
        "b"
      ),
    ])
  }

  @Test("Loops know where they are")
  func loopsKnowWhereTheyAre() throws {
    try check([
      (
        "{% for x in ['a', 'b', 'c'] %}{{ loop.index }}{{ loop.index0 }}{{ lo"
          + "op.revindex }}{{ loop.revindex0 }}{{ loop.first }}{{ loop.last }}{{ "
          + "loop.length }}{{ loop.previtem }}{{ loop.nextitem }}{{ loop.cycle('x"
          + "', 'y') }} {% endfor %}",
        "1032TrueFalse3bx 2121FalseFalse3acy 3210FalseTrue3bx "
      ),
      (
        "{% for x in [1, 2, 3, 4, 5] %}{% if x == 2 %}{% continue %}{% elif x"
          + " == 4 %}{% break %}{% endif %}{{ x }}{% endfor %}",
        "13"
      ),
      (
        "{% for a, (b, c) in [(1, (2, 3))] %}{{ a }}{{ b }}{{ c }}{% endfor %"
          + "}{% for k, v in {'x': 1}.items() %}{{ k }}{{ v }}{% endfor %}",
        "123x1"
      ),
      (
        "{% set ns = namespace(top=0) %}{% for x in [1, 1, 3, 2, 4] if x > ns"
          + ".top %}{% set ns.top = x %}{{ x }}{% endfor %}",
        "134"
      ),
      (
        "{% for x in [1] %}{% break %}{% else %}jinja2 reaches this{% endfor "
          + "%}",
        "jinja2 reaches this"
      ),
    ])
  }

  @Test("Scopes follow Jinja")
  func scopesFollowJinja() throws {
    try check([
      (
        "{% set x = 1 %}{% for i in [1, 2] %}{{ x }}{% set x = x + 1 %}{{ x }"
          + "}{% endfor %}{{ x }}",
        "12121"
      ),
      (
        "{% if true %}{% set y = 5 %}{% endif %}{{ y }}{% with y = 6, z = y %"
          + "}{{ y }}{{ z }}{% endwith %}{{ y }}",
        "5655"
      ),
      (
        "{% macro show() %}[{{ late }}]{% endmacro %}{{ show() }}{% set late "
          + "= 1 %}{{ show() }}",
        "[][1]"
      ),
      (
        "{% set ns = namespace(seen=false) %}{% for i in [1] %}{% set ns.seen"
          + " = true %}{% endfor %}{{ ns.seen }}{{ ns.other }}",
        "True"
      ),
      (
        "{% generation %}{% set inner = 1 %}{{ inner }}{% endgeneration %}{{ "
          + "inner }}",
        "1"
      ),
    ])
  }

  @Test("Macros take defaults, keywords and callers")
  func macrosTakeDefaultsKeywordsAndCallers() throws {
    try check([
      (
        "{% macro f(a, b=2, c=a) %}{{ a }}{{ b }}{{ c }}{% endmacro %}{{ f(1)"
          + " }} {{ f(1, c=5) }} {{ f() }}",
        "121 125 2"
      ),
      (
        "{% macro f(a) %}{{ a }}{{ varargs }}{{ kwargs }}{% endmacro %}{{ f(1"
          + ", 2, x=3) }}",
        "1(2,){'x': 3}"
      ),
      (
        "{% macro f(x) %}<{{ caller(x) }}>{% endmacro %}{% call(y) f(3) %}{{ "
          + "y }}!{% endcall %}",
        "<3!>"
      ),
      (
        "{% macro down(n) %}{{ n }}{% if n %}{{ down(n - 1) }}{% endif %}{% e"
          + "ndmacro %}{{ down(4) }}",
        "43210"
      ),
      (
        "{% set s | upper %}a{{ 1 }}b{% endset %}{{ s }}{% filter replace('a'"
          + ", 'o') | title %}banana{% endfilter %}",
        "A1BBonono"
      ),
    ])
  }

  @Test("Filters and tests agree with jinja2")
  func filtersAndTestsAgreeWithJinja2() throws {
    try check([
      (
        "{{ [3, 1, 2] | sort | join(', ') }} {{ ['b', 'A'] | sort }} {{ [1, 2"
          + ", 3] | sum }} {{ ['a', 'B'] | max }} {{ [1, 1.0, true] | unique | li"
          + "st }}",
        "1, 2, 3 ['A', 'b'] 6 B [1]"
      ),
      (
        "{{ [{'r': 'u', 'c': 'x'}, {'r': 'a', 'c': 'y'}] | selectattr('r', 'e"
          + "qualto', 'u') | map(attribute='c') | list }}",
        "['x']"
      ),
      (
        "{{ {'b': [1, 2.5, none], 'a': '<\\u00e9>'} | tojson }} {{ {'b': 1, '"
          + "a': []} | tojson(indent=2, sort_keys=true) }} {{ 'x\\u00e9\\n' | toj"
          + "son(ensure_ascii=true) }}",
        "{\"b\": [1, 2.5, null], \"a\": \"<\u{E9}>\"} {\n  \"a\": [],\n  \"b"
          + "\": 1\n} \"x\\u00e9\\n\""
      ),
      (
        "{{ 'a\\n\\nb' | indent(2, true) }} {{ '42' | int + 1 }} {{ '3.9' | i"
          + "nt }} {{ 'x' | int(7) }} {{ 2.675 | round(2) }} {{ 7.12 | round(1, '"
          + "ceil') }}",
        "  a\n\n  b 43 3 7 2.67 7.2"
      ),
      (
        "{{ 'T' if [] | select else 'F' }} {{ [] | first }} {{ {'b': 1, 'a': "
          + "2} | dictsort }} {{ [1, 2, 3] | batch(2, 0) | list }} {{ '<b>' | e }"
          + "} {{ '<' + ('<b>' | safe) + '&' }} {{ '<' ~ ('<b>' | safe) }}",
        "T  [('a', 2), ('b', 1)] [[1, 2], [3, 0]] &lt;b&gt; &lt;<b>&amp; <<b>"
      ),
      (
        "{{ 4 is divisibleby 2 }} {{ 3 is odd }} {{ 'AB' is upper }} {{ (1, 2"
          + ") is sequence }} {{ 1.0 is float }} {{ true is integer }} {{ {} is m"
          + "apping }} {{ 2 is in [2] }} {{ 'a' is not string }}",
        "True True True True True False True True False"
      ),
    ])
  }

  private func check(_ cases: [(source: String, expected: String)]) throws {
    for (source, expected) in cases {
      let text = try ChatTemplate(source, name: "language").render(variables: [:])
      #expect(text.unicodeScalars.elementsEqual(expected.unicodeScalars), "\(source) gave \(text)")
    }
  }
}
