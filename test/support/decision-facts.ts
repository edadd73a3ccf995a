import {
  clusterId,
  flowId,
  instant,
  processId,
  siteId,
  type GuardRecord,
  type SiteVoice,
  type Verdict,
  type VerdictKind,
} from '#libs/domain';
import type { Evidence, Settings } from '#libs/decision';

const a = siteId('a');
const b = siteId('b');

const at = (address: string) => ({ addresses: [address], ttlSeconds: 1 });

/** A group of two sites with one flow in each direction, one name and one config. */
export const SETTINGS: Settings = {
  policy: {
    mode: 'automatic',
    fenceMode: 'strict',
    quorum: 2,
    dwellShortMs: 30_000,
    dwellLongMs: 90_000,
    targetHealthyMs: 600_000,
    recoveredAfterRounds: 60,
    rpoMs: 10_000,
    coolDownMs: 3_600_000,
    runsAtOnce: 3,
    sealTimeoutMs: 1_000,
    stepTimeoutMs: 5_000,
    approvalTtlMs: 600_000,
    drainTimeoutMs: 60_000,
    protectedAfterMs: 60_000,
  },
  shape: {
    group: 'orders',
    home: a,
    sites: [a, b],
    clusters: { a: 'kafka-a', b: 'kafka-b' },
    flows: [
      { id: 'a-to-b', from: a, to: b },
      { id: 'b-to-a', from: b, to: a },
    ],
    names: [{ name: 'kafka.example', ttlSeconds: 1, targets: { a: at('10.0.0.1'), b: at('10.0.0.2') } }],
    configs: [{ id: 'clients', data: { a: { bootstrap: '10.0.0.1:9092' }, b: { bootstrap: '10.0.0.2:9092' } } }],
  },
};

/** The verdict on a site's cluster; `own` is what the site itself says. */
export function verdict(site: 'a' | 'b', kind: VerdictKind, own: SiteVoice['opinion'] = 'up'): Verdict {
  const voice = (from: string, opinion: SiteVoice['opinion']): SiteVoice => ({
    site: siteId(from),
    opinion,
    failedForMs: kind === 'down' ? 90_000 : 0,
    healthyForMs: kind === 'up' ? 700_000 : 0,
    goodRounds: kind === 'up' ? 233 : 0,
    reasons: [],
  });
  const others = kind === 'down' ? 'down' : 'up';
  return {
    cluster: clusterId(`kafka-${site}`),
    kind,
    rule: `verdict-${kind}`,
    ...(kind === 'down' && { dwellMs: 90_000 }),
    failedForMs: kind === 'down' ? 90_000 : 0,
    voices: [voice(site, own), voice(site === 'a' ? 'b' : 'a', others), voice('w', others)],
  };
}

export const guard = (
  site: 'a' | 'b',
  leaseHeld = true,
): { readonly record: GuardRecord; readonly leaseHeld: boolean } => ({
  leaseHeld,
  record: {
    site: siteId(site),
    process: processId(`site-guard@${site}`),
    incarnation: '1',
    renewal: 3,
    armed: true,
    armedBy: 'acl',
    selfFenceMs: 30_000,
    enforced: {},
    at: instant(0),
  },
});

export const lagOf = (flow: 'a-to-b' | 'b-to-a', lagMs = 40, sampleAgeMs = 900) => ({
  [`kafka-${flow[0]}`]: { flow: flowId(flow), lagRecords: 3, lagMs, sampleAgeMs },
});

/** Both sites are well, both guards renew, and replication from `active` keeps up. */
export const evidence = (active: 'a' | 'b', change: Partial<Evidence> = {}): Evidence => ({
  verdicts: [verdict('a', 'up'), verdict('b', 'up')],
  lag: lagOf(active === 'a' ? 'a-to-b' : 'b-to-a'),
  guards: { a: guard('a'), b: guard('b') },
  overrides: [],
  attestations: [],
  ...change,
});
