import { SITES } from '../world/ground.js';
import type { FaultKind } from './fault.js';

const MINUTE_MS = 60_000;

export const ofJournal: readonly FaultKind[] = [
  {
    name: 'journal-leader-loss',
    lasts: [500, 5_000],
    strike: ({ stage: { network, etcd } }) => {
      const elected = network.loseLeader();
      const end = () => {
        elected();
        void etcd.extendLeases();
      };
      return { says: 'the members of the journal elect a leader', end };
    },
  },
  {
    name: 'journal-majority-loss',
    lasts: [10_000, 4 * MINUTE_MS],
    strike: ({ stage: { network } }, draw) => {
      const lost = draw.some(SITES, 2);
      const starts = lost.map((site) => network.stopMember(site));
      return { says: `the members at ${lost.join(' and ')} are down`, end: () => starts.forEach((start) => start()) };
    },
  },
  {
    name: 'journal-member-loss',
    lasts: [10_000, 6 * MINUTE_MS],
    strike: ({ stage: { network } }, draw) => {
      const site = draw.pick(SITES);
      return { says: `the member at ${site} is down`, end: network.stopMember(site) };
    },
  },
  {
    name: 'commit-unknown',
    lasts: [10_000, 3 * MINUTE_MS],
    strike: ({ stage: { etcd } }, draw) => {
      const unansweredShare = draw.pick([0.05, 0.2, 0.5]);
      const before = etcd.trouble;
      etcd.trouble = { unansweredShare, fates: ['done', 'not-done', 'late'] };
      return { says: `${100 * unansweredShare} % of commits get no answer`, end: () => void (etcd.trouble = before) };
    },
  },
  {
    name: 'watch-gap',
    lasts: [1_000, 30_000],
    strike: ({ stage: { etcd } }) => {
      etcd.losesHistory();
      return { says: 'the journal compacted its history', end: () => etcd.losesHistory() };
    },
  },
  {
    name: 'lease-early',
    lasts: [1_000, 2_000],
    strike: ({ stage: { etcd }, cast, judge }, draw) => {
      const leader = judge.facts.leader?.split('#')[0];
      const id = leader !== undefined && draw.isSo(0.5) ? leader : draw.pick(cast.names);
      void etcd.endLeasesOf(id);
      return { says: `the leases of ${id} end before their time` };
    },
  },
  {
    name: 'lease-late',
    lasts: [10_000, 90_000],
    strike: ({ stage: { etcd, timeline }, forMs }) => {
      const untilMs = timeline.nowMs + forMs;
      const extend = () => {
        void etcd.extendLeases();
        if (timeline.nowMs < untilMs) timeline.after(4_000, extend);
      };
      extend();
      return { says: 'no lease ends in time' };
    },
  },
];
