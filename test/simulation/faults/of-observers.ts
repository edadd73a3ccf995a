import { clusterAt, DATA_SITES, SITES } from '../world/ground.js';
import { keys } from '#libs/journal';
import type { FaultKind } from './fault.js';

const MINUTE_MS = 60_000;

export const ofObservers: readonly FaultKind[] = [
  {
    name: 'vantage-lies',
    lasts: [30_000, 8 * MINUTE_MS],
    strike: ({ cast }, draw) => {
      // One at a time: two liars of three are the quorum.
      if ([...cast.ailments.values()].some(({ lie }) => lie)) return { says: 'one vantage lies already' };
      const site = draw.pick(SITES);
      const lie = {
        cluster: clusterAt(draw.pick(DATA_SITES)),
        opinion: draw.isSo(0.8) ? ('down' as const) : ('up' as const),
      };
      const ailment = cast.ailments.get(site);
      if (!ailment) return { says: 'nobody lies' };
      ailment.lie = lie;
      return { says: `${site} says that ${lie.cluster} is ${lie.opinion}`, end: () => void (ailment.lie = undefined) };
    },
  },
  {
    name: 'probe-noise',
    lasts: [20_000, 5 * MINUTE_MS],
    strike: ({ cast }, draw) => {
      const ailments = draw.some([...cast.ailments.values()], draw.whole(1, 3));
      const lossShare = draw.pick([0.1, 0.3, 0.6]);
      for (const ailment of ailments) ailment.lossShare = lossShare;
      const end = () => {
        for (const ailment of ailments) ailment.lossShare = 0;
      };
      return { says: `${ailments.length} vantages lose ${100 * lossShare} % of their probes`, end };
    },
  },
  {
    name: 'vantage-sick',
    lasts: [20_000, 5 * MINUTE_MS],
    strike: ({ cast }, draw) => {
      const site = draw.pick(SITES);
      const ailment = cast.ailments.get(site);
      if (ailment) ailment.isSick = true;
      const end = () => {
        if (ailment) ailment.isSick = false;
      };
      return { says: `the event loop of the vantage at ${site} lags`, end };
    },
  },
  {
    name: 'vote-replayed',
    lasts: [1_000, 2_000],
    strike: ({ stage, judge }, draw) => {
      const vote = judge.facts.votes.get(draw.pick([...judge.facts.votes.keys(), '']));
      if (!vote) return { says: 'there is no vote to replay' };
      const forged = { ...vote, opinion: 'down' as const, failedForMs: 600_000 };
      // Under a name of its own: whoever can write there still has no key to sign with.
      const key = keys.vote(vote.cluster, vote.site, `forger@${vote.site}` as never);
      const value = JSON.stringify(forged);
      void stage.etcd.commit('a forger', { conditions: [], changes: [{ kind: 'put', key, value }] });
      const end = () => void stage.etcd.commit('a forger', { conditions: [], changes: [{ kind: 'delete', key }] });
      return { says: `somebody forges a vote of ${vote.site} on ${vote.cluster}`, end };
    },
  },
];
