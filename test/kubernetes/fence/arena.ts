import { until } from '../../lab/condition.js';
import type { ApiAnswer } from '../../lab/kubernetes/api-client.js';
import type { ControlPlane } from '../../lab/kubernetes/control-plane.js';
import { type Attempt, fencedPartOf, type Outcome } from './attempt.js';
import { CONFIG_MAP, type Kind } from './kind.js';
import { EPOCH, NAMESPACE } from './marks.js';
import { type ApiObject, Subject } from './subject.js';

const ENFORCED_WITHIN_MS = 60_000;
/** How a refusal by an admission policy begins. */
const BY_THE_FENCE = 'ValidatingAdmissionPolicy';

/** What became of one attempt on one kind. */
export interface Result {
  readonly status: number;
  /** What the server said against it; nothing when it took it. */
  readonly words?: string;
  /** The object before and after, as far as it is fenced. */
  readonly before: unknown;
  readonly after: unknown;
}

/** Objects to attack, a new one for each attempt. */
export class Arena {
  private made = 0;

  constructor(private readonly plane: ControlPlane) {}

  subject(kind: Kind): Subject {
    this.made += 1;
    return new Subject(this.plane, kind, `target-${this.made}`);
  }

  async play({ act, before }: Attempt, kind: Kind): Promise<Result> {
    const subject = this.subject(kind);
    const made = await (before ?? ((each: Subject) => each.create()))(subject);
    refuseFailure(made, subject.name);
    const earlier = await fencedPart(subject);
    const answer = await act(subject);
    const words = answer.status < 300 ? undefined : wordsOf(answer, kind);
    return {
      status: answer.status,
      ...(words !== undefined && { words }),
      before: earlier,
      after: await fencedPart(subject),
    };
  }

  /** A policy counts from a second after it was made on: waits until a stale epoch is refused. */
  async enforced(): Promise<void> {
    const subject = this.subject(CONFIG_MAP);
    refuseFailure(await subject.create(), subject.name);
    const mustRefuse = async (what: string, answer: Promise<ApiAnswer>) => {
      const { status } = await answer;
      if (status !== 403) throw new Error(`${what} was answered with ${status}`);
    };
    await until('the fence is in force', ENFORCED_WITHIN_MS, async () => {
      const stale = { metadata: { annotations: { [EPOCH]: '1' } } };
      await mustRefuse('a stale epoch', subject.merge(stale, '?dryRun=All'));
      await mustRefuse('a value without a stamp', subject.merge(subject.kind.holding('x'), '?dryRun=All'));
    });
  }
}

/** What of an outcome can be seen from outside. Throws what does not fit. */
export function judge(wanted: Outcome, { isOfTheApi = false }: Attempt, result: Result): void {
  const { status, words = '' } = result;
  const isUnchanged = JSON.stringify(result.before) === JSON.stringify(result.after);
  const said = `the API server said ${status} ${words}`;
  if (wanted === 'taken') {
    if (status >= 300) throw new Error(`it was to be taken, and ${said}`);
    return;
  }
  if (!isUnchanged) throw new Error(`it was to change nothing, and left ${JSON.stringify(result.after)}; ${said}`);
  if (wanted === 'without effect' && status >= 300) throw new Error(`it was to do nothing, and ${said}`);
  if (wanted === 'refused' && !(words.includes(BY_THE_FENCE) || (isOfTheApi && status >= 400)))
    throw new Error(`it was to be refused by the fence, and ${said}`);
  if (wanted === 'impossible' && (status < 400 || words.includes(BY_THE_FENCE)))
    throw new Error(`there was to be no such request, and ${said}`);
}

export function isAsWanted(wanted: Outcome, attempt: Attempt, result: Result): boolean {
  try {
    judge(wanted, attempt, result);
    return true;
  } catch {
    return false;
  }
}

async function fencedPart(subject: Subject): Promise<unknown> {
  try {
    return fencedPartOf(await subject.read());
  } catch {
    return 'not there';
  }
}

function refuseFailure(made: unknown, name: string): void {
  const { status, text } = (made ?? { status: 0 }) as Partial<ApiAnswer>;
  if (status !== undefined && status >= 300) throw new Error(`${name} could not be made: ${status} ${text}`);
}

/** The message of an answer, without what is another one every time and for every kind. */
function wordsOf({ text }: ApiAnswer, { plural }: Kind): string {
  const message = text.startsWith('{') ? (JSON.parse(text) as { message?: string }).message : text;
  return (message ?? text)
    .replaceAll(/\btarget-\d+\b/g, '‹name›')
    .replaceAll(plural, '‹kind›')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

export async function makeNamespace(plane: ControlPlane, name = NAMESPACE): Promise<void> {
  await plane.must(['create', 'namespace', name]);
}

export const epochOf = (object: ApiObject): number => Number(object.metadata.annotations?.[EPOCH]);
