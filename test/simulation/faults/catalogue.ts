import type { FaultKind } from './fault.js';
import { ofJournal } from './of-journal.js';
import { ofObservers } from './of-observers.js';
import { ofPeople } from './of-people.js';
import { ofProcesses } from './of-processes.js';
import { ofQueues } from './of-queues.js';
import { ofResources } from './of-resources.js';
import { ofSites } from './of-sites.js';

/** Everything that goes wrong. */
export const FAULTS: readonly FaultKind[] = [
  ...ofSites,
  ...ofProcesses,
  ...ofJournal,
  ...ofQueues,
  ...ofResources,
  ...ofObservers,
  ...ofPeople,
];

const byName = new Map(FAULTS.map((fault) => [fault.name, fault]));

export function faultNamed(name: string): FaultKind {
  const fault = byName.get(name);
  if (!fault) throw new Error(`there is no fault ${name}`);
  return fault;
}
