import { keyringOf } from '#libs/contracts';
import type { Settings } from '#libs/decision';
import type { GroupId } from '#libs/domain';
import type { Journal } from '#libs/journal';
import type { Log, Metrics } from '#libs/runtime';
import type { Topology } from '#libs/topology';
import { GroupReader } from './group-reader.js';
import { settingsOf } from './group-settings.js';
import { OpenedVotes } from './opened-votes.js';

export interface KnownGroup {
  readonly id: GroupId;
  readonly settings: Settings;
  readonly reader: GroupReader;
}

/** The groups of the topology in force, and how to read each. */
export class GroupDirectory {
  readonly groups: readonly KnownGroup[];

  constructor(topology: Topology, journal: Journal, log: Log, metrics?: Metrics) {
    const keyring = keyringOf(topology);
    metrics?.count('signalbox.votes.dropped', {}, 0);
    const opened = new OpenedVotes(keyring, (problem) => {
      metrics?.count('signalbox.votes.dropped', {});
      log.warn({ problem: problem.message }, 'A vote was dropped');
    });
    this.groups = topology.groups.map(({ id }) => {
      const settings = settingsOf(topology, id);
      return { id, settings, reader: new GroupReader(journal, settings, keyring, log, opened) };
    });
  }

  find(id: string): KnownGroup | undefined {
    return this.groups.find((group) => group.id === id);
  }
}
