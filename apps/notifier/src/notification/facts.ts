import type { AuditEntry } from '#libs/domain';
import { z } from 'zod';

const text = z.string().optional().catch(undefined);
const list = <S extends z.ZodType>(of: S) => z.array(of).catch([]).default([]);

/** What a notification uses of an entry's evidence. Each field for itself: one that is strange hides no other. */
const Evidence = z.object({
  run: text,
  approval: text,
  phase: text,
  problem: text,
  reason: text,
  by: text,
  site: text,
  name: text,
  step: text,
  veto: text,
  until: z.number().optional().catch(undefined),
  vetoes: list(z.object({ name: z.string(), message: z.string() })),
  exceptions: list(z.object({ step: z.string(), reason: z.string() })),
  steps: list(z.object({ name: z.string(), status: z.string(), problem: z.string().nullish() })),
  verdicts: list(
    z.object({
      cluster: z.string(),
      kind: z.string(),
      failedForMs: z.number(),
      voices: z.array(z.object({ site: z.string(), opinion: z.string() })),
    }),
  ),
  owes: list(
    z.object({
      does: z.string(),
      run: text,
      approval: text,
      kind: text,
      from: text,
      to: text,
    }),
  ),
});

/** An audit entry, and what its evidence says of things that rules have in common. */
export interface Facts extends z.infer<typeof Evidence> {
  readonly entry: AuditEntry;
  readonly group: string;
  /** Who did it, as people say it. */
  readonly who: string;
  /** Of a move: `failover`, `switchover`, …, and the site it goes to. */
  readonly kind: string | undefined;
  readonly from: string | undefined;
  readonly to: string | undefined;
}

export function factsOf(entry: AuditEntry): Facts {
  const evidence = Evidence.catch(Evidence.parse({})).parse(entry.evidence);
  const owed = evidence.owes.find(({ does }) => does !== 'close-approval');
  return {
    ...evidence,
    run: evidence.run ?? owed?.run,
    approval:
      evidence.approval ?? owed?.approval ?? evidence.owes.find(({ does }) => does === 'close-approval')?.approval,
    entry,
    group: entry.group,
    who: entry.actor.id,
    kind: owed?.kind,
    from: owed?.from,
    to: owed?.to,
  };
}
