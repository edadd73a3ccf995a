import { AuditEntryWire, decode } from '#libs/contracts';
import type { GroupId, SiteId } from '#libs/domain';
import { evidenceOf, keys, type Journal } from '#libs/journal';
import type { Topology } from '#libs/topology';
import { z } from 'zod';
import { factsOf, type Facts } from '../notification/facts.js';
import { changesOf, type Difference } from './changes.js';
import type { Question } from '../notification/question.js';

/** Everything a person needs to decide, besides the question itself. */
export interface Briefing {
  readonly from: string | undefined;
  /** Votes, as sites gave them. */
  readonly why: readonly string[];
  /** Of each flow away from the site that is left: records and seconds that may be lost. Empty when nobody knows. */
  readonly cost: readonly AtRisk[];
  readonly changes: readonly Difference[];
}

export interface AtRisk {
  readonly flow: string;
  readonly records: number;
  readonly ms: number;
  readonly sampleAgeMs: number;
}

const MOVES = ['failover', 'switchover', 'failback'];

const Lag = z
  .record(
    z.string(),
    z.object({ flow: z.string(), lagRecords: z.number(), lagMs: z.number(), sampleAgeMs: z.number() }).optional(),
  )
  .catch({});
const WithLag = z.object({ lag: Lag.default({}) }).catch({ lag: {} });

/** What the audit knew when it was asked, and what signalbox.yaml says of both sites. */
export class Briefer {
  constructor(
    private readonly journal: Journal,
    private readonly topology: Topology,
  ) {}

  /** `asked`: `<group>/<sequence>` of the entry that asked. What is gone by now is not in it. @throws SignalboxError */
  async brief(question: Question, asked: string | undefined): Promise<Briefing> {
    const entry = asked === undefined ? undefined : await this.entry(asked);
    const facts = entry && factsOf(entry);
    const from = facts?.from;
    return {
      from,
      why: facts ? votesIn(facts) : [],
      cost: entry && from ? this.atRisk(entry.evidence, from) : [],
      changes: from && MOVES.includes(question.kind) ? this.changes(question, from) : [],
    };
  }

  private async entry(asked: string) {
    const slash = asked.lastIndexOf('/');
    const sequence = Number(asked.slice(slash + 1));
    if (slash < 1 || !Number.isSafeInteger(sequence)) return undefined;
    const key = keys.auditEntry(asked.slice(0, slash) as GroupId, sequence);
    const [found] = (await this.journal.read(key)).entries;
    const entry = found && decode(AuditEntryWire, found.value, key);
    return entry?.ok ? { ...entry.value, evidence: await evidenceOf(this.journal, entry.value) } : undefined;
  }

  private changes({ group, target }: Question, from: string): readonly Difference[] {
    const known = this.topology.groups.find(({ id }) => id === group);
    const sites: readonly string[] = known?.sites ?? [];
    if (!known || !sites.includes(from) || !sites.includes(target)) return [];
    return changesOf(this.topology, known.id, from as SiteId, target as SiteId);
  }

  private atRisk(evidence: unknown, from: string): readonly AtRisk[] {
    const clusters: readonly string[] = this.topology.clusters.filter(({ site }) => site === from).map(({ id }) => id);
    return Object.entries(WithLag.parse(evidence).lag).flatMap(([cluster, lag]) =>
      lag && clusters.includes(cluster)
        ? [{ flow: lag.flow, records: lag.lagRecords, ms: lag.lagMs, sampleAgeMs: lag.sampleAgeMs }]
        : [],
    );
  }
}

const votesIn = ({ verdicts }: Facts): readonly string[] =>
  verdicts.map(({ cluster, kind, failedForMs, voices }) => {
    const votes = voices.map(({ site, opinion }) => `${site} says ${opinion}`).join(', ') || 'no site says anything';
    const failing = failedForMs > 0 ? `, failing for ${(failedForMs / 1_000).toFixed(0)} s` : '';
    return `${cluster} is ${kind}${failing}: ${votes}`;
  });
