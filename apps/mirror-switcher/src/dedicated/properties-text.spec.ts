import { describe, expect, it } from '@jest/globals';
import { epoch } from '#libs/domain';
import { readProperties, withProperties } from './properties-text.js';

const KEYS = { enabled: 'a->b.enabled', epoch: 'signalbox.epoch.a-to-b', pending: 'signalbox.pending.a-to-b' };
const read = (...lines: readonly string[]) => readProperties(lines.join('\n'), KEYS);

describe('the properties of a MirrorMaker 2 that runs on its own', () => {
  it.each([
    [['a->b.enabled = true'], true],
    [['a->b.enabled:TRUE '], true],
    [['\ta->b.enabled true'], true],
    [['a->b.enabled = \\', '   true'], true],
    [['a->b.enabled = true', 'a->b.enabled = false'], false],
    [['# a->b.enabled = true'], false],
    [['b->a.enabled = true'], false],
    [['topics = x,\\', 'a->b.enabled = true'], false],
    [['# a comment never goes on \\', 'a->b.enabled = true'], true],
    [[], false],
  ])('are read as Java does: %j', (lines, isEnabled) => {
    expect(read(...lines)).toEqual({ isEnabled, epoch: 0, isPending: false });
  });

  it('have an epoch for each flow, and say when it is none', () => {
    expect(read('signalbox.epoch.a-to-b = 7', 'signalbox.epoch.b-to-a = 9')).toMatchObject({ epoch: 7 });
    expect(read('signalbox.epoch.a-to-b = seven')).toBeUndefined();
  });

  it('keep every other line as it is, however often they are changed', () => {
    const text = 'clusters = a, b\n# ours\na->b.enabled = true\n\na->b.topics = orders,\\\n  bills\n';
    const next = { isEnabled: false, epoch: epoch(3), isPending: true };
    const once = withProperties(text, KEYS, next);
    expect(once).toBe(
      'clusters = a, b\n# ours\n\na->b.topics = orders,\\\n  bills\n' +
        'a->b.enabled = false\nsignalbox.epoch.a-to-b = 3\nsignalbox.pending.a-to-b = true\n',
    );
    expect(readProperties(once, KEYS)).toEqual(next);
    expect(withProperties(once, KEYS, next)).toBe(once);
    expect(withProperties(once, KEYS, { ...next, isPending: false })).not.toContain('pending');
  });
});
