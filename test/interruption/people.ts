import { processId, SignalboxError } from '#libs/domain';
import { InMemoryLog } from '#libs/runtime';
import { ApiError } from '../../apps/orchestrator/src/api/api-error.js';
import { GroupDirectory } from '../../apps/orchestrator/src/group/group-directory.js';
import { KeptAnswers } from '../../apps/orchestrator/src/operation/kept-answers.js';
import type { Operation } from '../../apps/orchestrator/src/operation/operation.js';
import { Operations } from '../../apps/orchestrator/src/operation/operations.js';
import { ThisProcess } from '../../apps/orchestrator/src/this-process.js';
import { askedBy } from '../support/asked-by.js';
import { group, stageKey, w } from '../support/group-stage.js';
import type { Cast } from './cast.js';

/** How long somebody waits who got no answer, until they ask again. */
const ASK_AGAIN_MS = 200;

/**
 * Somebody asks for something at an orchestrator that leads nothing, and asks again until there is an answer: the same
 * request with the same key, also when the orchestrator died over it.
 */
export function insist(cast: Cast, route: string, operation: Operation<object>): void {
  const { topology, clock } = cast.stage;
  const asked = { ...askedBy('alice'), identity: { key: route, route, bodyHash: '0'.repeat(64), status: 200 } };
  const process = processId('orchestrator@b');
  const self = new ThisProcess({ site: w, process, topology, topologyHash: 'hash', signingKey: stageKey(w) });
  cast.incarnation(process, (journal) => {
    const kept = new KeptAnswers(journal);
    const operations = new Operations(self, journal, kept, clock, cast.random);
    const known = new GroupDirectory(topology, journal, new InMemoryLog()).find(group);
    if (!known) throw new Error(`the topology has no ${group}`);
    const ask = async (): Promise<void> => {
      for (;;) {
        try {
          if (!(await kept.find(asked))) await operations.perform(known, asked, operation);
          return;
        } catch (error) {
          // A refusal is an answer as well: what was asked for is so already, or cannot be any more.
          if (error instanceof ApiError) return;
          if (!(error instanceof SignalboxError)) throw error;
        }
        await clock.sleep(ASK_AGAIN_MS);
      }
    };
    void ask();
  });
}
