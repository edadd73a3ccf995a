import { describe, expect, it } from '@jest/globals';
import type { Flow } from '#libs/topology';
import { isFollowedBy } from './followed-groups.js';

const followed = (settings: Flow['driver']['settings'], groups: readonly string[]) =>
  groups.filter(isFollowedBy({ kind: 'connect', source: 's', checkpoint: 'c', settings, secretSettings: {} }));

describe('the groups that a flow follows', () => {
  it('are those that MirrorMaker 2 would take by itself, without our own', () => {
    const groups = ['billing', 'console-consumer-7', 'connect-sink', '__x', 'signalbox.audit', 'my-console-consumer-7'];
    expect(followed({}, groups)).toEqual(['billing', 'my-console-consumer-7']);
  });

  it('are what its settings say, by whole names', () => {
    const settings = { groups: 'app.*, billing', 'groups.exclude': 'app-test' };
    expect(followed(settings, ['app-1', 'app-test', 'billing', 'billing-2'])).toEqual(['app-1', 'billing']);
  });

  it('are rather too many than too few where only Java understands a pattern', () => {
    expect(followed({ groups: '(?i:app).*+', 'groups.exclude': '*' }, ['app'])).toEqual(['app']);
  });
});
