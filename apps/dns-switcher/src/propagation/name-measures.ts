import { NEVER_STAMPED, type NameReport } from '#libs/domain';
import { openSpan, type Clock, type Readiness } from '#libs/runtime';

interface OnItsWay {
  readonly sinceMs: number;
  readonly endSpan: ReturnType<typeof openSpan>;
}

/** A span for each change, from when it was first seen to when nobody can have an old answer, and figures for each name. */
export class NameMeasures {
  private readonly onTheirWay = new Map<string, OnItsWay>();
  private readonly lastedMs = new Map<string, number>();

  constructor(
    private readonly clock: Clock,
    private readonly readiness: Readiness,
  ) {}

  note(report: NameReport): void {
    this.span(report);
    const { name, state, until, resolvers, servers, drift } = report;
    this.readiness.show(`name ${name}`, {
      isPropagating: state === 'propagating' ? 1 : 0,
      oldAnswersForMs: until === undefined ? 0 : Math.max(0, until - this.clock.now()),
      lastPropagationMs: this.lastedMs.get(name) ?? 0,
      serversNew: giving(servers, 'new'),
      serversOld: giving(servers, 'old'),
      serversSilent: giving(servers, 'nothing'),
      resolversNew: giving(resolvers, 'new'),
      resolversOld: giving(resolvers, 'old'),
      resolversSilent: giving(resolvers, 'nothing'),
      resolversIgnoringTtl: ignoringTtl(report),
      isDrifted: drift ? 1 : 0,
    });
  }

  private span(report: NameReport): void {
    const { name, state, epoch = NEVER_STAMPED } = report;
    const current = this.onTheirWay.get(name);
    if (state === 'propagating' && !current) {
      const endSpan = openSpan('dns.propagation', {
        'dns.name': name,
        'signalbox.epoch': epoch,
        ...attributesOf(report),
      });
      this.onTheirWay.set(name, { sinceMs: this.clock.monotonicMs(), endSpan });
    }
    if (state === 'done' && current) {
      this.onTheirWay.delete(name);
      this.lastedMs.set(name, Math.round(this.clock.monotonicMs() - current.sinceMs));
      current.endSpan(attributesOf(report));
    }
  }
}

const attributesOf = (report: NameReport) => ({
  'dns.old_ttl_s': report.oldTtlSeconds ?? 0,
  'dns.servers': report.servers.length,
  'dns.resolvers': report.resolvers.length,
  'dns.resolvers_ignoring_ttl': ignoringTtl(report),
});

const giving = (all: readonly { readonly gives: string }[], what: string): number =>
  all.filter(({ gives }) => gives === what).length;

const ignoringTtl = ({ resolvers }: NameReport): number =>
  resolvers.filter(({ ignoresTtl }) => ignoresTtl === true).length;
