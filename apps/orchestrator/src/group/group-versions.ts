import { PLAN_VERSION } from '#libs/decision';
import type { Readiness } from '#libs/runtime';
import type { GroupView } from './group-view.js';

/** Whether this version may lead a group as it stands; where not, another process has to, and /readyz says so. */
export class GroupVersions {
  private wasUnfit = false;

  constructor(
    private readonly readiness: Readiness,
    /** Whether this process may write to the journal as it is now. */
    private readonly mayWrite: () => boolean = () => true,
    private readonly planVersion: number = PLAN_VERSION,
  ) {}

  mayLead(view: GroupView): boolean {
    const component = `versions of ${view.group}`;
    const problem = this.problemOf(view);
    if (problem !== undefined) this.readiness.missing(component, problem);
    else if (this.wasUnfit) this.readiness.ready(component);
    this.wasUnfit = problem !== undefined;
    return problem === undefined && this.mayWrite();
  }

  private problemOf({ group, run }: GroupView): string | undefined {
    const version = run?.value.plan.version ?? 1;
    if (!run || version <= this.planVersion) return undefined;
    const known = `and this process knows up to ${this.planVersion}`;
    const remedy = 'an orchestrator that knows it has to lead: start that version here too';
    return `Run ${run.value.id} of ${group} follows a plan of version ${version}, ${known}: ${remedy}`;
  }
}
