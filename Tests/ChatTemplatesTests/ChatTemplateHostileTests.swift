import Foundation
import Testing
import ChatTemplates

/// Templates that try to run forever, fill the memory or exhaust the stack.
@Suite struct ChatTemplateHostileTests {
  private static func isBounded(
    _ source: String, _ variables: [String: TemplateValue] = [:]
  ) -> Bool {
    do throws(ChatTemplateError) {
      _ = try ChatTemplate(source, name: "hostile").render(variables: variables)
      return false
    } catch {
      if case .limit = error { return true }
      return false
    }
  }

  private static func nested(_ opening: String, _ inner: String, _ closing: String) -> String {
    String(repeating: opening, count: 20_000) + inner + String(repeating: closing, count: 20_000)
  }

  @Test("Deep nesting of any construct is refused before the stack ends")
  func deepNesting() {
    let sources = [
      "{{ " + Self.nested("(", "1", ")") + " }}", "{{ " + Self.nested("[", "1", "]") + " }}",
      "{{ " + Self.nested("not ", "1", "") + " }}", "{{ " + Self.nested("-", "1", "") + " }}",
      "{{ " + Self.nested("{'a': ", "1", "}") + " }}", "{{ 1" + Self.nested(" + 1", "", "") + " }}",
      "{{ x" + Self.nested(".a", "", "") + " }}", "{{ x" + Self.nested("|trim", "", "") + " }}",
      "{{ x" + Self.nested("[0]", "", "") + " }}", "{{ x" + Self.nested("()", "", "") + " }}",
      "{{ " + Self.nested("1 if 1 else ", "1", "") + " }}",
      Self.nested("{% if 1 %}", "", "{% endif %}"),
      Self.nested("{% for x in y %}", "", "{% endfor %}"),
      "{% set " + Self.nested("(", "x", ")") + " = 1 %}",
    ]
    for source in sources { #expect(Self.isBounded(source), "\(source.prefix(40))") }
  }

  /// 60 times a list, tuple or dictionary that holds the one before twice: 2^60 values in all.
  private static func doubled(_ first: String, _ pair: String, then use: String) -> String {
    "{% set n=namespace(l=\(first),m=\(first)) %}{% for i in range(60) %}"
      + "{% set n.l=\(pair.replacing("x", with: "n.l")) %}"
      + "{% set n.m=\(pair.replacing("x", with: "n.m")) %}{% endfor %}{{ \(use) }}"
  }

  @Test(
    "Comparing and hashing what is shared many times over counts every time",
    arguments: [
      doubled("['a']", "[x,x]", then: "n.l==n.m"), doubled("['a']", "[x,x]", then: "n.l!=n.m"),
      doubled("['a']", "[x,x]", then: "n.l<n.m"), doubled("['a']", "[x,x]", then: "n.l in [n.m]"),
      doubled("['a']", "[x,x]", then: "[n.l].count(n.m)"),
      doubled("['a']", "[x,x]", then: "[n.l].index(n.m)"),
      doubled("['a']", "{'k':x,'l':x}", then: "n.l==n.m"),
      doubled("('a',)", "(x,x)", then: "{n.l:1}|length"),
      doubled("('a',)", "(x,x)", then: "{1:1}[n.l]"),
      doubled("('a',)", "(x,x)", then: "{1:1}.get(n.l)"),
      doubled("('a',)", "(x,x)", then: "[n.l,n.m]|unique|list|length"),
      doubled("['a']", "[x,x]", then: "[n.l,n.m]|sort|length"),
      doubled("['a']", "[x,x]", then: "")
        .replacing("{{  }}", with: "{% for i in [1,2] %}{{ loop.changed(n.l) }}{% endfor %}"),
    ])
  func shared(source: String) {
    #expect(Self.isBounded(source))
  }

  @Test("A long message of a template is cut")
  func longMessage() throws {
    let template = try ChatTemplate("{{ raise_exception('a'*1000000) }}", name: "hostile")
    do throws(ChatTemplateError) {
      _ = try template.render(variables: [:])
      Issue.record("it rendered")
    } catch {
      #expect(error.description.count < 600)
      #expect(error.description.hasSuffix("…\"; change the roles or the order of the messages."))
    }
  }

  @Test("The deepest templates that are accepted render on a thread with a small stack")
  func smallStack() async {
    let depth = 45
    let parentheses =
      "{{ " + String(repeating: "(1 + ", count: depth) + "1"
      + String(repeating: ")", count: depth) + " }}"
    let recursion =
      "{% macro f(n) %}{% if n %}{{ (((n ~ (f(n + 1) | trim)))) }}{% endif %}{% endmacro %}{{ f(1) }}"
    let results = await withCheckedContinuation { continuation in
      let thread = Thread {
        let sum = try? ChatTemplate(parentheses, name: "deep").render(variables: [:])
        continuation.resume(returning: (sum, Self.isBounded(recursion)))
      }
      thread.stackSize = 512 * 1024
      thread.start()
    }
    #expect(results.0 == String(depth + 1))
    #expect(results.1)
  }

  @Test("Loops, texts, lists and values have bounds")
  func runaway() {
    let sources = [
      "{{ range(100001) }}",
      "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}",
      "{{ 'a' * 100000000 }}", "{{ [0] * 100000000 }}", "{{ 'a' * 9223372036854775807 }}",
      "{% set ns = namespace(s='ab') %}{% for i in range(60) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}",
      "{% set ns = namespace(s='ab') %}{% for i in range(60) %}{% set ns.s = ns.s + ns.s %}{% endfor %}",
      "{% set ns = namespace(l=[]) %}{% for i in range(1000) %}{% set ns.l = [ns.l] %}{% endfor %}",
      "{% set ns = namespace(l=[1]) %}{% for i in range(1000) %}"
        + "{% set ns.l = ns.l | map('string') %}{% endfor %}{{ ns.l | list }}",
      "{% set ns = namespace(s='ab') %}{% for i in range(60) %}"
        + "{% set ns.s = ns.s | replace('a', ns.s) %}{% endfor %}",
      "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", "{{ 'x' | indent(1000000000) }}",
    ]
    for source in sources { #expect(Self.isBounded(source), "\(source)") }
  }

  @Test("A namespace cannot hold itself")
  func cycle() {
    #expect(throws: ChatTemplateError.self) {
      try ChatTemplate("{% set ns = namespace() %}{% set ns.me = ns %}", name: "cycle")
        .render(variables: [:])
    }
  }

  @Test("A variable that nests too deeply is refused")
  func deepVariable() {
    var value = TemplateValue.none
    for _ in 0..<1000 { value = .array([value]) }
    #expect(Self.isBounded("{{ x }}", ["x": value]))
  }
}
