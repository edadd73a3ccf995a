import type { Seen } from './facts.js';

const ANSWERS_WITHIN_MS = 5_000;

/** A replication flow, and the Connect worker that runs it. */
export interface FlowAt {
  readonly flow: string;
  readonly url: string;
}

interface Connectors {
  readonly [name: string]: {
    readonly info: { readonly config: Readonly<Record<string, string>> };
    readonly status: {
      readonly connector: { readonly state: string };
      readonly tasks: readonly { readonly state: string }[];
    };
  };
}

/** All flows at one moment. Two that run are looked at again: one may have been stopped while the other was asked. */
export const readFlows = async (flows: readonly FlowAt[]): Promise<readonly Seen[]> => {
  const samples = await readAll(flows);
  const areRunning = samples.filter(({ value }) => value === 'running').length;
  return areRunning > 1 ? readAll(flows) : samples;
};

/** A worker that does not answer says nothing. */
const readAll = async (flows: readonly FlowAt[]): Promise<readonly Seen[]> =>
  (await Promise.all(flows.map((flow) => readFlow(flow).catch(() => [])))).flat();

const readFlow = async ({ flow, url }: FlowAt): Promise<readonly Seen[]> => {
  const signal = AbortSignal.timeout(ANSWERS_WITHIN_MS);
  const answer = await fetch(`${url}/connectors?expand=status&expand=info`, { signal });
  if (!answer.ok) return [];
  const connectors = (await answer.json()) as Connectors;
  const source = connectors[`${flow}-source`]?.status;
  const states = [source?.connector.state, ...(source?.tasks ?? []).map(({ state }) => state)];
  const epoch = Number(connectors[`signalbox-epoch-${flow}`]?.info.config['signalbox.epoch'] ?? 0);
  // Never stamped, or a worker that has not read all of its configuration since it started.
  if (epoch === 0) return [];
  return [{ resource: `mirror/${flow}`, epoch, value: states.includes('RUNNING') ? 'running' : 'stopped' }];
};
