import { messageOf, type Json, type NameTarget, type Verification } from '#libs/domain';
import type { Clock } from '#libs/runtime';
import type { NameServer } from './name-server.js';
import { isSameTarget, readNameState, type NameState } from './name-state.js';

export interface AuthoritativeServers {
  /** Takes the updates. A hidden primary serves no client when there are secondaries. */
  readonly primary: NameServer;
  readonly secondaries: readonly NameServer[];
}

export interface AskTimes {
  /** For one attempt at one server: about three round trips to the farthest one. */
  readonly attemptTimeoutMs: number;
  /** Between two attempts at the same server. */
  readonly pollMs: number;
}

type Answer = { readonly state: NameState } | { readonly unreachable: string };

/**
 * Asks every authoritative server directly, again and again, until all that answer hold `expected` under one epoch and
 * each of the others has failed an attempt: the servers of a lost site cost one attempt and no more.
 */
export async function askUntilAgreed(
  servers: AuthoritativeServers,
  name: string,
  expected: NameTarget | undefined,
  times: AskTimes,
  clock: Clock,
  deadline: AbortSignal,
): Promise<Verification> {
  const all = [servers.primary, ...servers.secondaries];
  const serving = servers.secondaries.length === 0 ? all : servers.secondaries;
  const latest = new Map<NameServer, Answer>();
  const holds = () =>
    all.every((server) => latest.has(server)) && (expected === undefined || agree(serving, latest, expected));
  const settled = new AbortController();
  const over = AbortSignal.any([settled.signal, deadline]);

  const follow = async (server: NameServer) => {
    while (!over.aborted) {
      const answer = await attempt(server, name, AbortSignal.any([over, AbortSignal.timeout(times.attemptTimeoutMs)]));
      // An attempt that was cut off says nothing: it must not turn a lagging server into an unreachable one.
      if (over.aborted) return;
      latest.set(server, answer);
      if (holds()) settled.abort();
      await clock.sleep(times.pollMs, over);
    }
  };
  await Promise.all(all.map(follow));

  return {
    check: 'every authoritative server asked directly',
    observed: { name, answers: Object.fromEntries(all.map((server) => [server.address, print(latest.get(server))])) },
    holds: expected === undefined || holds(),
  };
}

async function attempt(server: NameServer, name: string, signal: AbortSignal): Promise<Answer> {
  try {
    return { state: await readNameState(server, name, signal) };
  } catch (error) {
    return { unreachable: messageOf(error) };
  }
}

function agree(serving: readonly NameServer[], latest: ReadonlyMap<NameServer, Answer>, expected: NameTarget): boolean {
  const states = [...latest.values()].flatMap((answer) => ('state' in answer ? [answer.state] : []));
  const clientsAreServed = serving.some((server) => 'state' in latest.get(server)!);
  return (
    clientsAreServed &&
    states.every(({ epoch, target }) => epoch === states[0]!.epoch && isSameTarget(target, expected))
  );
}

function print(answer: Answer | undefined): Json {
  if (answer === undefined) return { unreachable: 'no answer before the deadline' };
  if ('unreachable' in answer) return answer;
  const { target, epoch } = answer.state;
  return { addresses: target.addresses, ttlSeconds: target.ttlSeconds, epoch };
}
