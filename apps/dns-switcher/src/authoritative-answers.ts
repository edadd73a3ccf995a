import { messageOf, type Json, type NameTarget, type Verification } from '#libs/domain';
import type { Clock } from '#libs/runtime';
import type { SeenName } from './name-change.js';
import type { Authorities } from './name-provider.js';
import type { NameServer } from './name-server.js';
import { seenAt } from './seen-at.js';
import { answersShow, targetOf, type SetShape } from './target-sets.js';

export interface AskTimes {
  /** For one attempt at one server: about three round trips to the farthest one. */
  readonly attemptTimeoutMs: number;
  /** Between two attempts at the same server. */
  readonly pollMs: number;
}

/** A name, and what is expected of it; undefined where nothing is. */
export interface Expectation {
  readonly name: string;
  readonly shape: SetShape;
  readonly target: NameTarget | undefined;
}

/** `seen` is what `server` holds just now. */
export type OnAnswer = (server: NameServer, seen: SeenName) => void;

type Answer = { readonly seen: SeenName } | { readonly unreachable: string };

/**
 * Asks every authoritative server directly, again and again, until all that answer hold what is expected under one epoch
 * and each of the others has failed an attempt: the servers of a lost site cost one attempt and no more.
 */
export async function askUntilAgreed(
  { serving, hidden }: Authorities,
  expected: Expectation,
  times: AskTimes,
  clock: Clock,
  deadline: AbortSignal,
  onAnswer: OnAnswer = () => undefined,
): Promise<Verification> {
  const all = [...serving, ...hidden];
  const latest = new Map<NameServer, Answer>();
  const holds = () =>
    all.every((server) => latest.has(server)) &&
    (expected.target === undefined || agree(serving, latest, expected.target, expected.shape));
  const settled = new AbortController();
  const over = AbortSignal.any([settled.signal, deadline]);

  const follow = async (server: NameServer) => {
    while (!over.aborted) {
      const until = AbortSignal.any([over, AbortSignal.timeout(times.attemptTimeoutMs)]);
      const answer = await attempt(server, expected.name, until);
      // An attempt that was cut off says nothing: it must not turn a lagging server into an unreachable one.
      if (over.aborted) return;
      latest.set(server, answer);
      if ('seen' in answer && serving.includes(server)) onAnswer(server, answer.seen);
      if (holds()) settled.abort();
      await clock.sleep(times.pollMs, over);
    }
  };
  await Promise.all(all.map(follow));

  const answers = Object.fromEntries(all.map((server) => [server.address, print(latest.get(server), expected.shape)]));
  return {
    check: 'every authoritative server asked directly',
    observed: { name: expected.name, answers },
    holds: expected.target === undefined || holds(),
  };
}

async function attempt(server: NameServer, name: string, signal: AbortSignal): Promise<Answer> {
  try {
    const [seen] = await seenAt(server, [name], signal);
    return { seen: seen! };
  } catch (error) {
    return { unreachable: messageOf(error) };
  }
}

function agree(
  serving: readonly NameServer[],
  latest: ReadonlyMap<NameServer, Answer>,
  expected: NameTarget,
  shape: SetShape,
): boolean {
  const all = [...latest.values()].flatMap((answer) => ('seen' in answer ? [answer.seen] : []));
  const clientsAreServed = serving.some((server) => 'seen' in latest.get(server)!);
  return (
    clientsAreServed &&
    all.every(
      ({ name, sets, stamp }) => stamp.epoch === all[0]!.stamp.epoch && answersShow(name, sets, expected, shape),
    )
  );
}

function print(answer: Answer | undefined, shape: SetShape): Json {
  if (answer === undefined) return { unreachable: 'no answer before the deadline' };
  if ('unreachable' in answer) return answer;
  const { name, sets, stamp } = answer.seen;
  const target: Record<string, unknown> = { ...targetOf(name, sets, shape) };
  return { ...(target as Record<string, Json>), epoch: stamp.epoch };
}
