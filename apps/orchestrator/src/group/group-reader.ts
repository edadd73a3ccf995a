import type { Keyring } from '#libs/contracts';
import type { GroupState, Settings } from '#libs/decision';
import { clusterId } from '#libs/domain';
import { keys, type Journal } from '#libs/journal';
import type { Log } from '#libs/runtime';
import { EntryMemo } from './entry-memo.js';
import { namesOfNeighbours } from './neighbours.js';
import { groupViewOf, votesIn, type GroupView } from './group-view.js';
import { OpenedVotes } from './opened-votes.js';

/** Reads all that concerns one group at one journal revision. */
export class GroupReader {
  /** What the state named last: read along with the rest, so that one revision usually shows everything. */
  private named: readonly string[] = [];
  private readonly memo = new EntryMemo();

  /** `opened` is shared by the groups of a process. */
  constructor(
    private readonly journal: Journal,
    private readonly settings: Settings,
    keyring: Keyring,
    log: Log,
    private readonly opened = new OpenedVotes(keyring, (problem) =>
      log.warn({ problem: problem.message }, 'A vote was dropped'),
    ),
  ) {}

  /** @throws UnavailableError when the journal does not answer. */
  async read(): Promise<GroupView> {
    const view = await this.readOnce();
    const named = namedBy(view.state);
    const isWhole = named.every((name) => this.named.includes(name));
    this.named = named;
    return isWhole ? view : this.readOnce();
  }

  private async readOnce(): Promise<GroupView> {
    const { shape } = this.settings;
    const group = shape.group as GroupView['group'];
    const snapshot = await this.journal.read(
      keys.group(group),
      keys.auditHead(group),
      keys.guards(),
      ...Object.values(shape.clusters).map((cluster) => keys.votesOn(clusterId(cluster))),
      ...namesOfNeighbours(shape.tier, group),
      ...this.named,
    );
    this.memo.begin();
    return groupViewOf(snapshot, { ...shape, group }, votesIn(snapshot, this.opened), this.memo);
  }
}

/** Where the journal holds what the state speaks of. */
function namedBy(state: GroupState): readonly string[] {
  if (state.phase === 'running') return [keys.runRecords(state.run)];
  return state.phase === 'awaiting-approval' ? [keys.approval(state.approval)] : [];
}
