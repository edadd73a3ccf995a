import {
  canonicalJson,
  checkpointProblem,
  endOf,
  signCheckpoint,
  witnessed,
  type Keyring,
  type SigningKey,
} from '#libs/contracts';
import { SignalboxError, type ChainEnd, type ChainName, type Checkpoint, type SiteId } from '#libs/domain';
import { keys, type Change, type Condition, type Entry, type Journal } from '#libs/journal';
import type { Clock, Readiness } from '#libs/runtime';
import type { AuditArchive, Ends, HeldCheckpoint } from './audit-archive.js';
import { sweepLooseEvidence } from './evidence-sweep.js';
import { superfluous } from './kept-checkpoints.js';
import type { SiteAudit } from './site-audit.js';
import { Vouched } from './vouched.js';

/** How often it looks again because another site signed meanwhile. */
const ATTEMPTS = 4;
const COMPONENT = 'audit checkpoints';

export interface NotarySite {
  readonly site: SiteId;
  readonly signingKey: SigningKey;
  readonly keyring: Keyring;
}

export interface NotaryPorts {
  readonly journal: Journal;
  readonly archive: AuditArchive;
  readonly audit: SiteAudit;
  readonly clock: Clock;
  readonly readiness: Readiness;
}

/**
 * Signs for its site where all chains end, after it has followed each of them from where it last signed; and signs what
 * other sites signed, as far as that is the same. Says loudly what it would not sign. Writes nothing while nothing moves.
 */
export class Notary {
  private vouched: Vouched | undefined;

  constructor(
    private readonly self: NotarySite,
    private readonly ports: NotaryPorts,
  ) {}

  /** Never throws for what a journal may do. */
  async attest(): Promise<void> {
    try {
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) if (await this.attestOnce()) break;
      await sweepLooseEvidence(this.ports.journal, this.ports.clock);
      this.ports.readiness.ready(COMPONENT);
    } catch (error) {
      if (!(error instanceof SignalboxError)) throw error;
      this.ports.readiness.missing(COMPONENT, `Nothing is signed for the audit: ${error.message}`);
    }
  }

  /** False when another site or process wrote what this was about to write. */
  private async attestOnce(): Promise<boolean> {
    const ends = await this.ports.archive.ends();
    const own = ends.checkpoints.filter(({ checkpoint }) => checkpoint.site === this.self.site);
    const others = this.ofKnownSites(ends.checkpoints);
    const newest = own.at(-1);
    const vouched = (this.vouched ??= this.startFrom(newest?.checkpoint));
    await this.followAll(ends, vouched);
    const { signed, refused } = await this.weigh(others, newest?.checkpoint, vouched);
    const heads = vouched.heads;
    const isNews = refused > 0 || canonicalJson(heads) !== canonicalJson(newest?.checkpoint.heads ?? {});
    const conditions: Condition[] = signed.map(({ entry }) => unchanged(entry));
    const changes: Change[] = signed.map(({ checkpoint, entry }) => put(entry.key, checkpoint));
    if (isNews) {
      const next = this.sign(ends, heads, seenIn(others), newest?.checkpoint);
      const key = keys.checkpoint(next.site, next.sequence);
      conditions.push({ kind: 'absent', key }, ...(newest ? [unchanged(newest.entry)] : []));
      const gone = superfluous([...own.map(({ checkpoint }) => checkpoint), next]);
      changes.push(put(key, next), ...gone.map(({ site, sequence }) => remove(keys.checkpoint(site, sequence))));
    }
    return changes.length === 0 || (await this.ports.journal.commit({ conditions, changes })).committed;
  }

  private startFrom(own: Checkpoint | undefined): Vouched {
    const vouched = new Vouched(this.ports.archive);
    const problem = own && checkpointProblem(own, this.self.keyring);
    if (own && problem === undefined) vouched.trust(own.heads);
    if (problem !== undefined) this.refuse(`last checkpoint of this site`, problem, {});
    return vouched;
  }

  /** A key that stands in no signalbox.yaml here yet is neither right nor wrong: it is looked at again. */
  private ofKnownSites(checkpoints: readonly HeldCheckpoint[]): readonly HeldCheckpoint[] {
    return checkpoints.filter(({ checkpoint: { site, keyId } }) => {
      if (site === this.self.site) return false;
      if (this.self.keyring.has(keyId)) return true;
      const reason = `Key ${keyId} of site ${site} stands in no signalbox.yaml here: what it signs is not looked at`;
      this.ports.readiness.missing(`audit checkpoint of site ${site}`, reason);
      return false;
    });
  }

  private async followAll({ heads }: Ends, vouched: Vouched): Promise<void> {
    const known = Object.keys(vouched.heads) as ChainName[];
    for (const chain of new Set([...known, ...heads.keys()])) {
      const end = heads.get(chain);
      const problem = end ? await vouched.follow(chain, end) : 'it is gone';
      const component = `audit chain ${chain}`;
      if (problem === undefined) this.ports.readiness.ready(component);
      else this.refuse(component, problem, { chain });
    }
  }

  /** The other sites' checkpoints that this site had not seen: signed, or said to be wrong. */
  private async weigh(others: readonly HeldCheckpoint[], own: Checkpoint | undefined, vouched: Vouched) {
    const signed: HeldCheckpoint[] = [];
    let refused = 0;
    for (const { checkpoint, entry } of others) {
      const { site, sequence } = checkpoint;
      const isSigned = checkpoint.witnesses.some((witness) => witness.site === this.self.site);
      if (isSigned || sequence <= (own?.seen[site]?.sequence ?? 0)) continue;
      const problem = await this.problemWith(checkpoint, vouched);
      const component = `audit checkpoint of site ${site}`;
      if (problem === undefined) {
        signed.push({ checkpoint: witnessed(checkpoint, this.self.site, this.self.signingKey), entry });
        this.ports.readiness.ready(component);
      } else {
        refused += 1;
        this.refuse(component, problem, { site, checkpoint: sequence });
      }
    }
    return { signed, refused };
  }

  private async problemWith(checkpoint: Checkpoint, vouched: Vouched): Promise<string | undefined> {
    const problem = checkpointProblem(checkpoint, this.self.keyring);
    if (problem !== undefined) return problem;
    for (const [chain, end] of Object.entries(checkpoint.heads)) {
      const difference = end && (await vouched.problemWith(chain as ChainName, end));
      if (difference !== undefined) return `of ${chain}, ${difference}`;
    }
    return undefined;
  }

  private refuse(component: string, problem: string, about: Readonly<Record<string, string | number>>): void {
    this.ports.readiness.missing(component, `The ${component} is not what was witnessed before: ${problem}`);
    this.ports.audit.noteOnce(`${component}: ${problem}`, (times) => ({
      actor: { kind: 'process', id: `orchestrator@${this.self.site}` },
      rule: 'checkpoint-refused',
      evidence: { ...about, problem, times },
    }));
  }

  private sign(
    { revision }: Ends,
    heads: Checkpoint['heads'],
    seen: Checkpoint['seen'],
    newest: Checkpoint | undefined,
  ): Checkpoint {
    const { site, signingKey } = this.self;
    const sequence = (newest?.sequence ?? 0) + 1;
    return signCheckpoint({ site, sequence, at: this.ports.clock.now(), revision, heads, seen }, signingKey);
  }
}

/** The last of each other site. */
const seenIn = (others: readonly HeldCheckpoint[]): Readonly<Record<string, ChainEnd>> =>
  Object.fromEntries(others.map(({ checkpoint }) => [checkpoint.site, endOf(checkpoint)]));

const unchanged = ({ key, revision }: Entry): Condition => ({ kind: 'unchanged', key, revision });
const put = (key: string, value: object): Change => ({ kind: 'put', key, value: JSON.stringify(value) });
const remove = (key: string): Change => ({ kind: 'delete', key });
