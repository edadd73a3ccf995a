import type { RiskView } from '#libs/contracts';
import type { Decision, Settings } from '#libs/decision';
import { isPending, type Instant, type Run, type SiteId } from '#libs/domain';
import type { Clock, Metrics } from '#libs/runtime';
import { lagsIn } from './evidence.js';
import type { GroupView } from './group-view.js';
import { riskOf } from './risk.js';

/** One group in numbers: what the journal showed at the last look, which reads all of it anyway, and what was committed. */
export class GroupMetrics {
  constructor(
    private readonly metrics: Metrics,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /** `leads`: whether this process is the one that decides. */
  saw(view: GroupView, leads: boolean): void {
    const { group, state, epoch } = view;
    const nowS = this.clock.now() / 1_000;
    if (leads && view.hold === undefined) this.metrics.set('signalbox.group.decided.time', { group }, nowS);
    this.metrics.set('signalbox.group.epoch', { group }, epoch);
    this.metrics.set('signalbox.group.held', { group }, view.hold === undefined ? 0 : 1);
    this.metrics.set('signalbox.group.frozen', { group }, this.isFrozen(view) ? 1 : 0);
    this.metrics.replace('signalbox.group.phase', { group }, [[{ group, phase: state.phase }, 1]]);
    this.metrics.replace('signalbox.group.veto', { group }, ones(state.vetoes.map((veto) => ({ group, veto }))));
    const quarantined = Object.keys(state.returning);
    this.metrics.replace(
      'signalbox.group.quarantine',
      { group },
      ones(quarantined.map((subject) => ({ group, subject }))),
    );
    this.sawSites(view);
    this.sawLag(view);
    this.sawRisk(view);
    this.sawWaits(view, nowS);
  }

  decided({ rule }: Decision): void {
    this.metrics.count('signalbox.decisions', { group: this.settings.shape.group, rule });
  }

  closed({ plan: { kind, group }, phase: outcome, startedAt }: Run, at: Instant): void {
    this.metrics.count('signalbox.runs', { group, kind, outcome });
    this.metrics.observe('signalbox.run.duration', { kind, outcome }, Math.max(0, at - startedAt) / 1_000);
  }

  private sawSites(view: GroupView): void {
    const { group, state } = view;
    const isEnforced = this.settings.policy.mode !== 'observe';
    for (const subject of this.settings.shape.sites) {
      const isActive = subject === state.active;
      const guard = view.guards[subject];
      this.metrics.set('signalbox.group.active', { group, subject }, isActive ? 1 : 0);
      const isArmed = guard?.leaseHeld === true && guard.record?.armed === true;
      this.metrics.set('signalbox.guard.armed', { group, subject }, isArmed ? 1 : 0);
      // A run moves the fences itself, and observe mode has none.
      if (state.phase === 'running') continue;
      const rows = isEnforced && !isActive ? [[{ group, subject }, isFenced(view, subject) ? 1 : 0] as const] : [];
      this.metrics.replace('signalbox.fence.standing', { group, subject }, rows);
    }
  }

  private sawLag(view: GroupView): void {
    const { group } = view;
    const { policy, shape } = this.settings;
    this.metrics.set('signalbox.group.rpo', { group }, policy.rpoMs / 1_000);
    const told = view.votes.flatMap(({ value }) => value.flows);
    const rows = shape.flows
      .filter(({ from }) => from === view.state.active)
      .flatMap(({ id: flow }) => {
        const lags = told.filter((lag) => lag.flow === flow).map(({ lagMs }) => lagMs);
        return lags.length === 0 ? [] : [[{ group, flow }, Math.min(...lags) / 1_000] as const];
      });
    this.metrics.replace('signalbox.group.lag.time', { group }, rows);
  }

  /** As `signalbox forecast` says it: of each flow that leaves the active site, since any of them may be the way out. */
  private sawRisk({ group, state: { active }, votes }: GroupView): void {
    const { shape } = this.settings;
    const told = votes.map(({ value }) => value);
    const lags = lagsIn(told, this.settings);
    const risks = shape.flows
      .filter(({ from }) => from === active)
      .flatMap(({ to }) => riskOf(shape, active, to, lags) ?? []);
    const rows = (valueOf: (risk: RiskView) => number) =>
      risks.map((risk) => [{ group, flow: risk.flow }, valueOf(risk)] as const);
    this.metrics.replace(
      'signalbox.forecast.loss.records',
      { group },
      rows(({ records }) => records),
    );
    this.metrics.replace(
      'signalbox.forecast.loss.time',
      { group },
      rows(({ ms }) => ms / 1_000),
    );
  }

  private sawWaits({ group, approval, run }: GroupView, nowS: number): void {
    const waits = approval && isPending(approval.value) ? [nowS - approval.value.requestedAt / 1_000] : [];
    const rows = waits.map((seconds) => [{ group }, Math.max(0, seconds)] as const);
    this.metrics.replace('signalbox.approval.waiting.time', { group }, rows);
    const open = run ? [{ group, kind: run.value.plan.kind, phase: run.value.phase }] : [];
    this.metrics.replace('signalbox.run.open', { group }, ones(open));
  }

  private isFrozen({ freeze }: GroupView): boolean {
    return freeze !== undefined && freeze.until > this.clock.now();
  }
}

/** By what the site's guard says of itself while its lease lives: read back, and closed to clients. */
function isFenced({ guards, group }: GroupView, site: SiteId): boolean {
  const guard = guards[site];
  const enforced = guard?.record?.enforced[group];
  return (
    guard?.leaseHeld === true && enforced !== undefined && enforced.access !== 'clients' && enforced.by !== 'unproven'
  );
}

const ones = <L>(labels: readonly L[]): (readonly [L, number])[] => labels.map((each) => [each, 1] as const);
