import { decode } from '#libs/contracts';
import { epoch, NEVER_STAMPED, SignalboxError, type Epoch, type GroupId, type SiteId } from '#libs/domain';
import type { Reasserted } from '#libs/jobs';
import { GroupStateWire, keys, type Journal } from '#libs/journal';
import type { Clock, Readiness, Stop } from '#libs/runtime';
import type { ConnectClient } from './connect-client.js';
import { copiesUnderItsOwnName } from './own-name.js';

const EVERY_MS = 2_500;
/** A run that just ended may still be stopping one. */
const LOOKS_IN_A_ROW = 2;

/** A group whose topics keep their names when they are copied to this site. */
export interface LoopedGroup {
  readonly group: GroupId;
  readonly flow: string;
  /** Names, or prefixes with a final `*`. */
  readonly topics: readonly string[];
  readonly connect: ConnectClient;
}

export interface LoopWatchPorts {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly readiness: Readiness;
  /** Counted there, it comes into the audit chain, and people are told. */
  readonly tally: { note(last: Reasserted): void };
}

/**
 * Looks at the Connect of the active site for whatever copies the group's topics to it. With names that are kept, each
 * record that comes back is copied out again, for ever. It may have been set going by hand, under any name. Nothing is
 * stopped here: where a run has ordered the flow to be stopped, that is re-asserted; elsewhere nobody decided it.
 */
export class LoopWatch {
  private readonly looks = new Map<GroupId, number>();
  private stops: readonly Stop[] = [];

  constructor(
    private readonly groups: readonly LoopedGroup[],
    private readonly site: SiteId,
    private readonly ports: LoopWatchPorts,
    private readonly timeoutMs: number,
  ) {}

  start(): void {
    this.stops = this.groups.map((each) => this.ports.clock.every(EVERY_MS, () => this.look(each)));
  }

  stop(): void {
    for (const stop of this.stops) stop();
  }

  /** One look. */
  async look(looped: LoopedGroup): Promise<void> {
    const { readiness } = this.ports;
    const component = `one direction of ${looped.group}`;
    try {
      const running = await this.runningIn(looped);
      // Asked AFTER Connect: what was running before this site became active runs no more.
      const inForce = running.length > 0 ? await this.epochIfActive(looped.group) : undefined;
      const times = inForce === undefined ? 0 : (this.looks.get(looped.group) ?? 0) + 1;
      this.looks.set(looped.group, times);
      if (inForce === undefined) return readiness.ready(component);
      if (times < LOOKS_IN_A_ROW) return;
      readiness.missing(
        component,
        `${running.join(', ')} at ${looped.connect.url} copies back what was copied from here`,
      );
      this.tell(looped, running, inForce);
    } catch (error) {
      // That the journal or Connect is missing is said where steps and connectors are looked at.
      if (!(error instanceof SignalboxError)) throw error;
    }
  }

  private async runningIn({ topics, connect }: LoopedGroup): Promise<readonly string[]> {
    const running = await connect.running(AbortSignal.timeout(this.timeoutMs));
    return running.filter(({ config }) => copiesUnderItsOwnName(config, topics)).map(({ name }) => name);
  }

  /** The epoch in force; undefined while another site is active, or a run is open. */
  private async epochIfActive(group: GroupId): Promise<Epoch | undefined> {
    const [stateKey, epochKey] = [keys.groupState(group), keys.epoch(group)];
    const { entries } = await this.ports.journal.read(stateKey, epochKey);
    const entryAt = (name: string) => entries.find(({ key }) => key === name);
    const state = decode(GroupStateWire, entryAt(stateKey)?.value ?? '', stateKey);
    if (!state.ok || state.value.phase === 'running' || state.value.active !== this.site) return undefined;
    return epoch(Number(entryAt(epochKey)?.value ?? NEVER_STAMPED));
  }

  private tell({ group, flow }: LoopedGroup, running: readonly string[], inForce: Epoch): void {
    const resource = { kind: 'mirror', flow } as const;
    const found = { running: [...running] };
    this.ports.tally.note({ group, resource, epoch: inForce, ordered: 'stopped', found, isLeft: true });
  }
}
