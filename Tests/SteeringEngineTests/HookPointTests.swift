import SteeringEngine
import Testing

@Suite struct HookPointTests {
  static let names: [(HookPoint, String)] = [
    (.embed, "hook_embed"),
    (.residPre(0), "blocks.0.hook_resid_pre"),
    (.residMid(3), "blocks.3.hook_resid_mid"),
    (.residPost(12), "blocks.12.hook_resid_post"),
    (.attnOut(1), "blocks.1.hook_attn_out"),
    (.mlpOut(29), "blocks.29.hook_mlp_out"),
    (.finalNorm, "ln_final"),
    (.logits, "logits"),
  ]

  @Test(arguments: names)
  func `a hook point carries TransformerLens's name`(hook: HookPoint, name: String) {
    #expect(hook.description == name)
  }

  @Test func `site names are unique, and lead back to the site and the hook point`() {
    #expect(Set(HookSite.allCases.map(\.rawValue)).count == HookSite.allCases.count)
    for site in HookSite.allCases {
      #expect(HookSite(rawValue: site.rawValue) == site)
      let hook = site.point(at: 7)
      #expect(hook.site == site)
      #expect(hook.layer == (site.isPerBlock ? 7 : nil))
      #expect(hook.description.contains(site == .embed ? "embed" : site.rawValue))
    }
    #expect(Set(Self.names.map(\.0.site)) == Set(HookSite.allCases))
    #expect(HookSite(rawValue: "resid_post") == .residPost)
    #expect(HookSite(rawValue: "blocks.0.hook_resid_post") == nil)
  }

  @Test func `what a block reads is what the block before it left`() {
    #expect(HookPoint.residPre(0).canonical == .embed)
    #expect(HookPoint.residPre(5).canonical == .residPost(4))
    for (hook, _) in Self.names where hook.site != .residPre { #expect(hook.canonical == hook) }
  }

  @Test func `a run needs the blocks up to the hook point and no more`() {
    let needed = Self.names.map { $0.0.blocksNeeded(nLayers: 30) }
    #expect(needed == [0, 0, 4, 13, 2, 30, 30, 30])
    for hook in [HookPoint.embed, .residPre(0), .residPre(9)] {
      #expect(hook.blocksNeeded(nLayers: 30) == hook.canonical.blocksNeeded(nLayers: 30))
    }
  }
}
