import { CONFIG, DATA_SITES, FLOWS, NAME } from '../world/ground.js';
import { APP } from '../world/kafka-site.js';
import type { ResourceTrouble, SimResource } from '../world/sim-resource.js';
import type { FaultKind, Ground } from './fault.js';

const MINUTE_MS = 60_000;
const LOST = ['done', 'not-done', 'late'] as const;

type Pick = (ground: Ground, index: number) => SimResource;

const name: Pick = ({ stage }) => stage.world.get(`name/${NAME}`);
const config: Pick = ({ stage }, index) => stage.world.get(`config/${CONFIG}/${DATA_SITES[index % 2]}`);
const mirror: Pick = ({ stage }, index) => stage.world.get(`mirror/${FLOWS[index % 2]?.id}`);

const troubled = (faultName: string, what: string, pick: Pick, trouble: ResourceTrouble): FaultKind => ({
  name: faultName,
  lasts: [5_000, 5 * MINUTE_MS],
  strike: (ground, draw) => {
    const resource = pick(ground, draw.whole(0, 1));
    const before = resource.trouble;
    resource.trouble = { ...before, ...trouble };
    return { says: `${resource.key} ${what}`, end: () => void (resource.trouble = {}) };
  },
});

export const ofResources: readonly FaultKind[] = [
  troubled('dns-away', 'does not answer', name, { isAway: true }),
  troubled('dns-unanswered', 'takes updates and does not say so', name, { unansweredShare: 0.6, fates: LOST }),
  troubled('dns-stale', 'answers what it held before', name, { staleShare: 0.5 }),
  troubled('config-conflict', 'is changed by somebody else all the time', config, { conflictShare: 0.6 }),
  troubled('config-unanswered', 'takes changes and does not say so', config, { unansweredShare: 0.6, fates: LOST }),
  troubled('connect-away', 'does not answer', mirror, { isAway: true }),
  troubled('connect-unanswered', 'takes changes and does not say so', mirror, { unansweredShare: 0.6, fates: LOST }),
  {
    name: 'flow-stuck',
    lasts: [20_000, 5 * MINUTE_MS],
    strike: ({ stage }, draw) => {
      const flow = draw.pick(stage.world.flows);
      flow.isStuck = true;
      return { says: `${flow.ends.id} is RUNNING and copies nothing`, end: () => void (flow.isStuck = false) };
    },
  },
  {
    name: 'edit-by-hand',
    lasts: [1_000, 2_000],
    strike: ({ stage, judge }, draw) => {
      const site = draw.pick(DATA_SITES);
      const flow = draw.pick(FLOWS);
      const { nowMs } = stage.timeline;
      // What a hand opens is open until it is given back.
      const untilMs = nowMs + 2 * stage.policy.reassertMs + 30_000;
      if (draw.isSo(0.5)) {
        const resource = stage.world.get(`mirror/${flow.id}`);
        judge.excused.bothFlowsUntilMs = untilMs;
        resource.editedTo(resource.held.value === 'running' ? 'stopped' : 'running');
        return { says: `somebody turns ${resource.key} to ${String(resource.held.value)}` };
      }
      const { rules } = stage.world.kafkaAt(site).kafka;
      judge.excused.bothSitesUntilMs = untilMs;
      const denies = rules.filter(({ permission, topic }) => permission === 'deny' && topic === 'orders');
      rules.splice(0, Infinity, ...rules.filter((rule) => !denies.includes(rule)));
      return { says: `somebody removes ${denies.length} denials for ${APP} and others at ${site}` };
    },
  },
];
