import type { VerdictKind } from '#libs/domain';
import type { Lab } from '../lab/lab.js';
import type { FaultName } from './options.js';

export interface Fault {
  /** In words, for the timeline. */
  readonly does: string;
  readonly inject: (lab: Lab) => Promise<void> | void;
  /** Undoes it, so that what it did to A can be seen. `seenUp` resolves when B sees A's cluster well again. */
  readonly mend: (lab: Lab, seenUp: () => Promise<void>) => Promise<void> | void;
  /** What the quorum must say of cluster A. */
  readonly verdict: VerdictKind;
  /** The journal has no quorum either: the verdict is a local view. */
  readonly unrecorded?: true;
  /** A's broker outlives the fault: a producer inside A must be stopped by the fence. */
  readonly survivesAtA?: true;
}

export const FAULTS: Readonly<Record<FaultName, Fault>> = {
  kill: {
    does: 'everything in site A is killed (SIGKILL)',
    inject: (lab) => lab.kill('a'),
    mend: (lab) => lab.restart('a'),
    verdict: 'down',
  },
  freeze: {
    does: "A's Kafka is frozen (SIGSTOP): it keeps its connections and answers nothing",
    inject: (lab) => lab.freeze('a'),
    mend: (lab) => lab.thaw('a'),
    verdict: 'down',
    survivesAtA: true,
  },
  'cut-ab': {
    does: 'nothing passes between A and B any more; both still reach the witness',
    inject: (lab) => lab.cut('a', 'b'),
    mend: (lab) => lab.heal(),
    verdict: 'link-down',
  },
  'isolate-a': {
    does: 'A is cut off from B, the witness and the rest; inside, it runs on',
    inject: (lab) => lab.isolate('a'),
    mend: (lab) => lab.heal(),
    verdict: 'down',
    survivesAtA: true,
  },
  'kill-monitor': {
    does: "A's health-monitor is killed and stays away; A's Kafka is well",
    inject: (lab) => lab.holdProcess('a', 'health-monitor'),
    mend: (lab) => lab.releaseProcess('a', 'health-monitor'),
    verdict: 'monitor-lost',
  },
  'kill-witness-and-a': {
    does: 'the witness and A are killed: B is alone',
    inject: async (lab) => {
      await lab.kill('w');
      await lab.kill('a');
    },
    // A's broker first and the journal last: a quorum that finds A still down fails over, and rightly so.
    mend: async (lab, seenUp) => {
      await lab.holdProcess('a', 'etcd');
      const restarted = lab.restart('a');
      restarted.catch(() => undefined);
      await seenUp();
      lab.releaseProcess('a', 'etcd');
      await Promise.all([lab.restart('w'), restarted]);
    },
    verdict: 'no-quorum',
    unrecorded: true,
  },
  'stand-still': {
    does: 'everything in site A stands still, its pods and its Kubernetes included: it keeps its connections and answers nothing',
    inject: (lab) => lab.standStill('a'),
    mend: (lab) => lab.restart('a'),
    verdict: 'down',
  },
  none: {
    does: 'nothing happens',
    inject: () => undefined,
    mend: () => undefined,
    verdict: 'up',
  },
};
