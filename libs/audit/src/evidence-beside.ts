import type { ChainLink, Json } from '#libs/domain';
import { gather, referenceIn } from './evidence.js';
import type { EvidenceLine } from './export.js';

/** What was found of the evidence that lies beside chains. */
export class EvidenceBeside {
  private readonly texts = new Map<string, string[]>();

  add({ sha256, chunk, text }: EvidenceLine): void {
    const texts = this.texts.get(sha256) ?? [];
    texts[chunk] = text;
    this.texts.set(sha256, texts);
  }

  /** The first entry whose evidence is not here as its hash says. */
  firstWithout(entries: readonly ChainLink[]): { readonly sequence: number; readonly reason: string } | undefined {
    for (const { sequence, evidence } of entries) {
      const reference = referenceIn(evidence);
      if (!reference) continue;
      const texts = this.texts.get(reference.sha256);
      const reason = texts
        ? 'its evidence, which lies beside it, is not the evidence it names'
        : `its evidence of ${reference.bytes} bytes is missing`;
      if (!texts || gather(reference, texts) === undefined) return { sequence, reason };
    }
    return undefined;
  }

  /** The entry as it would stand if its evidence had had room in it; as it is where its evidence is not here. */
  gathered<Entry extends ChainLink>(entry: Entry): Entry {
    const reference = referenceIn(entry.evidence);
    const evidence: Json | undefined = reference && gather(reference, this.texts.get(reference.sha256) ?? []);
    return evidence === undefined ? entry : { ...entry, evidence };
  }
}
