import { groupId, processId } from '#libs/domain';
import { InMemoryLog } from '#libs/runtime';
import { ApiError } from '../../apps/orchestrator/src/api/api-error.js';
import { GroupDirectory } from '../../apps/orchestrator/src/group/group-directory.js';
import { KeptAnswers } from '../../apps/orchestrator/src/operation/kept-answers.js';
import type { Operation } from '../../apps/orchestrator/src/operation/operation.js';
import { Operations } from '../../apps/orchestrator/src/operation/operations.js';
import { ThisProcess } from '../../apps/orchestrator/src/this-process.js';
import { askedBy } from '../support/asked-by.js';
import { stageKey } from '../support/stage-topology.js';
import type { Theatre } from './theatre.js';

/** What people ask, at the orchestrator of the last site. A refusal is part of what happens. */
export class People {
  readonly #operations: Operations;
  readonly directory: GroupDirectory;

  constructor(private readonly theatre: Theatre) {
    const { topology, journal, clock, random } = theatre;
    const site = topology.sites.at(-1)?.id;
    if (!site) throw new Error('nobody is there to ask');
    const process = processId(`orchestrator@${site}`);
    const self = new ThisProcess({ site, process, topology, topologyHash: 'hash', signingKey: stageKey(site) });
    this.#operations = new Operations(self, journal, new KeptAnswers(journal), clock, random);
    this.directory = new GroupDirectory(topology, journal, new InMemoryLog());
  }

  async ask(person: string, operation: Operation<object>): Promise<void> {
    try {
      await this.#operations.perform(this.group, askedBy(person), operation);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const { message, vetoes = [] } = error;
      this.theatre.transcript.tell(`refused: ${message}`);
      for (const { name } of vetoes) this.theatre.transcript.tell(`  veto ${name}`);
    }
  }

  /** The first of them, where there are many. */
  get group() {
    const id = this.theatre.topology.groups[0]?.id ?? groupId('none');
    const group = this.directory.find(id);
    if (!group) throw new Error(`the topology has no ${id}`);
    return group;
  }
}
