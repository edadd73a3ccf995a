import type { Keyring } from '#libs/contracts';
import type { Settings } from '#libs/decision';
import { clusterId, type RunId } from '#libs/domain';
import { keys, type Journal } from '#libs/journal';
import type { Log } from '#libs/runtime';
import { EntryMemo } from './entry-memo.js';
import { namesOfNeighbours } from './neighbours.js';
import { groupViewOf, votesIn, type GroupView } from './group-view.js';

/** Reads all that concerns one group at one journal revision. */
export class GroupReader {
  /** The run seen last: read along with the rest, so that one revision usually shows everything. */
  private run: RunId | undefined;
  private readonly memo = new EntryMemo();

  constructor(
    private readonly journal: Journal,
    private readonly settings: Settings,
    private readonly keyring: Keyring,
    private readonly log: Log,
  ) {}

  /** @throws UnavailableError when the journal does not answer. */
  async read(): Promise<GroupView> {
    const view = await this.readOnce();
    if (view.state.phase !== 'running' || view.run) return view;
    this.run = view.state.run;
    return this.readOnce();
  }

  private async readOnce(): Promise<GroupView> {
    const { shape } = this.settings;
    const group = shape.group as GroupView['group'];
    const snapshot = await this.journal.read(
      keys.group(group),
      keys.auditHead(group),
      keys.guards(),
      keys.approvals(),
      ...Object.values(shape.clusters).map((cluster) => keys.votesOn(clusterId(cluster))),
      ...namesOfNeighbours(shape.tier, group),
      ...(this.run ? [keys.runRecords(this.run)] : []),
    );
    this.memo.begin();
    const votes = votesIn(snapshot, this.keyring, this.memo, (problem) =>
      this.log.warn({ problem: problem.message }, 'A vote was dropped'),
    );
    return groupViewOf(snapshot, { ...shape, group }, votes, this.memo);
  }
}
