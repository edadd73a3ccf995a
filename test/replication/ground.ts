import type { StrandedRange } from '#libs/domain';
import type { Clock } from '#libs/runtime';
import { becomeSteady } from '../demo/opening.js';
import { setStage, type Stage } from '../demo/stage.js';
import { LAB_TOPICS } from '../lab/flow.js';
import { Lab } from '../lab/lab.js';
import { LoadLedger } from './load.js';
import { Readers } from './readers.js';
import { topicIdsIn, type TopicIds } from './site-logs.js';
import { TOPICS } from './topics.js';

export interface GroundOptions {
  readonly clock: Clock;
  readonly auditFile: string;
  readonly say: (line: string) => void;
  /** What was typed, decided and done. */
  readonly tell: (line: string) => void;
}

/** A lab on which one trial after the other is played: each ends as it began, with a active and b protected. */
export interface Ground {
  readonly stage: Stage;
  /** Of all clients so far: what they were told counts to the end. */
  readonly ledger: LoadLedger;
  /** At the beginning. */
  readonly topicIds: TopicIds;
  /** They are nowhere at first. */
  readonly readers: Readers;
  /** What was stranded at a, in every trial so far: it stays in the log of a, and is replayed at b. */
  readonly tails: StrandedRange[];
}

const UNSHOWN = {
  fault: 'none',
  mode: 'automatic',
  until: 'failover',
  planned: false,
  keep: false,
  json: false,
} as const;

/** For as long as the work takes. */
export async function onGround<T>(options: GroundOptions, work: (ground: Ground) => Promise<T>): Promise<T> {
  const { clock, auditFile, say, tell } = options;
  process.env[LAB_TOPICS] = JSON.stringify(TOPICS);
  const lab = await Lab.up({ onProgress: say });
  try {
    const stage = await setStage(lab, UNSHOWN, { clock, print: tell, auditFile });
    try {
      await becomeSteady(stage);
      // The demo's own clients have shown that all is well; from here on the load alone writes.
      await stage.clients.stopFollowing();
      const ledger = new LoadLedger();
      const readers = new Readers(lab, clock, ledger);
      try {
        return await work({ stage, ledger, readers, topicIds: topicIdsIn(lab), tails: [] });
      } finally {
        await readers.leave();
      }
    } finally {
      await Promise.allSettled([stage.witness.stop(), stage.clients.stopFollowing()]);
    }
  } finally {
    delete process.env[LAB_TOPICS];
    await lab.down();
  }
}
