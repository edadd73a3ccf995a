import { describe, expect, it } from '@jest/globals';
import { verifyChain } from '#libs/audit';
import { instant, type NameNews, type NameReport } from '#libs/domain';
import { keys } from '#libs/journal';
import { b, group, Stage } from '../../../../test/support/group-stage.js';
import { NameNotes } from './name-notes.js';

const NAME = 'kafka.example';
const news = (rule: NameNews['rule'], says: string): NameNews => ({ rule, at: instant(5), says, evidence: { says } });

describe(NameNotes.name, () => {
  it('takes what was found out about a name into the audit chain, in order and once', async () => {
    const stage = new Stage();
    const loop = stage.orchestrator('b');
    await stage.allWell();
    await loop.settle();
    await stage.seesName(NAME, { news: [news('name-propagating', 'until then'), news('name-drifted', 'it holds X')] });
    await stage.play(loop);
    const told = (await stage.audit()).filter(({ rule }) => rule.startsWith('name-'));
    expect(told.map(({ rule }) => rule)).toEqual(['name-propagating', 'name-drifted']);
    expect(told[1]?.evidence).toEqual({
      name: NAME,
      site: 'b',
      by: 'dns-switcher@b',
      seenAt: 5,
      reason: 'it holds X',
      seen: { says: 'it holds X' },
    });
    expect(verifyChain(await stage.audit())).toMatchObject({ ok: true });
    const [entry] = (await stage.journal.read(keys.nameReport(group, NAME, b))).entries;
    expect((JSON.parse(entry!.value) as NameReport).news).toEqual([]);
  });

  it('leaves out a report that it cannot read', async () => {
    const stage = new Stage();
    const loop = stage.orchestrator('b');
    await stage.allWell();
    const key = keys.nameReport(group, NAME, b);
    await stage.journal.commit({ conditions: [], changes: [{ kind: 'put', key, value: '{"news":[{}]}' }] });
    await stage.play(loop);
    expect((await stage.audit()).map(({ rule }) => rule)).not.toContain('name-drifted');
  });
});
