import type { Plan } from '#libs/domain';

/** What a person or the rules can want of a group: leave a site that is lost, or one that is well; go home; protect again. */
export type MoveKind = 'failover' | 'switchover' | 'failback' | 'reprotect';

/** A plan, or the reason why there is none. */
export type Planned = { readonly plan: Plan } | { readonly refused: PlanRefusal };

export interface PlanRefusal {
  readonly name: string;
  /** In words, with what to do instead. */
  readonly message: string;
}

/** Everything that is planned for the groups of one pattern. Each is pure. */
export type PatternPlans<Facts> = Readonly<Record<MoveKind, (facts: Facts) => Planned>>;

export const refused = (name: string, message: string): Planned => ({ refused: { name, message } });
