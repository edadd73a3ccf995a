import { instant, processId, type NameReport } from '#libs/domain';
import { b, group } from './stage-topology.js';

/** What the dns-switcher of B writes down of a name that is well, and what differs from that. */
export const nameReport = (name: string, change: Partial<NameReport> = {}): NameReport => ({
  name,
  group,
  site: b,
  by: processId('dns-switcher@b'),
  at: instant(0),
  state: 'done',
  waitsFor: [],
  ttlSeconds: 1,
  servers: [],
  resolvers: [],
  owners: [],
  news: [],
  ...change,
});
