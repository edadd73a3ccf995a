import type { AuditEntry } from '#libs/domain';
import type { Stage } from '../demo/stage.js';
import { waitFor } from '../demo/steady.js';
import { connectCall } from '../lab/connect.js';

/** How long after somebody set a second direction going it stood in the audit chain, which is what people are told from. */
export interface NoticedByHand {
  /** The flow that a run had ordered to be stopped: it was stopped again. */
  readonly orderedMs: number;
  /** A connector that nobody knows by its name: it was told, and left to people. */
  readonly unknownMs: number;
}

const BACK = 'b-to-a-source';
const UNKNOWN = 'set-going-by-hand';
/** Ten seconds, on a machine that does much else as well. */
const NOTICED_WITHIN_MS = 30_000;
/** So that one that takes longer is measured, and not only missed. */
const AT_MOST_MS = 60_000;

/** With a active and its way to b running, somebody sets the way back going too: under its own name, then under another. */
export async function bothDirections(stage: Stage): Promise<NoticedByHand> {
  const call = (method: 'GET' | 'PUT' | 'DELETE', path: string, body?: unknown) =>
    connectCall(stage.lab.layout, 'a', method, `/connectors/${path}`, body);
  const orderedMs = await noticedMs(stage, 'weak-fence-reasserted', () => call('PUT', `${BACK}/resume`));
  const { name: _name, ...config } = (await call('GET', `${BACK}/config`)) as Readonly<Record<string, string>>;
  const unknownMs = await noticedMs(stage, 'mirror-runs-back', () => call('PUT', `${UNKNOWN}/config`, config));
  await call('DELETE', UNKNOWN);
  return { orderedMs, unknownMs };
}

export const problemsByHand = (noticed: NoticedByHand): readonly string[] =>
  Object.entries(noticed)
    .filter(([, ms]) => ms > NOTICED_WITHIN_MS)
    .map(([how, ms]) => `both directions were noticed after ${ms} ms (${how})`);

async function noticedMs({ api, group, clock }: Stage, rule: string, act: () => Promise<unknown>): Promise<number> {
  const entries = async () =>
    (await api.get<readonly AuditEntry[]>(`/groups/${group}/audit`)).filter((entry) => entry.rule === rule).length;
  const before = await entries();
  const sinceMs = clock.monotonicMs();
  await act();
  await waitFor(rule, { clock, withinMs: AT_MOST_MS }, async () => (await entries()) > before || undefined);
  return Math.round(clock.monotonicMs() - sinceMs);
}
