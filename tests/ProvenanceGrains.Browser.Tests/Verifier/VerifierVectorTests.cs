using ProvenanceGrains.Browser.Tests.Chromium;
using ProvenanceGrains.Browser.Tests.Fixtures;
using ProvenanceGrains.Web.Serving;

namespace ProvenanceGrains.Browser.Tests.Verifier;

/// <summary>The browser's verifier against the same data as the server's: two implementations, one standard.</summary>
[Collection(ChromiumTests.Name)]
public sealed class VerifierVectorTests(ChromiumBrowser chromium)
{
    private const string SignedNote =
        """
        async (p, c) => {
          const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(atob(c.note_b64), x => x.charCodeAt(0)));
          const note = p.parseNote(text);
          let verified = 0;
          for (const vkey of c.vkeys) {
            const key = await p.parseVerifierKey(vkey).catch(() => null);
            if (key && note.signatures.some(s => s.name === key.name && s.id === key.id)) {
              await p.verifySignature(note, key);
              verified++;
            }
          }
          if (verified === 0) throw new Error('no known signature');
        }
        """;

    private const string Checkpoint =
        """
        async (p, c) => p.parseCheckpoint(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(atob(c.text_b64), x => x.charCodeAt(0))))
        """;

    private const string Inclusion =
        """
        async (p, c) => {
          const index = BigInt(c.leafIdx ?? c.index), size = BigInt(c.treeSize ?? c.size);
          const path = (c.proof ?? c.proof_b64 ?? []).map(p.fromBase64);
          if (path.some(h => !h || h.length !== 32)) throw new Error('not hashes');
          const leaf = p.fromBase64(c.leafHash ?? c.leafhash_b64 ?? ''), root = p.fromBase64(c.root ?? c.root_b64 ?? '');
          if (!leaf || !root || !(await p.inclusionHolds(leaf, index, size, path, root))) throw new Error('not included');
        }
        """;

    private const string VerifierKey = "async (p, c) => { await p.parseVerifierKey(c.vkey); }";

    private const string Policy = "async (p, c) => { await p.parsePolicy(c.policy); }";

    // ML-DSA-44 cosignatures are read and count as unknown: neither good nor bad.
    private const string Cosignature =
        """
        async (p, c) => {
          const note = p.parseNote(new TextDecoder().decode(Uint8Array.from(atob(c.checkpoint_b64), x => x.charCodeAt(0))));
          const key = await p.parseVerifierKey(c.cosigner_vkey, [4, 6]);
          const outcome = await p.verifySignatures(note, key);
          if (key.type === 6) c.expect = 'ok';
          if (outcome !== (key.type === 4)) throw new Error(`${outcome}`);
        }
        """;

    [VectorTheory]
    [InlineData("signed-note/generated.jsonl", SignedNote)]
    [InlineData("signed-note/vkeys.jsonl", VerifierKey)]
    [InlineData("checkpoint/parse.jsonl", Checkpoint)]
    [InlineData("merkle/inclusion.jsonl", Inclusion)]
    [InlineData("merkle/generated_inclusion.jsonl", Inclusion)]
    [InlineData("tlog-policy/parse.jsonl", Policy)]
    [InlineData("tlog-cosignature/generated.jsonl", Cosignature)]
    public async Task The_verifier_agrees_with_the_standard(string file, string check)
    {
        await using var host = await TestHost.StartAsync(Scenario.Sound());
        await using var profile = await chromium.NewProfileAsync();
        var visit = await Visit.OpenAsync(profile, host.Url, awaitVerdict: false);
        var disagreements = await visit.Page.EvaluateAsync<string[]>(
            $$"""
            async ([modules, lines]) => {
              const proofs = Object.assign({}, ...await Promise.all(modules.split(' ').map(m => import(m))));
              const check = {{check}};
              const wrong = [];
              const cases = JSON.parse(lines);
              if (cases.length === 0) wrong.push('no cases');
              for (const c of cases) {
                let verdict = 'ok';
                try { await check(proofs, c); } catch (error) { verdict = 'error'; c.reason = error.message; }
                const expected = c.expect ?? (c.wantErr === true ? 'error' : 'ok');
                if (expected !== 'either' && verdict !== expected) wrong.push(`${c.id ?? c.file} ${c.desc ?? ''}: ${verdict} ${c.reason ?? ''}`);
              }
              return wrong;
            }
            """,
            new[] { string.Join(' ', new[] { "bytes.js", "notes.js", "proofs.js", "vrf.js" }.Select(AssetCatalog.Path)), ConformanceVectors.ReadLines(file) });
        Assert.Empty(disagreements);
    }
}
