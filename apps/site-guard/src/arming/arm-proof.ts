import { messageOf, NEVER_STAMPED, SignalboxError, UnavailableError, type WriteAccess } from '#libs/domain';
import type { Clock, Readiness } from '#libs/runtime';
import type { ClusterWriteAccess } from '../fence/cluster.write-access.js';
import { FenceProofError } from '../errors.js';
import { inTime } from '../fence/deadline.js';
import type { ListenerSwitch } from '../fence/listener-switch.js';
import type { GuardStatus } from '../guard-status.js';

export interface ArmProofSettings {
  /** The guard's own topic on each of the site's clusters, fenced and lifted by the code that fences groups. */
  readonly canaries: readonly ClusterWriteAccess[];
  readonly listener: ListenerSwitch | undefined;
  readonly armProofMaxAgeMs: number;
  readonly retryMs: number;
  readonly proofTimeoutMs: number;
}

/** One way to fence: when it was proven last, and what came out of the last attempt. */
interface Rung {
  readonly provenAtMs?: number;
  readonly says: string;
  readonly answered: boolean;
}

/** Proves again and again, on a topic nobody uses, that this guard can fence and lift. */
export class ArmProof {
  private readonly stopped = new AbortController();
  private acls: Rung = { says: 'not tried yet', answered: false };
  private command: Rung = { says: 'not tried yet', answered: false };

  constructor(
    private readonly clock: Clock,
    private readonly readiness: Readiness,
    private readonly status: GuardStatus,
    private readonly settings: ArmProofSettings,
  ) {}

  stop(): void {
    this.stopped.abort();
  }

  async run(): Promise<void> {
    while (!this.stopped.signal.aborted) {
      const proven = await this.prove();
      const pauseMs = proven ? this.settings.armProofMaxAgeMs / 2 : this.settings.retryMs;
      await this.clock.sleep(pauseMs, this.stopped.signal);
    }
  }

  /** Tries every rung once, and says whether all of them work; one that fails counts until its last proof is too old. */
  async prove(): Promise<boolean> {
    const { listener, canaries } = this.settings;
    const before = this.clock.monotonicMs();
    [this.acls, this.command] = await Promise.all([
      this.attempt(
        this.acls,
        async () => void (await Promise.all(canaries.map((canary) => this.fenceAndLift(canary)))),
      ),
      this.attempt(this.command, async () => listener?.rehearse()),
    ]);
    // Where the broker does not answer, its ACLs need not: the command is the rung that counts then.
    const armed = listener
      ? this.isFresh(this.command) && (this.isFresh(this.acls) || !this.acls.answered)
      : this.isFresh(this.acls);
    const says = `${this.means}: ${this.acls.says}; command: ${listener ? this.command.says : 'the site has none'}`;
    this.status.proved(armed, says);
    if (armed) this.readiness.ready('fence proof');
    else this.readiness.missing('fence proof', `This guard has not proven that it can fence. ${says}`);
    return [this.acls, this.command].every(({ provenAtMs }) => (provenAtMs ?? -Infinity) >= before);
  }

  /** What the site's clusters are fenced by. */
  private get means(): string {
    return [...new Set(this.settings.canaries.map(({ means }) => means))].join(' and ') || 'ACLs';
  }

  private async attempt(last: Rung, work: () => Promise<void>): Promise<Rung> {
    const startedMs = this.clock.monotonicMs();
    try {
      await work();
      const endedMs = this.clock.monotonicMs();
      return { provenAtMs: endedMs, says: `proven in ${Math.round(endedMs - startedMs)} ms`, answered: true };
    } catch (error) {
      if (!(error instanceof SignalboxError)) throw error;
      return { ...last, says: messageOf(error), answered: !(error instanceof UnavailableError) };
    }
  }

  private async fenceAndLift(canary: ClusterWriteAccess): Promise<void> {
    for (const access of ['none', 'clients'] as const) {
      await inTime(this.clock, this.settings.proofTimeoutMs, (signal) => this.provesToBe(canary, access, signal));
    }
  }

  private async provesToBe(canary: ClusterWriteAccess, access: WriteAccess, signal: AbortSignal): Promise<void> {
    const outcome = await canary.write(await canary.read(signal), access, NEVER_STAMPED, signal);
    const { holds, check, observed } = await canary.verify(access, signal);
    if (outcome === 'written' && holds) return;
    // The look itself was answered, so this is no outage.
    throw new FenceProofError(`"${access}" was ${outcome}: ${check} found ${JSON.stringify(observed)}.`);
  }

  private isFresh({ provenAtMs }: Rung): boolean {
    return provenAtMs !== undefined && this.clock.monotonicMs() - provenAtMs < this.settings.armProofMaxAgeMs;
  }
}
