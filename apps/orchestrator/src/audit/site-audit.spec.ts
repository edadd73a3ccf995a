import { beforeEach, describe, expect, it } from '@jest/globals';
import { verifyChain } from '#libs/audit';
import { decodeOrThrow, SiteAuditEntryWire } from '#libs/contracts';
import { InMemoryJournal, keys } from '#libs/journal';
import { AuditBench, w } from '../../../../test/support/audit-bench.js';
import { UnreliableJournal } from '../../../../test/support/unreliable-journal.js';
import { VirtualClock } from '../../../../test/support/virtual-clock.js';
import type { SiteNote } from './site-audit.js';

const MINUTE_MS = 60_000;
const refused = (times: number): SiteNote => ({ rule: 'request-refused', evidence: { status: 401, times } });

describe('SiteAudit', () => {
  let journal: UnreliableJournal;
  let bench: AuditBench;
  beforeEach(() => {
    journal = new UnreliableJournal(new InMemoryJournal(new VirtualClock()));
    bench = new AuditBench(journal);
  });

  const entries = async () => {
    const read = await journal.read(keys.siteAudit(w));
    const chained = read.entries.map(({ key, value }) => decodeOrThrow(SiteAuditEntryWire, value, key));
    expect(verifyChain(chained)).toMatchObject({ ok: true, entries: chained.length });
    return chained;
  };
  const times = async () => (await entries()).map(({ evidence }) => (evidence as { times: number }).times);

  it('is one chain of all orchestrators of a site', async () => {
    const [one, other] = [bench.siteAudit(w), bench.siteAudit(w)];
    for (let count = 0; count < 60; count++) (count % 2 ? one : other).note({ rule: 'login', evidence: { count } });
    await bench.clock.advance(0);
    expect(await entries()).toHaveLength(60);
  });

  it('leaves nothing lying that is noted just when it has written everything', async () => {
    const audit = bench.siteAudit(w);
    const ready = bench.readiness.ready.bind(bench.readiness);
    let noted = 0;
    bench.readiness.ready = (component) => {
      ready(component);
      if (noted++ < 3) audit.note({ rule: 'login', evidence: { noted } });
    };
    audit.note({ rule: 'login', evidence: null });
    await bench.clock.advance(0);
    expect(await entries()).toHaveLength(4);
  });

  it.each(['written', 'unwritten'] as const)('writes once what was %s without an answer', async (fate) => {
    journal.unanswered.push(fate);
    bench.siteAudit(w).note({ rule: 'login', evidence: null });
    await bench.clock.advance(5_000);
    expect(await entries()).toHaveLength(1);
  });

  it('says the first refusal of a kind, and of a flood only how many there were, ever less often', async () => {
    const audit = bench.siteAudit(w);
    const scan = async (minutes: number) => {
      for (let minute = 0; minute < minutes; minute++) {
        for (let count = 0; count < 1_000; count++) audit.noteOnce('unknown 401', refused);
        await bench.clock.advance(MINUTE_MS);
      }
    };
    await scan(1);
    expect(await times()).toEqual([1, 999]);
    await scan(239);
    const counted = await times();
    expect(counted.length).toBeLessThan(12);
    await bench.clock.advance(180 * MINUTE_MS);
    expect((await times()).reduce((sum, each) => sum + each)).toBe(240_000);
    audit.noteOnce('unknown 401', refused);
    await bench.clock.advance(0);
    expect((await times()).at(-1)).toBe(1);
  });

  it('shows what waits for the journal, and writes it down when that is back, with the number of what was lost', async () => {
    const audit = bench.siteAudit(w);
    journal.goesAway();
    for (let count = 0; count < 510; count++) audit.note({ rule: 'login', evidence: { count } });
    await bench.clock.advance(2_000);
    expect(bench.missing('audit of this site')).toMatch(/^510 entries .* wait .* 10 of them are lost$/);
    journal.returns();
    await bench.clock.advance(2_000);
    expect(bench.missing('audit of this site')).toBeUndefined();
    expect(await entries()).toHaveLength(501);
    expect((await entries()).at(-1)).toMatchObject({ rule: 'entries-lost', evidence: { entries: 10 } });
  });
});
