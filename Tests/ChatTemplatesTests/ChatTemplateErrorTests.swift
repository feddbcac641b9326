import Foundation
import Testing
import ChatTemplates

/// What a template that cannot be read or rendered leads to: an error, never a guess or a crash.
@Suite struct ChatTemplateErrorTests {
  private func failure(
    of source: String, _ variables: [String: TemplateValue] = [:]
  ) -> ChatTemplateError? {
    do throws(ChatTemplateError) {
      _ = try ChatTemplate(source, name: "models/x.gguf").render(variables: variables)
      return nil
    } catch {
      return error
    }
  }

  @Test("A refused conversation carries the template's own message and line")
  func refusal() {
    let error = failure(of: "a\n{{ raise_exception('Roles must ' ~ 'alternate') }}")
    #expect(
      error
        == .refused(template: "models/x.gguf", line: 2, message: "Roles must alternate"))
    #expect(
      error?.description
        == "Chat template models/x.gguf, line 2, refuses this conversation: "
        + "\"Roles must alternate\"; change the roles or the order of the messages.")
  }

  @Test("Malformed sources are syntax errors with a line")
  func syntax() {
    let sources = [
      "{{ 1", "{{ 'a }}", "{% if x %}", "{% endif %}", "{% for x %}{% endfor %}", "{{ (1] }}",
      "{# open", "{% raw %} x", "{{ }}", "{{ a b }}", "{% set 1 = 2 %}", "{% nonsense %}",
      "{% break %}", "{% for loop in [1] %}{% endfor %}", "{{ a $ b }}", "{{ '\\x4' }}",
      "{% macro f(a=1, b) %}{% endmacro %}", "{{ f(a=1, 2) }}", "{% if 1 %}{% else %}{% else %}",
      "{{", "{%", "{% set", "{{ x.", "{{ x[", "{{ x | }}", "{{ x is }}",
    ]
    for source in sources {
      guard case .syntax(_, 3, _)? = failure(of: "\n\n" + source) else {
        Issue.record("\(source) gave \(String(describing: failure(of: "\n\n" + source)))")
        continue
      }
    }
  }

  @Test("Constructs that are not implemented are named")
  func unsupported() {
    let sources = [
      ("{{ 'x' | urlize }}", "'urlize'"), ("{{ 1 is nosuchtest }}", "'nosuchtest'"),
      ("{{ 'x'.encode() }}", "'encode'"), ("{% include 'x' %}", "'include'"),
      ("{% for x in [] recursive %}{% endfor %}", "recursive"), ("{{ lipsum() }}", "'lipsum'"),
      ("{{ ''.__class__ }}", "'__class__'"), ("{{ 2 ** 100 }}", "64 bits"),
      ("{{ '%s' % 1 }}", "'%'"), ("{{ [1] | map('upper') }}", "generator"),
      ("{{ 99999999999999999999 }}", "64 bits"), ("{{ ('<' | safe) * 2 }}", "safe"),
    ]
    for (source, construct) in sources {
      let error = failure(of: source)
      guard case .unsupported? = error else {
        Issue.record("\(source) gave \(String(describing: error))")
        continue
      }
      #expect(error?.description.contains(construct) == true, "\(source)")
    }
  }

  @Test("What Python refuses is refused")
  func evaluation() {
    let sources = [
      "{{ missing.attribute }}", "{{ missing + 1 }}", "{{ missing() }}", "{{ 'a' + 1 }}",
      "{{ none + 'a' }}", "{{ 1 // 0 }}", "{{ 1 < 'a' }}", "{{ none | length }}",
      "{% for x in 5 %}{% endfor %}", "{% set a, b = [1, 2, 3] %}", "{{ [].append(1) }}",
      "{% set d = {} %}{% set d.x = 1 %}", "{{ {[1]: 2} }}", "{{ missing | tojson }}",
      "{{ 'a'.split('') }}", "{{ [1, 'a'] | sort }}", "{{ namespace(_x=1) }}",
      "{% macro f(a) %}{% endmacro %}{{ f(1, 2) }}", "{{ 'x'.strip(chars='x') }}",
    ]
    for source in sources {
      guard case .evaluation? = failure(of: source) else {
        Issue.record("\(source) gave \(String(describing: failure(of: source)))")
        continue
      }
    }
  }

  @Test("A missing token is undefined, and extra variables win over the standard ones")
  func variables() throws {
    let template = try ChatTemplate(
      "{{ bos_token is defined }}{{ eos_token }}{{ tools is none }}{{ add_generation_prompt }}",
      name: "variables")
    #expect(
      try template.render(
        messages: [], addGenerationPrompt: true, bosToken: nil, eosToken: "E",
        extra: ["tools": .array([]), "add_generation_prompt": .string("no")]) == "FalseEFalseno")
  }

  @Test("The clock of strftime_now stands where it is put")
  func clock() throws {
    let template = try ChatTemplate(
      "{{ strftime_now('%d %b %Y %H:%M:%S.%f %A %j %% %Z|') }}", name: "clock")
    let moment = Date(timeIntervalSince1970: 1_753_200_123.25)
    let zone = try #require(TimeZone(secondsFromGMT: 7200))
    #expect(
      try template.render(variables: [:], clock: TemplateClock(date: moment, timeZone: zone))
        == "22 Jul 2025 18:02:03.250000 Tuesday 203 % |")
  }
}
