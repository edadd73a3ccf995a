import type { SiteId } from '#libs/domain';
import type { ClusterCondition } from '#libs/kafka';
import { A, DATA_SITES, otherOf, SITES, W } from '../world/ground.js';
import type { FaultKind, Ground } from './fault.js';

const MINUTE_MS = 60_000;
const LOOK_AGAIN_MS = 500;

function blackout({ stage, cast }: Ground, site: SiteId): () => void {
  const { network, world } = stage;
  const restorePower = network.powerOff(site);
  const revive = cast.blackout(site);
  const kafka = world.kafkas.get(site)?.kafka;
  if (kafka) kafka.condition = 'killed';
  return () => {
    restorePower();
    if (!network.hasPower(site)) return;
    if (kafka) kafka.condition = 'serving';
    revive();
  };
}

/** Its vantage does not believe itself. */
function doubting({ cast }: Ground, site: SiteId): () => void {
  const ailment = cast.ailments.get(site);
  if (ailment) ailment.isSick = true;
  return () => {
    if (ailment) ailment.isSick = false;
  };
}

function cutBoth({ stage: { network } }: Ground, pairs: readonly (readonly [SiteId, SiteId])[]): () => void {
  const heals = pairs.flatMap(([one, other]) => [network.cut(one, other), network.cut(other, one)]);
  return () => heals.forEach((heal) => heal());
}

const condition = (name: string, to: ClusterCondition): FaultKind => ({
  name,
  lasts: [10_000, 6 * MINUTE_MS],
  strike: ({ stage }, draw) => {
    const site = draw.isSo(0.7) ? activeOf(stage) : draw.pick(DATA_SITES);
    const { kafka } = stage.world.kafkaAt(site);
    if (!stage.network.hasPower(site)) return { says: `Kafka at ${site} has no power anyway` };
    kafka.condition = to;
    const end = () => {
      if (stage.network.hasPower(site)) kafka.condition = 'serving';
    };
    return { says: `Kafka at ${site} is ${to}`, end };
  },
});

/** Where clients can write now: whatever hits it hurts most. */
const activeOf = ({ world }: Ground['stage']): SiteId =>
  DATA_SITES.find((site) => world.kafkaAt(site).takesWrites) ?? A;

export const ofSites: readonly FaultKind[] = [
  {
    name: 'site-loss',
    lasts: [2 * MINUTE_MS, 10 * MINUTE_MS],
    strike: (ground, draw) => {
      const site = draw.isSo(0.75) ? activeOf(ground.stage) : draw.pick(DATA_SITES);
      return { says: `${site} has no power`, end: blackout(ground, site) };
    },
  },
  {
    name: 'two-sites-at-once',
    lasts: [2 * MINUTE_MS, 8 * MINUTE_MS],
    strike: (ground, draw) => {
      const site = activeOf(ground.stage);
      const ends = [blackout(ground, site), draw.isSo(0.5) ? blackout(ground, W) : doubting(ground, W)];
      return { says: `${site} has no power, and the witness sees nothing`, end: () => ends.forEach((end) => end()) };
    },
  },
  {
    name: 'lost-while-behind',
    lasts: [4 * MINUTE_MS, 8 * MINUTE_MS],
    strike: (ground, draw) => {
      const { timeline, world } = ground.stage;
      const site = activeOf(ground.stage);
      for (const flow of world.flows) flow.isStuck = true;
      let end: (() => void) | undefined;
      const afterMs = draw.between(5_000, 40_000);
      timeline.after(afterMs, () => (end = blackout(ground, site)));
      const heal = () => {
        for (const flow of world.flows) flow.isStuck = false;
        end?.();
      };
      return { says: `${site} loses power ${Math.round(afterMs)} ms after the last record was copied`, end: heal };
    },
  },
  {
    name: 'lost-one-after-the-other',
    lasts: [8 * MINUTE_MS, 15 * MINUTE_MS],
    strike: (ground, draw) => {
      const { stage, judge } = ground;
      const first = activeOf(stage);
      const ends = [blackout(ground, first)];
      const heal = () => ends.splice(0).forEach((end) => end());
      let isOver = false;
      // It is back, its fence is proven, and nothing of the other site has been copied to it yet.
      const wait = () => {
        const { active, returning } = judge.facts.state;
        if (isOver) return;
        if (active !== first && returning[first]?.phase === 'quarantined') ends.push(blackout(ground, active));
        else stage.timeline.after(LOOK_AGAIN_MS, wait);
      };
      stage.timeline.after(draw.between(3, 5) * MINUTE_MS, () => {
        heal();
        wait();
      });
      const end = () => {
        isOver = true;
        heal();
      };
      return { says: `${first} has no power, and the other site has none as soon as ${first} is back`, end };
    },
  },
  {
    name: 'lost-after-a-move',
    lasts: [15 * MINUTE_MS, 25 * MINUTE_MS],
    strike: ({ stage, judge, people }) => {
      const before = judge.facts.state.active;
      let killed: SiteId | undefined;
      let isOver = false;
      // By itself it may not move again so soon, though there is a site that could take over.
      const wait = () => {
        const { active, phase, returning } = judge.facts.state;
        if (isOver) return;
        if (active !== before && phase === 'steady' && Object.keys(returning).length === 0) {
          killed = active;
          stage.world.kafkaAt(killed).kafka.condition = 'killed';
        } else stage.timeline.after(LOOK_AGAIN_MS, wait);
      };
      people.wants('switchover');
      wait();
      const end = () => {
        isOver = true;
        if (killed && stage.network.hasPower(killed)) stage.world.kafkaAt(killed).kafka.condition = 'serving';
      };
      return {
        says: `somebody moves the group away from ${before}, and the other Kafka dies once it is protected`,
        end,
      };
    },
  },
  {
    name: 'back-at-the-last-moment',
    lasts: [82_000, 98_000],
    strike: (ground) => {
      const { network } = ground.stage;
      const before = network.latencyMs;
      network.latencyMs = 1_500;
      const site = activeOf(ground.stage);
      const { kafka } = ground.stage.world.kafkaAt(site);
      kafka.condition = 'killed';
      const heal = doubting(ground, site);
      const end = () => {
        if (network.hasPower(site)) kafka.condition = 'serving';
        heal();
        network.latencyMs = before;
      };
      return { says: 'the active cluster is gone for as long as a dwell, in a slow network', end };
    },
  },
  {
    name: 'witness-loss',
    lasts: [MINUTE_MS, 8 * MINUTE_MS],
    strike: (ground) => ({ says: 'the witness has no power', end: blackout(ground, W) }),
  },
  {
    name: 'site-isolated',
    lasts: [20_000, 6 * MINUTE_MS],
    strike: (ground, draw) => {
      const site = draw.isSo(0.6) ? activeOf(ground.stage) : draw.pick(SITES);
      const others = SITES.filter((other) => other !== site);
      const end = cutBoth(
        ground,
        others.map((other) => [site, other] as const),
      );
      return { says: `${site} is cut off from ${others.join(' and ')}`, end };
    },
  },
  {
    name: 'link-cut',
    lasts: [10_000, 6 * MINUTE_MS],
    strike: (ground, draw) => {
      const [one, other] = draw.some(SITES, 2) as [SiteId, SiteId];
      return { says: `${one} and ${other} do not reach each other`, end: cutBoth(ground, [[one, other]]) };
    },
  },
  {
    name: 'link-one-way',
    lasts: [10_000, 4 * MINUTE_MS],
    strike: ({ stage: { network } }, draw) => {
      const [one, other] = draw.some(SITES, 2) as [SiteId, SiteId];
      return { says: `nothing from ${one} arrives at ${other}`, end: network.cut(one, other) };
    },
  },
  {
    name: 'link-flaps',
    lasts: [30_000, 4 * MINUTE_MS],
    strike: (ground, draw) => {
      const { timeline } = ground.stage;
      const site = draw.pick(SITES);
      const others = SITES.filter((other) => other !== site);
      const untilMs = timeline.nowMs + ground.forMs;
      let heal: (() => void) | undefined;
      const flap = () => {
        heal?.();
        heal = undefined;
        if (timeline.nowMs >= untilMs) return;
        if (draw.isSo(0.6))
          heal = cutBoth(
            ground,
            others.map((other) => [site, other] as const),
          );
        timeline.after(draw.lasting(500, 30_000), flap);
      };
      flap();
      return { says: `the links of ${site} come and go`, end: () => heal?.() };
    },
  },
  {
    name: 'latency',
    lasts: [20_000, 3 * MINUTE_MS],
    strike: ({ stage: { network } }, draw) => {
      const before = network.latencyMs;
      network.latencyMs = draw.pick([100, 500, 1_500]);
      return {
        says: `every message takes up to ${network.latencyMs} ms`,
        end: () => void (network.latencyMs = before),
      };
    },
  },
  {
    name: 'kafka-reborn',
    lasts: [1_000, 2_000],
    strike: ({ stage, judge }, draw) => {
      const active = activeOf(stage);
      const site = draw.isSo(0.8) ? otherOf(active) : active;
      const { nowMs } = stage.timeline;
      // Nobody fences what nobody has looked at yet.
      judge.excused.bothSitesUntilMs = nowMs + 2 * stage.policy.reassertMs + 30_000;
      stage.world.kafkaAt(site).beginAnew(nowMs);
      return { says: `another cluster takes the place of Kafka at ${site}, and is empty` };
    },
  },
  {
    name: 'lost-after-a-rebirth',
    lasts: [3 * MINUTE_MS, 8 * MINUTE_MS],
    strike: (ground, draw) => {
      const { timeline, world } = ground.stage;
      const site = activeOf(ground.stage);
      ground.judge.excused.bothSitesUntilMs = timeline.nowMs + 2 * ground.stage.policy.reassertMs + 30_000;
      world.kafkaAt(otherOf(site)).beginAnew(timeline.nowMs);
      let end: (() => void) | undefined;
      const afterMs = draw.between(2_000, 50_000);
      timeline.after(afterMs, () => (end = blackout(ground, site)));
      const says = `Kafka at ${otherOf(site)} begins anew, empty, and ${site} loses power ${Math.round(afterMs)} ms later`;
      return { says, end: () => end?.() };
    },
  },
  condition('kafka-killed', 'killed'),
  condition('kafka-frozen', 'frozen'),
  condition('kafka-leaderless', 'leaderless'),
];
